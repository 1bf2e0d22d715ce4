//! The states of the search, and what leads from one to the next.

use super::{
    enough,
    facts::Facts,
    gate::Gate,
    generator,
    hold::Hold,
    observation::Observation,
    overshoot::{self, Overshoot},
    plan,
    ramp::{self, Ramp},
    recheck::Recheck,
    refine::Refine,
};
use crate::{
    finding::Axis,
    step::{Load, Purpose, StepPlan, StepResult},
};

/// What the search is doing.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// Rate axis: one user, to learn the unloaded latency.
    Unloaded,
    Ramp(Ramp),
    Refine(Refine),
    Gate(Gate),
    Hold(Hold),
    Recheck(Recheck),
    Overshoot(Overshoot),
    Recovery(Gate),
    Done,
}

impl Phase {
    pub fn purpose(&self) -> Purpose {
        match self {
            Self::Unloaded | Self::Ramp(_) => Purpose::Ramp,
            Self::Refine(_) => Purpose::Refine,
            Self::Gate(_) => Purpose::Gate,
            Self::Hold(_) => Purpose::Hold,
            Self::Recheck(_) => Purpose::Recheck,
            Self::Overshoot(_) => Purpose::Overshoot,
            Self::Recovery(_) | Self::Done => Purpose::Recovery,
        }
    }

    /// The step to make; `None` when there is none left.
    pub fn plan(&self, facts: &Facts) -> Option<StepPlan> {
        match self {
            Self::Unloaded => {
                let one = Load::Users { users: 1, think: std::time::Duration::ZERO };
                Some(plan::step(&facts.goal, &facts.criteria, Purpose::Ramp, one, 1.2, 5.0, facts.pace_at(1.0, Purpose::Ramp)))
            }
            Self::Ramp(ramp) => Some(ramp.plan(facts)),
            Self::Refine(refine) => Some(refine.plan(facts)),
            Self::Gate(gate) => Some(gate.plan(facts, Purpose::Gate)),
            Self::Hold(hold) => Some(hold.plan(facts)),
            Self::Recheck(recheck) => Some(recheck.plan(facts)),
            Self::Overshoot(overshoot) => Some(overshoot.plan(facts)),
            Self::Recovery(gate) => Some(gate.plan(facts, Purpose::Recovery)),
            Self::Done => None,
        }
    }

    /// Whether a step under way has shown enough.
    pub fn has_enough(&self, facts: &Facts, so_far: &StepResult) -> bool {
        match self {
            Self::Ramp(_) => enough::is_decided(facts, so_far),
            Self::Refine(_) if facts.is_at_cliff() => enough::is_decided(facts, so_far),
            Self::Refine(_) => enough::is_hopeless(facts, so_far),
            Self::Overshoot(_) => overshoot::has_failed(so_far),
            Self::Unloaded | Self::Gate(_) | Self::Hold(_) | Self::Recheck(_) | Self::Recovery(_) | Self::Done => false,
        }
    }

    /// The state after the step that `facts` has just taken.
    pub fn advance(self, facts: &mut Facts) -> Self {
        let is_transient = matches!(self, Self::Gate(_) | Self::Recovery(_) | Self::Overshoot(_));
        if !is_transient && let Some(wait) = generator::after_fault(&self, facts) {
            return wait;
        }
        let next = match self {
            Self::Unloaded => ramp::after_unloaded(facts),
            Self::Ramp(ramp) => ramp.advance(facts),
            Self::Refine(refine) => refine.advance(facts),
            Self::Gate(gate) => return gate.advance(facts),
            Self::Hold(hold) => hold.advance(facts),
            Self::Recheck(recheck) => recheck.advance(facts),
            Self::Overshoot(overshoot) => return overshoot.advance(facts),
            Self::Recovery(gate) => return gate.advance_recovery(facts),
            Self::Done => Self::Done,
        };
        let leads_to_load = !matches!(next, Self::Done | Self::Overshoot(_));
        // A hold of arrivals close to the capacity may leave a queue that its mean does not show.
        let follows_hold = facts.goal.axis == Axis::Rate && matches!(next, Self::Recheck(_));
        if leads_to_load && (facts.needs_gate() || follows_hold) && facts.observations.iter().any(Observation::is_on_curve) {
            return Self::Gate(Gate::before(next, facts));
        }
        next
    }
}
