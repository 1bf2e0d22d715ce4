//! What one shard saw of a step, batch by batch: plain counters and histograms that belong to its thread alone.

use crate::{
    clock::{Moment, whole_ns},
    connection::Ending,
};
use plimsoll_core::{
    outcome::{Failure, FailureCounts, NotSent},
    stat::{Latencies, Resolution},
    step::Batch,
};
use std::time::Duration;

/// How often a shard says how settling goes.
const PROGRESS_NS: u64 = 20_000_000;

/// Endings since the load was changed, of one shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settling {
    pub(crate) good: u64,
    pub(crate) failed: FailureCounts,
}

/// One measured batch of one shard. Each good answer is in one or two histograms, so that recording it costs little; they are put together
/// by the coordinator.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// All counts; its histogram is left empty.
    pub(crate) batch: Batch,
    /// Response times of what was sent when it was due: their service times are the same (fine).
    pub(crate) prompt: Latencies,
    /// Response times of the others (fine).
    pub(crate) response: Latencies,
    /// Service times of the others (fine).
    pub(crate) service: Latencies,
    /// Delays of sends (coarse).
    pub(crate) lag: Latencies,
}

impl Measured {
    fn empty(limits: usize) -> Self {
        let fine = || Latencies::with_resolution(Resolution::Fine);
        Self {
            batch: Batch::empty(limits),
            prompt: fine(),
            response: fine(),
            service: fine(),
            lag: Latencies::with_resolution(Resolution::Coarse),
        }
    }
}

/// The borders of the batches, common to all shards.
#[derive(Clone, Debug)]
pub(crate) struct Borders {
    /// When the first batch begins.
    pub(crate) start: Moment,
    /// How long each is.
    pub(crate) batch: Duration,
    /// How many there are.
    pub(crate) batches: u32,
    /// Latency limits for late counts.
    pub(crate) limits: Vec<Duration>,
}

/// What a border that was passed brings.
#[derive(Debug)]
pub(crate) enum Passed {
    /// How settling goes.
    Progress(Settling),
    /// Settling is over: what it held.
    Begins(Settling),
    /// This batch is complete.
    Batch(u32, Box<Measured>),
}

#[derive(Debug)]
enum Stage {
    Off,
    Settling,
    /// The borders are known, the first is yet to come.
    Armed(Borders),
    Measuring {
        borders: Borders,
        index: u32,
    },
}

/// The recorder of one shard.
#[derive(Debug)]
pub(crate) struct Recorder {
    stage: Stage,
    border: Moment,
    settling: Settling,
    limits_ns: Vec<u64>,
    measured: Box<Measured>,
}

impl Recorder {
    /// A recorder that takes no notice of anything yet.
    pub(crate) fn off() -> Self {
        Self {
            stage: Stage::Off,
            border: Moment::NEVER,
            settling: Settling::default(),
            limits_ns: Vec::new(),
            measured: Box::new(Measured::empty(0)),
        }
    }

    /// The next moment at which [`Recorder::pass_border`] has something to say.
    #[inline]
    pub(crate) fn border(&self) -> Moment {
        self.border
    }

    /// The load has changed: whatever was measured is over, and endings count as settling.
    pub(crate) fn settle(&mut self, now: Moment) {
        self.stage = Stage::Settling;
        self.settling = Settling::default();
        self.border = now.plus_ns(PROGRESS_NS);
    }

    /// Batches are to be measured from the first border on.
    pub(crate) fn measure(&mut self, borders: Borders) {
        self.border = borders.start;
        self.limits_ns = borders.limits.iter().map(|&limit| whole_ns(limit)).collect();
        self.stage = Stage::Armed(borders);
    }

    /// Nothing more is of interest.
    pub(crate) fn stop(&mut self) {
        self.stage = Stage::Off;
        self.border = Moment::NEVER;
    }

    /// Passes one border that lies at or before `now`.
    pub(crate) fn pass_border(&mut self, now: Moment) -> Option<Passed> {
        if now < self.border {
            return None;
        }
        match std::mem::replace(&mut self.stage, Stage::Off) {
            Stage::Off => {
                self.border = Moment::NEVER;
                None
            }
            Stage::Settling => {
                self.stage = Stage::Settling;
                self.border = now.plus_ns(PROGRESS_NS);
                Some(Passed::Progress(self.settling.clone()))
            }
            Stage::Armed(borders) => {
                *self.measured = Measured::empty(self.limits_ns.len());
                self.border = borders.start.plus(borders.batch);
                self.stage = Stage::Measuring { borders, index: 0 };
                Some(Passed::Begins(std::mem::take(&mut self.settling)))
            }
            Stage::Measuring { borders, index } => {
                let mut complete = std::mem::replace(&mut self.measured, Box::new(Measured::empty(self.limits_ns.len())));
                complete.batch.duration = borders.batch;
                if index + 1 < borders.batches {
                    self.border = borders.start.plus(borders.batch * (index + 2));
                    self.stage = Stage::Measuring { borders, index: index + 1 };
                } else {
                    self.border = Moment::NEVER;
                }
                Some(Passed::Batch(index, complete))
            }
        }
    }

    /// A request fell due.
    #[inline]
    pub(crate) fn offered(&mut self) {
        self.measured.batch.offered += 1;
    }

    /// The first byte of a request was handed to the kernel.
    #[inline]
    pub(crate) fn sent(&mut self) {
        self.measured.batch.sent += 1;
    }

    /// A send was this late by the generator's own doing.
    #[inline]
    pub(crate) fn lag(&mut self, ns: u64) {
        self.measured.lag.record_ns(ns);
    }

    /// A request that was due will never be sent.
    pub(crate) fn not_sent(&mut self, kind: NotSent) {
        self.measured.batch.not_sent.add(kind, 1);
    }

    /// A request ended.
    #[inline]
    pub(crate) fn ended(&mut self, ending: &Ending, now: Moment) {
        match ending.outcome {
            Ok(()) => self.good(now.ns_since(ending.intended), now.ns_since(ending.sent.unwrap_or(ending.intended))),
            Err(failure) => self.failed(failure, ending.sent.is_some()),
        }
    }

    fn good(&mut self, response_ns: u64, service_ns: u64) {
        if let Stage::Measuring { .. } = self.stage {
            let measured = &mut *self.measured;
            measured.batch.good += 1;
            measured.batch.response_sum_ns += response_ns;
            if service_ns == response_ns {
                measured.prompt.record_ns(response_ns);
            } else {
                measured.response.record_ns(response_ns);
                measured.service.record_ns(service_ns);
            }
            for (late, &limit_ns) in measured.batch.late.iter_mut().zip(&self.limits_ns) {
                *late += u64::from(response_ns > limit_ns);
            }
        } else {
            self.settling.good += 1;
        }
    }

    fn failed(&mut self, failure: Failure, was_sent: bool) {
        if let Stage::Measuring { .. } = self.stage {
            self.measured.batch.failed.add(failure, 1);
            // A connection attempt that failed was the sending of its request.
            self.measured.batch.sent += u64::from(!was_sent);
        } else {
            self.settling.failed.add(failure, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_ms(ms: u64) -> Moment {
        Moment::at_ns(ms * 1_000_000)
    }

    fn ending(outcome: Result<(), Failure>, intended_ms: u64, sent_ms: u64) -> Ending {
        Ending { outcome, intended: at_ms(intended_ms), sent: Some(at_ms(sent_ms)), reusable: true }
    }

    #[test]
    fn endings_fall_into_settling_and_then_into_batches_between_common_borders() {
        let mut recorder = Recorder::off();
        recorder.settle(at_ms(0));
        recorder.ended(&ending(Ok(()), 0, 0), at_ms(1));
        recorder.ended(&ending(Err(Failure::Reset), 0, 0), at_ms(2));
        let limits = vec![Duration::from_millis(5), Duration::from_millis(50)];
        recorder.measure(Borders { start: at_ms(10), batch: Duration::from_millis(100), batches: 2, limits });
        assert!(recorder.pass_border(at_ms(9)).is_none());
        let Some(Passed::Begins(settling)) = recorder.pass_border(at_ms(10)) else { panic!("measuring begins") };
        assert_eq!((settling.good, settling.failed.get(Failure::Reset)), (1, 1));

        recorder.offered();
        recorder.sent();
        recorder.ended(&ending(Ok(()), 20, 25), at_ms(40));
        recorder.ended(&ending(Ok(()), 50, 50), at_ms(54));
        recorder.ended(&ending(Err(Failure::TimedOut), 20, 25), at_ms(60));
        let refused = Ending { sent: None, ..ending(Err(Failure::Refused), 20, 0) };
        recorder.ended(&refused, at_ms(61));
        recorder.not_sent(NotSent::NoFile);
        assert_eq!(recorder.border(), at_ms(110));
        let Some(Passed::Batch(0, first)) = recorder.pass_border(at_ms(330)) else { panic!("the first batch") };
        assert_eq!(first.batch.duration, Duration::from_millis(100));
        assert_eq!((first.batch.offered, first.batch.sent, first.batch.good), (1, 2, 2));
        assert_eq!(first.batch.late, [1, 0]);
        assert_eq!(first.batch.response_sum_ns, 24_000_000);
        assert_eq!(first.batch.not_sent.get(NotSent::NoFile), 1);
        assert_eq!(first.batch.failed.seen().collect::<Vec<_>>(), [(Failure::TimedOut, 1), (Failure::Refused, 1)]);
        assert_eq!((first.prompt.count(), first.response.count(), first.service.count()), (1, 1, 1));
        assert_eq!(first.prompt.max().unwrap().as_millis(), 4);
        assert_eq!(first.service.max().unwrap().as_millis(), 15);

        let Some(Passed::Batch(1, second)) = recorder.pass_border(at_ms(330)) else { panic!("the second batch") };
        assert_eq!(second.batch.ended(), 0);
        assert!(recorder.pass_border(at_ms(999)).is_none());
        assert_eq!(recorder.border(), Moment::NEVER);
    }

    #[test]
    fn a_change_of_load_ends_what_is_measured() {
        let mut recorder = Recorder::off();
        recorder.measure(Borders { start: at_ms(0), batch: Duration::from_millis(10), batches: 5, limits: Vec::new() });
        assert!(matches!(recorder.pass_border(at_ms(0)), Some(Passed::Begins(_))));
        recorder.settle(at_ms(3));
        recorder.ended(&ending(Ok(()), 1, 1), at_ms(4));
        let Some(Passed::Progress(settling)) = recorder.pass_border(at_ms(23)) else { panic!("settling goes on") };
        assert_eq!(settling.good, 1);
        assert!(recorder.pass_border(at_ms(24)).is_none());
    }
}
