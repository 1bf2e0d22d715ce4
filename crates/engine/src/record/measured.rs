//! One batch as a shard measured it, and what the coordinator makes of it.

use plimsoll_core::{
    stat::{Latencies, Resolution, Tally},
    step::{Batch, Phases, Traffic},
};

/// One measured batch of one shard. Each good answer is in one or two histograms, so that recording it costs little; they are put together
/// by the coordinator.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// All counts; its histogram is left empty.
    pub(crate) batch: Batch,
    /// Response times of what was sent when it was due: their service times are the same (fine).
    pub(crate) prompt: Tally,
    /// Response times of the others (fine).
    pub(crate) response: Tally,
    /// Service times of the others (fine).
    pub(crate) service: Tally,
    /// Delays of sends (coarse).
    pub(crate) lag: Tally,
    /// What answers said.
    pub(crate) statuses: Statuses,
    /// Bytes over the wire.
    pub(crate) traffic: Traffic,
    /// Connections, and answers that came in pieces: their time to the first byte, and from there.
    pub(crate) phases: Phases,
    /// Service times of the answers that came in pieces (coarse).
    pub(crate) in_pieces: Tally,
}

/// Answers by status. A target gives a few of them, mostly the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statuses(Vec<(u16, u64)>);

impl Statuses {
    #[inline(always)]
    pub(super) fn add(&mut self, status: u16) {
        match self.0.first_mut() {
            Some((first, n)) if *first == status => *n += 1,
            _ => self.add_another(status),
        }
    }

    fn add_another(&mut self, status: u16) {
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
    pub(super) fn empty(limits: usize) -> Self {
        let fine = || Tally::with_resolution(Resolution::Fine);
        Self {
            batch: Batch::empty(limits),
            prompt: fine(),
            response: fine(),
            service: fine(),
            lag: Tally::with_resolution(Resolution::Coarse),
            statuses: Statuses::default(),
            traffic: Traffic::default(),
            phases: Phases::default(),
            in_pieces: Tally::with_resolution(Resolution::Coarse),
        }
    }

    /// An empty one after this one, with room for latencies as long as its: a batch is mostly like the one before.
    pub(super) fn successor(&self) -> Self {
        Self {
            prompt: self.prompt.emptied(),
            response: self.response.emptied(),
            service: self.service.emptied(),
            lag: self.lag.emptied(),
            in_pieces: self.in_pieces.emptied(),
            ..Self::empty(self.batch.late.len())
        }
    }

    /// The phases of all good answers: those that came whole in one read took their whole service time to the first byte.
    pub(crate) fn all_phases(&self) -> Phases {
        let mut all = self.phases.clone();
        let mut in_one_piece = Latencies::with_resolution(Resolution::Coarse);
        self.prompt.add_to(&mut in_one_piece);
        self.service.add_to(&mut in_one_piece);
        let mut in_pieces = Latencies::with_resolution(Resolution::Coarse);
        self.in_pieces.add_to(&mut in_pieces);
        in_one_piece.subtract(&in_pieces);
        all.first_byte.merge(&in_one_piece);
        all.body.record_many_ns(0, in_one_piece.count());
        all
    }
}
