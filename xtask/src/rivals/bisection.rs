//! Doubling, then bisection, with trials of 3 s: the usual automation.

use super::trial::Trials;
use crate::accuracy::Answer;
use plimsoll_core::{
    finding::Axis,
    sim::{Simulation, cases::Case},
};
use std::time::Duration;

const TRIAL: Duration = Duration::from_secs(3);
/// It ends when the bracket is this narrow, as a share, or one user.
const NARROW: f64 = 0.025;

/// Answers the lower end of the last bracket.
pub fn bisection(case: &Case, simulation: &mut Simulation) -> Answer {
    let goal = &case.goal;
    let mut trials = Trials::with_baseline(goal, simulation);
    let holds = |trials: &mut Trials<'_>, size: f64| {
        // Efficiency is a noisy judge: without an objective a load fails when it fails twice.
        let tries = if goal.criteria.is_empty() { 2 } else { 1 };
        (0..tries).any(|_| {
            let result = trials.run(size, TRIAL);
            let degraded = trials.degraded(&result);
            if degraded {
                trials.rest();
            }
            !degraded
        })
    };
    let mut size = goal.start;
    let mut good: Option<f64> = None;
    let bad = loop {
        if !holds(&mut trials, size) {
            break Some(size);
        }
        good = Some(size);
        if size >= goal.ceiling {
            break None;
        }
        size = (size * 2.0).min(goal.ceiling);
    };
    let (Some(mut good), Some(mut bad)) = (good, bad) else {
        return Answer::plain(None, None, trials.took());
    };
    while bad - good > good * NARROW && (goal.axis == Axis::Rate || bad - good > 1.0) {
        let middle = match goal.axis {
            Axis::Users => ((good + bad) / 2.0).floor(),
            Axis::Rate => (good + bad) / 2.0,
        };
        if holds(&mut trials, middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    Answer::plain(Some(good), Some((good, bad)), trials.took())
}
