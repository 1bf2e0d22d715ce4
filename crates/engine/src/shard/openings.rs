//! Connections are opened in batches, so that a listener's backlog is not overrun by the generator's own doing (docs/METHOD.md).

use crate::clock::Moment;
use std::collections::VecDeque;

/// Connections of all shards together in one batch.
const BATCH: u32 = 512;
/// From the start of one batch to the next.
const PAUSE_NS: u64 = 10_000_000;

/// The right of one shard to open connections, and the slots that wait for it.
#[derive(Debug)]
pub(crate) struct Openings {
    batch: u32,
    left: u32,
    refill: Moment,
    waiting: VecDeque<u32>,
}

impl Openings {
    /// For one of this many shards.
    pub(crate) fn shared_by(shards: u32) -> Self {
        let batch = (BATCH / shards).max(1);
        Self { batch, left: batch, refill: Moment::NEVER, waiting: VecDeque::new() }
    }

    /// How long it takes to open this many connections.
    pub(crate) fn ns_for(&self, connections: u32) -> u64 {
        u64::from(connections / self.batch) * PAUSE_NS
    }

    /// Whether one more may be opened.
    pub(crate) fn has_room(&mut self, now: Moment) -> bool {
        if now >= self.refill || self.refill == Moment::NEVER {
            self.left = self.batch;
            self.refill = now.plus_ns(PAUSE_NS);
        }
        self.left > 0
    }

    /// Whether one more may be opened; counts it if so.
    pub(crate) fn allow(&mut self, now: Moment) -> bool {
        let allowed = self.has_room(now);
        self.left -= u32::from(allowed);
        allowed
    }

    /// When the next batch may begin.
    pub(crate) fn refill(&self) -> Moment {
        self.refill
    }

    /// A slot waits for its turn.
    pub(crate) fn wait(&mut self, slot: u32) {
        self.waiting.push_back(slot);
    }

    /// When the next waiting slot has its turn.
    pub(crate) fn next(&self) -> Moment {
        if self.waiting.is_empty() { Moment::NEVER } else { self.refill }
    }

    /// The next slot whose turn has come; some may have given up meanwhile.
    pub(crate) fn pop(&mut self, now: Moment) -> Option<u32> {
        if self.waiting.is_empty() || !self.allow(now) {
            return None;
        }
        self.waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_then_a_pause() {
        let mut openings = Openings::shared_by(2);
        let start = Moment::at_ns(5);
        assert_eq!((0..300).filter(|_| openings.allow(start)).count(), 256);
        openings.wait(7);
        assert_eq!(openings.next(), start.plus_ns(PAUSE_NS));
        assert_eq!(openings.pop(start.plus_ns(PAUSE_NS - 1)), None);
        assert_eq!(openings.pop(start.plus_ns(PAUSE_NS)), Some(7));
        assert_eq!(openings.pop(start.plus_ns(PAUSE_NS)), None);
        assert_eq!(openings.next(), Moment::NEVER);
        assert_eq!(openings.ns_for(1024), 4 * PAUSE_NS);
    }
}
