//! One user's side of HTTP/2: the request in flight, and the stream that carries it.

use crate::{clock::Moment, connection::Ending};
use plimsoll_core::outcome::Failure;

/// Where the request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// There is none.
    Idle,
    /// It waits for a connection with a free stream.
    Waiting,
    /// It is on a stream.
    Sent,
}

/// What a slot keeps of its request; the streams belong to the connection.
#[derive(Debug)]
pub(crate) struct Lane {
    phase: Phase,
    /// Whether it was sent before, on a connection that did not take it.
    is_second_try: bool,
    /// The connection and the stream that carry it, once sent.
    carrier: u32,
    stream: u32,
    intended: Moment,
    begun: Moment,
    sent: Option<Moment>,
}

impl Lane {
    /// A lane without a request.
    pub(crate) fn idle() -> Self {
        let never = Moment::NEVER;
        Self { phase: Phase::Idle, is_second_try: false, carrier: 0, stream: 0, intended: never, begun: never, sent: None }
    }

    /// A request that was due at `intended` begins.
    pub(crate) fn begin(&mut self, intended: Moment, now: Moment) {
        debug_assert_eq!(self.phase, Phase::Idle);
        *self = Self { phase: Phase::Waiting, is_second_try: false, intended, begun: now, sent: None, ..*self };
    }

    /// The request went out. Says whether for the first time.
    pub(crate) fn send(&mut self, carrier: u32, stream: u32, now: Moment) -> bool {
        debug_assert_eq!(self.phase, Phase::Waiting);
        let first = self.sent.is_none();
        *self = Self { phase: Phase::Sent, carrier, stream, sent: self.sent.or(Some(now)), ..*self };
        first
    }

    /// The server did not take the request: it waits again, unless that happened before.
    pub(crate) fn send_again(&mut self) -> bool {
        let may = self.phase == Phase::Sent && !self.is_second_try;
        if may {
            *self = Self { phase: Phase::Waiting, is_second_try: true, ..*self };
        }
        may
    }

    /// Whether the request waits for a stream.
    pub(crate) fn is_waiting(&self) -> bool {
        self.phase == Phase::Waiting
    }

    /// The connection and the stream that carry the request; `None` while none does.
    pub(crate) fn stream(&self) -> Option<(u32, u32)> {
        (self.phase == Phase::Sent).then_some((self.carrier, self.stream))
    }

    /// When the request in flight was due; `None` without one.
    pub(crate) fn in_flight(&self) -> Option<Moment> {
        (self.phase != Phase::Idle).then_some(self.intended)
    }

    /// When the request in flight runs out of `timeout_ns`; `None` without one.
    pub(crate) fn deadline(&self, timeout_ns: u64) -> Option<Moment> {
        self.in_flight().map(|_| self.begun.plus_ns(timeout_ns))
    }

    /// The request ended with an answer; `first` is when its first byte came, where it came in pieces.
    pub(crate) fn answered(&mut self, status: u16, first: Option<Moment>) -> Ending {
        self.phase = Phase::Idle;
        let outcome = Failure::of_status(status).map_or(Ok(()), Err);
        Ending { outcome, intended: self.intended, sent: self.sent, first, status, reusable: true }
    }

    /// The request ended without one.
    pub(crate) fn failed(&mut self, failure: Failure) -> Ending {
        self.phase = Phase::Idle;
        Ending { outcome: Err(failure), intended: self.intended, sent: self.sent, first: None, status: 0, reusable: true }
    }

    /// The request is given up before anything of it was sent.
    pub(crate) fn abandon(&mut self) {
        self.phase = Phase::Idle;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Moment {
        Moment::at_ns(ms * 1_000_000)
    }

    #[test]
    fn a_request_is_sent_again_once_and_keeps_its_first_send() {
        let mut lane = Lane::idle();
        lane.begin(at(5), at(6));
        assert!(lane.is_waiting());
        assert_eq!((lane.in_flight(), lane.stream()), (Some(at(5)), None));
        assert_eq!(lane.deadline(4_000_000), Some(at(10)));
        assert!(lane.send(3, 1, at(7)));
        assert_eq!(lane.stream(), Some((3, 1)));
        assert!(lane.send_again());
        assert!(!lane.send(4, 9, at(9)), "it counts as sent once");
        assert!(!lane.send_again());
        let ending = lane.answered(503, None);
        assert_eq!((ending.outcome, ending.sent, ending.status), (Err(Failure::Unavailable), Some(at(7)), 503));
        assert_eq!((lane.in_flight(), lane.deadline(1)), (None, None));
    }
}
