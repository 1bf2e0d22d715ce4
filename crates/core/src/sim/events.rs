//! What is to happen, ordered by time.

use super::{requests::RequestId, users::UserId};
use crate::outcome::Failure;
use std::{cmp::Reverse, collections::BinaryHeap};

/// Something that happens to the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A user's next request falls due.
    Due(UserId),
    /// The generator got round to sending a request.
    Sent(RequestId),
    /// A stage has finished with a request.
    Served { request: RequestId, stage: u32 },
    /// The target has turned a request away.
    TurnedAway { request: RequestId, failure: Failure },
    /// The generator got round to reading an answer.
    Read(RequestId),
}

/// The events to come. Events of the same moment come in the order of [`Event`], so that a seed gives one history.
#[derive(Debug, Default)]
pub(super) struct Agenda(BinaryHeap<Reverse<(u64, Event)>>);

impl Agenda {
    pub(super) fn add(&mut self, at_ns: u64, event: Event) {
        self.0.push(Reverse((at_ns, event)));
    }

    pub(super) fn next_at(&self) -> Option<u64> {
        self.0.peek().map(|Reverse((at_ns, _))| *at_ns)
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        self.0.pop().map(|Reverse((_, event))| event)
    }
}
