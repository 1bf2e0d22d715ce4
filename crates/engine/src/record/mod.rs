//! What one shard saw of a step, batch by batch: plain counters and histograms that belong to its thread alone.

mod measured;
#[cfg(test)]
mod tests;

pub(crate) use measured::Measured;

use crate::{
    clock::{Moment, whole_ns},
    connection::Ending,
};
use plimsoll_core::{
    outcome::{Failure, FailureCounts, NotSent},
    step::Phases,
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
    /// A batch is complete.
    Batch {
        /// Its number.
        index: u32,
        /// Whether it was cut short because nothing follows.
        is_last: bool,
        /// What it held.
        measured: Box<Measured>,
    },
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
        /// Whether nothing follows the batch at hand, which then ends at the next border.
        finished: bool,
    },
}

/// The recorder of one shard.
#[derive(Debug)]
pub(crate) struct Recorder {
    stage: Stage,
    border: Moment,
    settling: Settling,
    limits_ns: Vec<u64>,
    /// The least of them: what is faster is late by none.
    least_limit_ns: u64,
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
            least_limit_ns: u64::MAX,
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
        self.measured.phases = Phases::default();
        self.border = now.plus_ns(PROGRESS_NS);
    }

    /// Batches are to be measured from the first border on.
    pub(crate) fn measure(&mut self, borders: Borders) {
        self.border = borders.start;
        self.limits_ns = borders.limits.iter().map(|&limit| whole_ns(limit)).collect();
        self.least_limit_ns = self.limits_ns.iter().copied().min().unwrap_or(u64::MAX);
        self.stage = Stage::Armed(borders);
    }

    /// All that was to be measured has happened: the batch at hand ends here, unless its own border came before.
    pub(crate) fn finish(&mut self, now: Moment) {
        if let Stage::Measuring { finished, .. } = &mut self.stage {
            *finished = true;
            self.border = self.border.min(now);
        }
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
                // Connections are mostly opened while the target settles: they belong to the step, and to no batch.
                let phases = std::mem::take(&mut self.measured.phases);
                *self.measured = Measured::empty(self.limits_ns.len());
                self.measured.phases.connect = phases.connect;
                self.measured.phases.tls = phases.tls;
                self.border = borders.start.plus(borders.batch);
                self.stage = Stage::Measuring { borders, index: 0, finished: false };
                Some(Passed::Begins(std::mem::take(&mut self.settling)))
            }
            Stage::Measuring { borders, index, finished } => {
                let next = Box::new(self.measured.successor());
                let mut measured = std::mem::replace(&mut self.measured, next);
                let began = borders.start.plus(borders.batch * index);
                measured.batch.duration = if finished { self.border.since(began) } else { borders.batch };
                if !finished && index + 1 < borders.batches {
                    self.border = borders.start.plus(borders.batch * (index + 2));
                    self.stage = Stage::Measuring { borders, index: index + 1, finished };
                } else {
                    self.border = Moment::NEVER;
                }
                Some(Passed::Batch { index, is_last: finished, measured })
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

    /// The kernel took this many bytes.
    #[inline]
    pub(crate) fn bytes_sent(&mut self, bytes: usize) {
        self.measured.traffic.sent_bytes += bytes as u64;
    }

    /// The kernel gave this many bytes.
    #[inline]
    pub(crate) fn bytes_received(&mut self, bytes: usize) {
        self.measured.traffic.received_bytes += bytes as u64;
    }

    /// Bytes that TLS added, where it is used.
    #[inline]
    pub(crate) fn overhead(&mut self, bytes: Option<(u64, u64)>) {
        if let Some((sent, received)) = bytes {
            self.measured.traffic.sent_bytes += sent;
            self.measured.traffic.received_bytes += received;
        }
    }

    /// A connection was opened, in so much time.
    pub(crate) fn connected(&mut self, ns: u64) {
        self.measured.phases.connect.record_ns(ns);
    }

    /// A TLS session was agreed on, in so much time.
    pub(crate) fn secured(&mut self, ns: u64) {
        self.measured.phases.tls.record_ns(ns);
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
    #[inline(always)]
    pub(crate) fn ended(&mut self, ending: &Ending, now: Moment) {
        if ending.status != 0 {
            self.measured.statuses.add(ending.status);
        }
        match ending.outcome {
            Ok(()) => {
                let sent = ending.sent.unwrap_or(ending.intended);
                self.good(now.ns_since(ending.intended), now.ns_since(sent));
                if let Some(first) = ending.first {
                    self.in_pieces(sent, first, now);
                }
            }
            Err(failure) => self.failed(failure, ending.sent.is_some()),
        }
    }

    /// A good answer came in more than one read.
    fn in_pieces(&mut self, sent: Moment, first: Moment, now: Moment) {
        self.measured.phases.first_byte.record_ns(first.ns_since(sent));
        self.measured.phases.body.record_ns(now.ns_since(first));
        self.measured.in_pieces.record_ns(now.ns_since(sent));
    }

    #[inline(always)]
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
            if response_ns > self.least_limit_ns {
                for (late, &limit_ns) in measured.batch.late.iter_mut().zip(&self.limits_ns) {
                    *late += u64::from(response_ns > limit_ns);
                }
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
