//! GATE: a light load until the target is healthy again, so that a queue left by one step never spoils the next. Timed, it is the recovery.

use super::{facts::Facts, plan, state::Phase};
use crate::{
    finding::Recovery,
    outcome::FailureClass,
    step::{Purpose, StepPlan},
};

/// The longest a gate waits, in seconds, and after how long each time the load is halved again.
const MOST_S: f64 = 15.0;
const HALVE_S: f64 = 3.0;
/// A window without errors: at least this long, and three response times.
const WINDOW_S: f64 = 0.3;
const WINDOW_RESPONSES: f64 = 3.0;
const LONGEST_WINDOW_S: f64 = 3.0;
/// Requests that an open-loop window should hold.
const WINDOW_REQUESTS: f64 = 8.0;
/// Healthy is a mean below this many times the one at the base point.
const HEALTHY: f64 = 2.0;

#[derive(Clone, Debug)]
pub(crate) struct Gate {
    then: Box<Phase>,
    load: f64,
    since_s: f64,
    /// Requests that hang still weigh on the target until this has passed, in seconds: a light load may look healthy beside them.
    outlived_s: f64,
    /// The load whose after-effects are waited out.
    after: f64,
}

impl Gate {
    /// A gate that leads to `then` once the target is healthy.
    pub fn before(then: Phase, facts: &Facts) -> Self {
        let line = facts.line().map(|line| line.estimate.value).or_else(|| facts.highest_pass()).unwrap_or(facts.goal.start);
        let least = if facts.goal.axis == crate::finding::Axis::Users { 1.0 } else { line / 64.0 };
        let load = (line / 4.0).min(facts.base().unwrap_or(line)).max(least);
        let hangs = facts.last().is_some_and(|last| last.class_share(FailureClass::TimeOut) > 0.0 || last.is_dead);
        let outlived_s = if hangs { facts.goal.time_out.as_secs_f64().min(MOST_S) } else { 0.0 };
        Self { then: Box::new(then), load, since_s: facts.elapsed_s(), outlived_s, after: facts.last().map_or(line, |last| last.load) }
    }

    pub fn plan(&self, facts: &Facts, purpose: Purpose) -> StepPlan {
        let waited_s = facts.elapsed_s() - self.since_s;
        let halvings = (waited_s / HALVE_S).floor().min(16.0);
        let load = (self.load / halvings.exp2()).max(if facts.goal.axis == crate::finding::Axis::Users { 1.0 } else { 0.1 });
        let response_s = facts.unloaded_s().unwrap_or(0.0);
        let mut window_s = (WINDOW_RESPONSES * response_s + facts.goal.think.as_secs_f64()).max(WINDOW_S);
        if facts.goal.axis == crate::finding::Axis::Rate {
            window_s = window_s.max(WINDOW_REQUESTS / load);
        }
        plan::window(purpose, facts.goal.load(load), window_s.min(LONGEST_WINDOW_S), &facts.criteria)
    }

    /// Whether the last window was clean; `None` when there was none.
    fn is_healthy(facts: &Facts) -> bool {
        let Some(last) = facts.last() else { return false };
        let base_s = facts.base().and_then(|base| facts.mean_at(base)).into_iter().chain(facts.unloaded_s()).fold(0.0, f64::max);
        last.failed.total() == 0 && last.mean_s.is_some_and(|mean| mean < HEALTHY * base_s)
    }

    pub fn advance(self, facts: &mut Facts) -> Phase {
        let waited_s = facts.elapsed_s() - self.since_s;
        let is_healthy = Self::is_healthy(facts);
        if is_healthy && waited_s >= self.outlived_s {
            return *self.then;
        }
        if (is_healthy || waited_s < MOST_S) && !facts.last().is_some_and(|last| last.gone) {
            return Phase::Gate(self);
        }
        facts.stuck_after = Some(self.after);
        facts.recovery = Some(Recovery { recovered: Some(false), after_s: Some(waited_s) });
        Phase::Done
    }

    pub fn advance_recovery(self, facts: &mut Facts) -> Phase {
        let waited_s = facts.elapsed_s() - self.since_s;
        if Self::is_healthy(facts) {
            // The clean window began when the target was healthy already.
            let window_s = facts.last().map_or(0.0, |last| last.measured_s);
            facts.recovery = Some(Recovery { recovered: Some(true), after_s: Some((waited_s - window_s).max(0.0)) });
            return Phase::Done;
        }
        if waited_s < MOST_S && !facts.last().is_some_and(|last| last.gone) {
            return Phase::Recovery(self);
        }
        facts.stuck_after = Some(self.after);
        facts.recovery = Some(Recovery { recovered: Some(false), after_s: Some(waited_s) });
        Phase::Done
    }
}
