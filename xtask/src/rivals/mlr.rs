//! A reading of Multiple Loss Ratio Search (RFC 9971) with late and failed requests as the loss.
//!
//! A load gathers trial seconds, good or bad by whether the trial's loss is within the goal. It is a lower bound once its bad seconds could
//! not exceed half of the duration sum even if all missing seconds were bad, an upper bound once they do even if all missing ones were good.
//! The relevant upper bound is the smallest one, the relevant lower bound the largest one below it (loss inversion: a lower bound above
//! an upper one does not count). Targets of growing duration sum and shrinking width follow each other. The answer is the conditional
//! throughput: the relevant lower bound less its median loss.

use super::trial::Trials;
use crate::accuracy::Answer;
use plimsoll_core::{
    finding::Axis,
    search::Goal,
    sim::{Simulation, cases::Case},
    step::Settle,
};
use std::time::Duration;

const TRIAL: Duration = Duration::from_secs(1);
/// Before a trial: at least this, and until as many requests as there are users have ended, so that a trial shows its own load.
const WAIT: Duration = Duration::from_millis(200);
const MOST_WAIT: Duration = Duration::from_secs(3);
const EXCEED_RATIO: f64 = 0.5;
/// Duration sum in seconds, and relative width, of each intermediate target and of the goal.
const TARGETS: [(f64, f64); 3] = [(1.0, 0.20), (3.0, 0.10), (11.0, 0.05)];
/// It gives up after this long.
const MOST: Duration = Duration::from_secs(150);

/// The trials at one load.
struct Measured {
    size: f64,
    good_s: f64,
    bad_s: f64,
    losses: Vec<f64>,
}

#[derive(PartialEq)]
enum Bound {
    Lower,
    Upper,
    Undecided,
}

impl Measured {
    fn bound(&self, duration_sum_s: f64) -> Bound {
        let whole_s = duration_sum_s.max(self.good_s + self.bad_s);
        if self.bad_s / whole_s > EXCEED_RATIO {
            Bound::Upper
        } else if (whole_s - self.good_s) / whole_s <= EXCEED_RATIO {
            Bound::Lower
        } else {
            Bound::Undecided
        }
    }
}

/// Answers the conditional throughput between the relevant bounds.
pub fn mlr(case: &Case, simulation: &mut Simulation) -> Answer {
    let goal = &case.goal;
    let mut trials = Trials::with_baseline(goal, simulation);
    let mut loads: Vec<Measured> = Vec::new();
    for target in TARGETS {
        while trials.took() < MOST {
            let Some(size) = next_load(goal, &loads, target) else { break };
            let settle = Settle { least: WAIT, most: MOST_WAIT, completions: if goal.axis == Axis::Users { size as u64 } else { 0 } };
            let result = trials.run_settled(size, settle, TRIAL);
            let exceeded = trials.exceeded(&result);
            add(&mut loads, size, exceeded, bad_share(&result));
            if exceeded > 0.0 {
                trials.rest();
            }
        }
    }
    let (lower, upper) = relevant(&loads, TARGETS[TARGETS.len() - 1].0);
    let value = lower.filter(|_| upper.is_some()).map(|lower| lower.size * (1.0 - median(&lower.losses)));
    let interval = lower.zip(upper).map(|(lower, upper)| (lower.size, upper.size));
    Answer::plain(value, interval, trials.took())
}

fn bad_share(result: &plimsoll_core::step::StepResult) -> f64 {
    let late: u64 = result.batches.iter().map(|batch| batch.late.first().copied().unwrap_or(0)).sum();
    (late + result.failed().total()) as f64 / result.ended().max(1) as f64
}

fn add(loads: &mut Vec<Measured>, size: f64, exceeded: f64, loss: f64) {
    let at = loads.partition_point(|load| load.size < size);
    if loads.get(at).is_none_or(|load| load.size != size) {
        loads.insert(at, Measured { size, good_s: 0.0, bad_s: 0.0, losses: Vec::new() });
    }
    let load = &mut loads[at];
    if exceeded > 0.0 {
        load.bad_s += TRIAL.as_secs_f64();
    } else {
        load.good_s += TRIAL.as_secs_f64();
    }
    load.losses.push(loss);
}

/// The relevant lower and upper bound.
fn relevant(loads: &[Measured], duration_sum_s: f64) -> (Option<&Measured>, Option<&Measured>) {
    let upper = loads.iter().position(|load| load.bound(duration_sum_s) == Bound::Upper);
    let below = &loads[..upper.unwrap_or(loads.len())];
    (below.iter().rev().find(|load| load.bound(duration_sum_s) == Bound::Lower), upper.map(|at| &loads[at]))
}

/// The load to measure next; `None` when this target is reached, or can't be.
fn next_load(goal: &Goal, loads: &[Measured], (duration_sum_s, width): (f64, f64)) -> Option<f64> {
    let (lower, upper) = relevant(loads, duration_sum_s);
    let lower_size = lower.map_or(0.0, |load| load.size);
    let upper_size = upper.map_or(f64::INFINITY, |load| load.size);
    let between = |load: &&Measured| load.size > lower_size && load.size < upper_size;
    let undecided = |load: &&Measured| load.bound(duration_sum_s) == Bound::Undecided;
    let rounded = |size: f64| if goal.axis == Axis::Users { size.round().max(1.0) } else { size };
    // Near the end of the ladder upwards, the largest load decides; otherwise any load between the bounds that is not decided.
    if let Some(load) = loads.iter().filter(between).rev().find(undecided) {
        return Some(load.size);
    }
    match (lower, upper) {
        (None, None) => Some(goal.start),
        (Some(lower), None) => (lower.size < goal.ceiling).then(|| (lower.size * 2.0).min(goal.ceiling)),
        (None, Some(upper)) => {
            let half = rounded(upper.size / 2.0);
            (half < upper.size && half >= goal.start / 64.0).then_some(half)
        }
        (Some(lower), Some(upper)) => {
            let middle = rounded((lower.size * upper.size).sqrt());
            let narrow = upper.size - lower.size <= width * upper.size;
            (!narrow && middle > lower.size && middle < upper.size).then_some(middle)
        }
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len().max(1) - 1) / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(size: f64, good_s: f64, bad_s: f64) -> Measured {
        Measured { size, good_s, bad_s, losses: Vec::new() }
    }

    #[test]
    fn a_load_is_a_bound_once_the_missing_seconds_can_not_change_it() {
        assert!(load(1.0, 5.0, 0.0).bound(11.0) == Bound::Undecided);
        assert!(load(1.0, 6.0, 0.0).bound(11.0) == Bound::Lower);
        assert!(load(1.0, 0.0, 6.0).bound(11.0) == Bound::Upper);
        assert!(load(1.0, 5.0, 5.0).bound(11.0) == Bound::Undecided);
    }

    #[test]
    fn a_lower_bound_above_an_upper_one_does_not_count() {
        let loads = [load(8.0, 11.0, 0.0), load(16.0, 0.0, 11.0), load(32.0, 11.0, 0.0)];
        let (lower, upper) = relevant(&loads, 11.0);
        assert_eq!((lower.unwrap().size, upper.unwrap().size), (8.0, 16.0));
        assert_eq!(next_load(&Goal::default(), &loads, (11.0, 0.05)), Some(11.0));
    }
}
