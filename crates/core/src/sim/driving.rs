//! One step of the simulation: the same rules as the engine's.

use super::{
    requests::Owner,
    simulation::{Simulation, nanoseconds},
    tally::Tally,
};
use crate::step::{Driver, Flow, StepEnd, StepPlan, StepResult};
use std::{convert::Infallible, time::Duration};

/// Longest time between two looks at a settling target, in nanoseconds.
const LOOK_NS: u64 = 200_000_000;

impl Simulation {
    /// Discards time until the target has settled; says whether to go on.
    fn settle(&mut self, plan: &StepPlan, watch: &mut dyn FnMut(&StepResult) -> Flow) -> Flow {
        let began_ns = self.now_ns;
        let most_ns = began_ns + nanoseconds(plan.settle.most.max(plan.settle.least));
        let least_ns = began_ns + nanoseconds(plan.settle.least);
        loop {
            let enough = if self.now_ns >= least_ns { plan.settle.completions } else { u64::MAX };
            let settled = self.now_ns >= most_ns || self.tally.ended >= enough;
            if self.now_ns > began_ns || settled {
                self.tally.result.settled = Duration::from_nanos(self.now_ns - began_ns);
                self.look();
                let flow = watch(&self.tally.result);
                if settled || flow != Flow::Continue {
                    return flow;
                }
            }
            let border_ns = if self.now_ns < least_ns { least_ns } else { most_ns };
            self.advance(border_ns.min(self.now_ns + LOOK_NS), enough);
        }
    }

    /// Brings the generator's health and the target's signals in the result up to date.
    fn look(&mut self) {
        let took = Duration::from_nanos(self.now_ns) - self.tally.result.started;
        self.tally.result.generator = self.effort.health(took);
        self.tally.result.signals.target_alive = self.door.alive();
    }

    fn note_pending(&mut self) {
        for (_, request) in self.requests.iter() {
            let counted = match request.owner {
                Owner::User(user) => !self.users.is_leaving(user),
                Owner::Schedule => true,
                Owner::Nobody => false,
            };
            if counted {
                self.tally.result.pending.record_ns(self.now_ns - request.intended_ns);
            }
        }
    }
}

impl Driver for Simulation {
    type Error = Infallible;

    fn drive(&mut self, plan: &StepPlan, watch: &mut dyn FnMut(&StepResult) -> Flow) -> Result<StepResult, Infallible> {
        let tally = Tally::begin(plan, self.now());
        let mut idle = std::mem::replace(&mut self.tally, tally);
        self.effort.begin_step();
        self.put_on(plan.load);
        let mut flow = self.settle(plan, watch);
        let began_ns = self.now_ns;
        let batches = u64::from(plan.batches.max(1));
        let measure_ns = nanoseconds(plan.measure);
        for batch in 1..=batches {
            if flow != Flow::Continue {
                break;
            }
            let batch_began_ns = self.now_ns;
            self.tally.open_batch();
            self.advance(began_ns + (u128::from(measure_ns) * u128::from(batch) / u128::from(batches)) as u64, u64::MAX);
            self.tally.close_batch(Duration::from_nanos(self.now_ns - batch_began_ns));
            self.look();
            flow = watch(&self.tally.result);
            if batch == batches && flow == Flow::Enough {
                flow = Flow::Continue;
            }
        }
        self.tally.result.end = match flow {
            Flow::Continue => StepEnd::Full,
            Flow::Enough => StepEnd::Enough,
            Flow::Interrupt => StepEnd::Interrupted,
        };
        self.note_pending();
        std::mem::swap(&mut self.tally, &mut idle);
        Ok(idle.result)
    }

    /// No time passes here between two steps, so that nothing is sent either.
    fn rest(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
