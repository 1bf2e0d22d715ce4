//! A step in parts: what came since it was last looked at, so that a long one can be written down as it goes on and be put together again.

use super::{Phases, StepPlan, StepResult, Traffic};
use crate::stat::Latencies;

/// How much of a step that goes on was taken already.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What was taken, but for the batches.
    taken: StepResult,
    /// Batches that were taken.
    batches: usize,
}

impl Parts {
    /// Nothing of a step was taken.
    pub fn of(plan: StepPlan) -> Self {
        Self { taken: StepResult::begin(plan, Default::default()), batches: 0 }
    }

    /// Takes what came since the last time. A part is a result of its own, with fewer batches.
    pub fn take(&mut self, so_far: &StepResult) -> StepResult {
        let before = &self.taken;
        let phases = |now: &Phases| match &before.phases {
            None => now.clone(),
            Some(before) => Phases {
                connect: rest(&now.connect, &before.connect),
                tls: rest(&now.tls, &before.tls),
                first_byte: rest(&now.first_byte, &before.first_byte),
                body: rest(&now.body, &before.body),
            },
        };
        let statuses = so_far.statuses.iter().map(|(&status, n)| (status, n - before.statuses.get(&status).unwrap_or(&0)));
        let part = StepResult {
            plan: so_far.plan.clone(),
            started: so_far.started,
            settled: so_far.settled,
            end: so_far.end,
            batches: so_far.batches[self.batches..].to_vec(),
            settle_good: so_far.settle_good,
            settle_failed: so_far.settle_failed.clone(),
            response: rest(&so_far.response, &before.response),
            service: rest(&so_far.service, &before.service),
            pending: so_far.pending.clone(),
            statuses: statuses.filter(|&(_, n)| n > 0).collect(),
            traffic: Traffic {
                sent_bytes: so_far.traffic.sent_bytes - before.traffic.sent_bytes,
                received_bytes: so_far.traffic.received_bytes - before.traffic.received_bytes,
            },
            phases: so_far.phases.as_ref().map(phases),
            generator: so_far.generator.clone(),
            signals: so_far.signals.clone(),
        };
        self.batches = so_far.batches.len();
        self.taken.add(&part);
        part
    }
}

fn rest(now: &Latencies, before: &Latencies) -> Latencies {
    let mut rest = now.clone();
    rest.subtract(before);
    rest
}

impl StepResult {
    /// Adds the part of the same step that follows. Where something tells how things stand, rather than how much there was, the later part is
    /// right.
    pub fn append(&mut self, part: Self) {
        self.add(&part);
        self.batches.extend(part.batches);
        self.started = part.started;
        self.settled = part.settled;
        self.end = part.end;
        self.settle_good = part.settle_good;
        self.settle_failed = part.settle_failed;
        self.pending = part.pending;
        self.generator = part.generator;
        self.signals = part.signals;
    }

    /// Adds what a part holds of all that is counted, but for its batches.
    fn add(&mut self, part: &Self) {
        self.response.merge(&part.response);
        self.service.merge(&part.service);
        for (&status, n) in &part.statuses {
            *self.statuses.entry(status).or_default() += n;
        }
        self.traffic.merge(part.traffic);
        if let Some(phases) = &part.phases {
            self.phases.get_or_insert_default().merge(phases);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcome::Failure,
        step::{Batch, GeneratorHealth, Load, Purpose, Settle, StepEnd},
    };
    use std::time::Duration;

    fn plan() -> StepPlan {
        StepPlan {
            purpose: Purpose::Hold,
            load: Load::Users { users: 3, think: Duration::ZERO },
            settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
            measure: Duration::from_secs(9),
            batches: 9,
            limits: Vec::new(),
            requests: None,
        }
    }

    /// One more second goes by, in which everything changes.
    fn go_on(step: &mut StepResult, second: u32) {
        let time = Duration::from_millis(u64::from(7 * second + 1));
        let mut batch = Batch { duration: Duration::from_secs(1), good: 1, ..Batch::empty(0) };
        batch.failed.add(Failure::Reset, u64::from(second));
        step.batches.push(batch);
        for latencies in [&mut step.response, &mut step.service, &mut step.phases.get_or_insert_default().body] {
            latencies.record(time);
        }
        step.statuses = [(200, u64::from(second) / 2 + 1), (500, u64::from(second) + 1)].into();
        step.traffic.merge(Traffic { sent_bytes: 10, received_bytes: u64::from(second) });
        step.pending = Latencies::with_resolution(crate::stat::Resolution::Coarse);
        step.pending.record(time);
        step.generator = GeneratorHealth { cpu_share: Some(0.1 * f64::from(second)), ..GeneratorHealth::default() };
        step.signals.target_alive = Some(second < 5);
        step.settled = Duration::from_millis(200);
        step.settle_good = 4;
        step.settle_failed.merge(&step.failed());
    }

    /// All of a step, with each histogram as it is written: to the resolution, and no finer.
    fn written(step: &StepResult) -> String {
        serde_json::to_string(step).unwrap()
    }

    #[test]
    fn parts_put_together_are_the_step() {
        let mut step = StepResult::begin(plan(), Duration::from_secs(2));
        let (mut parts, mut whole) = (Parts::of(plan()), StepResult::begin(plan(), Duration::ZERO));
        let mut sizes = Vec::new();
        for second in 0..6 {
            go_on(&mut step, second);
            if second == 5 {
                step.end = StepEnd::Interrupted;
            }
            // Looks come after one second, three and two more.
            if [0, 3, 5].contains(&second) {
                let part = parts.take(&step);
                sizes.push((part.batches.len(), part.response.count(), part.traffic.sent_bytes));
                whole.append(part);
                assert!(written(&whole) == written(&step), "after {second} s");
            }
        }
        assert_eq!(sizes, [(1, 1, 10), (3, 3, 30), (2, 2, 20)]);
    }

    #[test]
    fn a_part_in_which_nothing_came_adds_nothing() {
        let mut step = StepResult::begin(plan(), Duration::ZERO);
        let (mut parts, mut whole) = (Parts::of(plan()), StepResult::begin(plan(), Duration::ZERO));
        whole.append(parts.take(&step));
        assert!(written(&whole) == written(&step), "before anything came");
        go_on(&mut step, 1);
        whole.append(parts.take(&step));
        let nothing = parts.take(&step);
        assert_eq!((nothing.batches.len(), nothing.ended(), nothing.statuses.len(), nothing.response.count()), (0, 0, 0, 0));
        whole.append(nothing);
        assert!(written(&whole) == written(&step), "after a part with nothing");
    }
}
