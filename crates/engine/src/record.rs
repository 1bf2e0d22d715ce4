//! What one shard saw of a step, batch by batch: plain counters and histograms that belong to its thread alone.

use crate::{
    clock::{Moment, whole_ns},
    connection::Ending,
};
use plimsoll_core::{
    outcome::{Failure, FailureCounts, NotSent},
    stat::{Latencies, Resolution},
    step::{Batch, Phases, Traffic},
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
    /// What answers said.
    pub(crate) statuses: Statuses,
    /// Bytes over the wire.
    pub(crate) traffic: Traffic,
    /// Connections, and answers that came in pieces: their time to the first byte, and from there.
    pub(crate) phases: Phases,
    /// Service times of the answers that came in pieces (coarse).
    pub(crate) in_pieces: Latencies,
}

/// Answers by status. A target gives a few of them, mostly the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statuses(Vec<(u16, u64)>);

impl Statuses {
    #[inline]
    fn add(&mut self, status: u16) {
        match self.0.iter_mut().find(|(known, _)| *known == status) {
            Some((_, n)) => *n += 1,
            None => self.0.push((status, 1)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, u64)> + '_ {
        self.0.iter().copied()
    }
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
            statuses: Statuses::default(),
            traffic: Traffic::default(),
            phases: Phases::default(),
            in_pieces: Latencies::with_resolution(Resolution::Coarse),
        }
    }
}

impl Measured {
    /// The phases of all good answers: those that came whole in one read took their whole service time to the first byte.
    pub(crate) fn all_phases(&self) -> Phases {
        let mut all = self.phases.clone();
        let mut in_one_piece = Latencies::with_resolution(Resolution::Coarse);
        in_one_piece.merge(&self.prompt);
        in_one_piece.merge(&self.service);
        in_one_piece.subtract(&self.in_pieces);
        all.first_byte.merge(&in_one_piece);
        all.body.record_many_ns(0, in_one_piece.count());
        all
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
        self.measured.phases = Phases::default();
        self.border = now.plus_ns(PROGRESS_NS);
    }

    /// Batches are to be measured from the first border on.
    pub(crate) fn measure(&mut self, borders: Borders) {
        self.border = borders.start;
        self.limits_ns = borders.limits.iter().map(|&limit| whole_ns(limit)).collect();
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
                let mut measured = std::mem::replace(&mut self.measured, Box::new(Measured::empty(self.limits_ns.len())));
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

    /// Bytes that TLS added.
    #[inline]
    pub(crate) fn overhead(&mut self, (sent, received): (u64, u64)) {
        self.measured.traffic.sent_bytes += sent;
        self.measured.traffic.received_bytes += received;
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
    #[inline]
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
        Ending { outcome, intended: at_ms(intended_ms), sent: Some(at_ms(sent_ms)), first: None, status: 200, reusable: true }
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
        let Some(Passed::Batch { index: 0, measured: first, .. }) = recorder.pass_border(at_ms(330)) else { panic!("the first batch") };
        assert_eq!(first.batch.duration, Duration::from_millis(100));
        assert_eq!((first.batch.offered, first.batch.sent, first.batch.good), (1, 2, 2));
        assert_eq!(first.batch.late, [1, 0]);
        assert_eq!(first.batch.response_sum_ns, 24_000_000);
        assert_eq!(first.batch.not_sent.get(NotSent::NoFile), 1);
        assert_eq!(first.batch.failed.seen().collect::<Vec<_>>(), [(Failure::TimedOut, 1), (Failure::Refused, 1)]);
        assert_eq!((first.prompt.count(), first.response.count(), first.service.count()), (1, 1, 1));
        assert_eq!(first.prompt.max().unwrap().as_millis(), 4);
        assert_eq!(first.service.max().unwrap().as_millis(), 15);

        let Some(Passed::Batch { index: 1, measured: second, .. }) = recorder.pass_border(at_ms(330)) else { panic!("the second batch") };
        assert_eq!(second.batch.ended(), 0);
        assert!(recorder.pass_border(at_ms(999)).is_none());
        assert_eq!(recorder.border(), Moment::NEVER);
    }

    #[test]
    fn connections_opened_while_settling_are_told_with_the_first_batch() {
        let mut recorder = Recorder::off();
        recorder.connected(9);
        recorder.settle(at_ms(0));
        recorder.connected(1_000);
        recorder.secured(2_000);
        recorder.ended(&Ending { first: Some(at_ms(2)), ..ending(Ok(()), 0, 1) }, at_ms(3));
        recorder.measure(Borders { start: at_ms(10), batch: Duration::from_millis(100), batches: 2, limits: Vec::new() });
        assert!(matches!(recorder.pass_border(at_ms(10)), Some(Passed::Begins(_))));
        recorder.connected(3_000);
        let counts = |passed: Option<Passed>| {
            let Some(Passed::Batch { measured, .. }) = passed else { panic!("a batch") };
            let Phases { connect, tls, first_byte, body } = measured.all_phases();
            [connect.count(), tls.count(), first_byte.count(), body.count()]
        };
        assert_eq!(counts(recorder.pass_border(at_ms(110))), [2, 1, 0, 0]);
        assert_eq!(counts(recorder.pass_border(at_ms(210))), [0; 4]);
    }

    #[test]
    fn the_last_request_ends_the_batch_at_hand() {
        let mut recorder = Recorder::off();
        recorder.measure(Borders { start: at_ms(0), batch: Duration::from_millis(100), batches: 5, limits: Vec::new() });
        assert!(matches!(recorder.pass_border(at_ms(0)), Some(Passed::Begins(_))));
        assert!(matches!(recorder.pass_border(at_ms(100)), Some(Passed::Batch { index: 0, is_last: false, .. })));
        recorder.ended(&ending(Ok(()), 90, 90), at_ms(130));
        recorder.finish(at_ms(130));
        let Some(Passed::Batch { index: 1, is_last: true, measured }) = recorder.pass_border(at_ms(131)) else { panic!("the last batch") };
        assert_eq!((measured.batch.duration, measured.batch.good), (Duration::from_millis(30), 1));
        assert!(recorder.pass_border(at_ms(500)).is_none());
    }

    #[test]
    fn an_answer_in_pieces_has_a_first_byte_before_its_last() {
        let mut recorder = Recorder::off();
        recorder.measure(Borders { start: at_ms(0), batch: Duration::from_millis(100), batches: 1, limits: Vec::new() });
        assert!(matches!(recorder.pass_border(at_ms(0)), Some(Passed::Begins(_))));
        recorder.ended(&ending(Ok(()), 10, 10), at_ms(14));
        recorder.ended(&Ending { first: Some(at_ms(23)), ..ending(Ok(()), 20, 21) }, at_ms(30));
        let Some(Passed::Batch { measured, .. }) = recorder.pass_border(at_ms(100)) else { panic!("a batch") };
        let phases = measured.all_phases();
        let ms = |latencies: &Latencies| latencies.buckets().map(|(latency, n)| (latency.as_millis(), n)).collect::<Vec<_>>();
        assert_eq!(ms(&phases.first_byte), [(2, 1), (4, 1)]);
        assert_eq!(ms(&phases.body), [(0, 1), (7, 1)]);
        assert_eq!(measured.statuses.iter().collect::<Vec<_>>(), [(200, 2)]);
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
