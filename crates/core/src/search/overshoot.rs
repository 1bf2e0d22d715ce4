//! OVERSHOOT: beyond the load line on purpose, the worst last, to see how the target degrades; then the recovery is timed.

use super::{facts::Facts, gate::Gate, observation::Observation, state::Phase};
use crate::{
    finding::Axis,
    step::{Purpose, StepPlan, StepResult},
};

/// Multiples of the load line; those already measured, or nearly so, are left out.
const USERS_FACTORS: [f64; 3] = [2.0, 4.0, 8.0];
/// Arrivals beyond the capacity pile up for as long as they come: at twice the rate, two seconds leave a queue of two more.
const RATE_FACTORS: [f64; 2] = [1.5, 2.0];
const USERS_APART: f64 = 1.4;
const RATE_APART: f64 = 1.05;
const STEP_S: f64 = 1.0;
/// In a short search the step is this long all the same, so that the target's processes can be watched where its limit shows best; or this
/// share of the time there is.
const LEAST_STEP_S: f64 = 0.75;
const LEAST_SHARE: f64 = 0.1;
/// Loads at which a request would take longer than this are left out, in seconds.
const LONGEST_RESPONSE_S: f64 = 1.0;
const MOST_S: f64 = 10.0;
/// Share of errors that ends the overshoot.
const ENOUGH_ERRORS: f64 = 0.5;
/// Once good answers have fallen to this share of their peak, more load shows no more and takes the target longer to get over.
const ENOUGH_LOST: f64 = 0.6;

#[derive(Clone, Debug)]
pub(crate) struct Overshoot {
    /// Loads still to come, in descending order.
    loads: Vec<f64>,
    since_s: f64,
}

fn loads(facts: &Facts) -> Vec<f64> {
    let Some(line) = facts.line() else { return Vec::new() };
    if !facts.goal.overshoot {
        return Vec::new();
    }
    let highest = facts.highest_on_curve();
    let value = facts.whole(line.estimate.value);
    let factors: &[f64] = match facts.goal.axis {
        Axis::Users => &USERS_FACTORS,
        Axis::Rate => &RATE_FACTORS,
    };
    let mut loads: Vec<f64> = factors.iter().map(|factor| (factor * value).min(facts.goal.ceiling)).collect();
    loads.dedup();
    let least = highest * if facts.goal.axis == Axis::Users { USERS_APART } else { RATE_APART };
    // A slow target is not waited for: a step whose requests would take longer than this shows little but its own queue.
    loads.retain(|&load| load > least && response_s(facts, load) <= LONGEST_RESPONSE_S);
    loads.reverse();
    loads
}

/// The response time beyond the line, in seconds: throughput has reached its peak there, and all other users wait (Little's law).
fn response_s(facts: &Facts, load: f64) -> f64 {
    match facts.goal.axis {
        Axis::Users => (load / facts.peak_per_s() - facts.goal.think.as_secs_f64()).max(0.0),
        Axis::Rate => facts.pace_at(load, Purpose::Overshoot).response_s.unwrap_or(0.0),
    }
}

/// How long a step measures, in seconds.
fn step_s(facts: &Facts) -> f64 {
    (STEP_S * facts.scale()).max(LEAST_STEP_S.min(LEAST_SHARE * facts.goal.budget.as_secs_f64()))
}

/// The time that the overshoot will take, at most, in seconds.
pub(crate) fn expected_s(facts: &Facts) -> f64 {
    // The step, its settling, and as long until its queue is gone.
    loads(facts).into_iter().map(|load| step_s(facts) + 2.0 * response_s(facts, load)).sum::<f64>().min(MOST_S)
}

/// A step that fails this badly has shown what there is to see.
pub(crate) fn has_failed(so_far: &StepResult) -> bool {
    so_far.measured().as_secs_f64() >= 0.5 && so_far.ended() >= 20 && so_far.failed().total() as f64 > ENOUGH_ERRORS * so_far.ended() as f64
}

impl Overshoot {
    /// The overshoot, or what follows it when there is nothing to do.
    pub fn or_done(facts: &mut Facts) -> Phase {
        let loads = loads(facts);
        if loads.is_empty() {
            return Self::after(facts);
        }
        Phase::Overshoot(Self { loads, since_s: facts.elapsed_s() })
    }

    pub fn plan(&self, facts: &Facts) -> StepPlan {
        let load = self.loads.last().copied().unwrap_or(facts.goal.start);
        let mut plan = facts.step(Purpose::Overshoot, load, step_s(facts));
        // What is slow here is what is looked for: no stretching.
        plan.measure = plan.measure.min(std::time::Duration::from_secs_f64(1.5 * STEP_S));
        plan
    }

    pub fn advance(mut self, facts: &mut Facts) -> Phase {
        self.loads.pop();
        let patience_s = facts.patience_s().unwrap_or(f64::INFINITY);
        let least_per_s = ENOUGH_LOST * facts.peak_per_s();
        let has_seen = |last: &Observation| last.error_share() > ENOUGH_ERRORS || last.good_per_s < least_per_s;
        let is_over = facts.last().is_none_or(|last| has_seen(last) || last.is_silent(patience_s) || last.gone);
        if is_over || self.loads.is_empty() || facts.elapsed_s() - self.since_s > MOST_S {
            return Self::after(facts);
        }
        Phase::Overshoot(self)
    }

    /// The timed recovery, if the target was driven beyond its line at all.
    fn after(facts: &mut Facts) -> Phase {
        if facts.line().is_none() || !facts.goal.overshoot {
            return Phase::Done;
        }
        Phase::Recovery(Gate::before(Phase::Done, facts))
    }
}
