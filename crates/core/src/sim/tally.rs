//! What is counted during one step.

use crate::{
    outcome::{Failure, NotSent},
    step::{Batch, StepPlan, StepResult},
};
use std::time::Duration;

/// The result of a step in the making: settling until the first batch begins.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) result: StepResult,
    batch: Option<Batch>,
    limits_ns: Vec<u64>,
    /// Requests that ended since the load changed, settling included.
    pub(super) ended: u64,
}

impl Tally {
    pub(super) fn begin(plan: &StepPlan, now: Duration) -> Self {
        let limits_ns = plan.limits.iter().map(|limit| limit.as_nanos() as u64).collect();
        Self { result: StepResult::begin(plan.clone(), now), batch: None, limits_ns, ended: 0 }
    }

    pub(super) fn open_batch(&mut self) {
        self.batch = Some(Batch::empty(self.limits_ns.len()));
    }

    pub(super) fn close_batch(&mut self, duration: Duration) {
        if let Some(batch) = self.batch.take() {
            self.result.batches.push(Batch { duration, ..batch });
        }
    }

    pub(super) fn offered(&mut self) {
        if let Some(batch) = &mut self.batch {
            batch.offered += 1;
        }
    }

    pub(super) fn sent(&mut self) {
        if let Some(batch) = &mut self.batch {
            batch.sent += 1;
        }
    }

    pub(super) fn not_sent(&mut self, why: NotSent) {
        if let Some(batch) = &mut self.batch {
            batch.not_sent.add(why, 1);
        }
    }

    pub(super) fn good(&mut self, response_ns: u64, service_ns: u64) {
        self.ended += 1;
        let Some(batch) = &mut self.batch else {
            self.result.settle_good += 1;
            return;
        };
        batch.good += 1;
        batch.response_sum_ns += response_ns;
        batch.response.record_ns(response_ns);
        for (late, limit_ns) in batch.late.iter_mut().zip(&self.limits_ns) {
            *late += u64::from(response_ns > *limit_ns);
        }
        self.result.response.record_ns(response_ns);
        self.result.service.record_ns(service_ns);
    }

    pub(super) fn failed(&mut self, failure: Failure) {
        self.ended += 1;
        match &mut self.batch {
            Some(batch) => batch.failed.add(failure, 1),
            None => self.result.settle_failed.add(failure, 1),
        }
    }
}
