//! The steps that a search asks for: how long each settles and measures.

use super::{Goal, pace::Pace};
use crate::{
    criterion::Criterion,
    evidence::limits_of,
    step::{Load, Purpose, Settle, StepPlan},
};
use std::time::Duration;

/// Batches of a step: enough to see their correlation, few enough that each holds requests.
const BATCHES: u32 = 20;
/// New users start spread over 0.1 s; twice that lets the last of them send.
const SETTLE_LEAST_S: f64 = 0.2;
/// Longest settle of a fast target; a slow one gets three of its own response times.
const SETTLE_MOST_S: f64 = 3.0;
const SETTLE_ROUNDS: f64 = 3.0;
const SETTLE_CEILING_S: f64 = 8.0;

/// An open-loop step lasts this many relaxation times, for its queue to have had an average day.
const RELAXATIONS: f64 = 10.0;

/// A step of `measure_s` seconds, or of three response times where that is more (within `most_s`).
pub(crate) fn step(goal: &Goal, criteria: &[Criterion], purpose: Purpose, load: Load, measure_s: f64, most_s: f64, pace: Pace) -> StepPlan {
    let response_s = pace.response_s.unwrap_or(0.0);
    let round_s = response_s + goal.think.as_secs_f64();
    let completions = match load {
        // Coming down, the queue of those who left must end first, and they are not counted: after one round of the others their own requests
        // were served, after two those behind them.
        Load::Users { users, .. } if pace.users_before > users => 2 * u64::from(users),
        Load::Users { users, .. } => u64::from(users),
        Load::Rate { per_s, .. } => (per_s * response_s.max(0.05)).ceil() as u64,
    };
    StepPlan {
        purpose,
        load,
        settle: Settle {
            least: Duration::from_secs_f64(SETTLE_LEAST_S + pace.forgetting_s.min(SETTLE_CEILING_S - SETTLE_LEAST_S)),
            most: Duration::from_secs_f64((SETTLE_ROUNDS * round_s).clamp(SETTLE_MOST_S, SETTLE_CEILING_S)),
            completions,
        },
        measure: Duration::from_secs_f64(
            measure_s.max((3.0 * response_s).min(pace.enough_s).max(RELAXATIONS * pace.relaxation_s).min(most_s)),
        ),
        batches: BATCHES,
        limits: limits_of(criteria),
        requests: None,
    }
}

/// A light step that watches for health: short, in few batches, with hardly any settling.
pub(crate) fn window(purpose: Purpose, load: Load, window_s: f64, criteria: &[Criterion]) -> StepPlan {
    StepPlan {
        purpose,
        load,
        settle: Settle { least: Duration::from_millis(20), most: Duration::from_millis(20), completions: 0 },
        measure: Duration::from_secs_f64(window_s),
        batches: 4,
        limits: limits_of(criteria),
        requests: None,
    }
}
