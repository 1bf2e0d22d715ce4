//! A linear ramp of 60 s, as load scripts are mostly written: one load a second, judged by what that second gave.

use super::trial::Trials;
use crate::accuracy::Answer;
use plimsoll_core::{
    finding::Axis,
    sim::{
        Simulation,
        cases::{Case, Truth},
    },
};
use std::time::Duration;

const SECONDS: u32 = 60;
/// Without an objective: the first load whose rate, smoothed over this many seconds, gave this share of the best of the whole ramp.
const PLATEAU: f64 = 0.95;
const SMOOTHED: usize = 5;

/// Ramps to four times the truth; stops at the first second that breaks an objective.
pub fn linear_ramp(case: &Case, simulation: &mut Simulation) -> Answer {
    let scale = match case.truth {
        Truth::Line(line) | Truth::Moves { from: line, .. } | Truth::Jumps { before: line, .. } => line,
        Truth::NotToBeFound { at_least } if at_least > 0.0 => at_least,
        Truth::Beyond => case.goal.ceiling,
        Truth::NotToBeFound { .. } => 100.0,
    };
    let mut trials = Trials::on(&case.goal, simulation);
    let mut seen: Vec<(f64, f64)> = Vec::new();
    let mut stopped = false;
    for second in 1..=SECONDS {
        let mut size = (4.0 * scale * f64::from(second) / f64::from(SECONDS)).min(case.goal.ceiling);
        if case.goal.axis == Axis::Users {
            size = size.round().max(1.0);
        }
        let result = trials.run(size, Duration::from_secs(1));
        let failed = result.error_share().is_some_and(|share| share > 0.01);
        let plateau_is_sought = case.goal.criteria.is_empty() && case.goal.axis == Axis::Users;
        if (plateau_is_sought && failed) || (!plateau_is_sought && trials.degraded(&result)) {
            stopped = true;
            break;
        }
        seen.push((size, result.good_per_s().unwrap_or(0.0)));
    }
    let value = if case.goal.criteria.is_empty() && case.goal.axis == Axis::Users {
        let smooth: Vec<(f64, f64)> = seen
            .windows(SMOOTHED)
            .map(|window| (window[SMOOTHED / 2].0, window.iter().map(|(_, per_s)| per_s).sum::<f64>() / SMOOTHED as f64))
            .collect();
        let best_per_s = smooth.iter().map(|(_, per_s)| *per_s).fold(0.0, f64::max);
        smooth.iter().find(|(_, per_s)| *per_s >= PLATEAU * best_per_s).map(|(size, _)| *size)
    } else {
        seen.last().filter(|_| stopped).map(|(size, _)| *size)
    };
    Answer::plain(value, None, trials.took())
}
