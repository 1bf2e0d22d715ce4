//! One connection and the request on it, without I/O: what happened comes in with `now`, what follows goes out.

use crate::{
    clock::Moment,
    http1::{Decoder, HeadReader, Progress},
};
use plimsoll_core::outcome::Failure;

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No transport, no request.
    Closed,
    /// A request waits for the transport to be opened.
    Waiting,
    /// The transport is being opened for a request.
    Connecting,
    /// The transport stands, without a request.
    Idle,
    /// Part of the request is written.
    Sending,
    /// The whole request is written.
    Receiving,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// A good answer, or what went wrong.
    pub(crate) outcome: Result<(), Failure>,
    /// When it was due.
    pub(crate) intended: Moment,
    /// When its first byte was handed to the kernel; `None` when it never was.
    pub(crate) sent: Option<Moment>,
    /// When the first byte of its answer came, where the answer came in pieces.
    pub(crate) first: Option<Moment>,
    /// The status of the answer; 0 without a whole one.
    pub(crate) status: u16,
    /// Whether the transport may carry another request; it is to be closed otherwise.
    pub(crate) reusable: bool,
}

/// What follows from what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing until more arrives.
    Wait,
    /// The request ended.
    Ended(Ending),
    /// The peer closed an idle connection while the request was on its way: open another and send it again, once.
    Reopen,
    /// The idle transport is of no more use.
    Discard,
}

/// One connection; its transport belongs to the caller.
#[derive(Debug)]
pub(crate) struct Connection {
    phase: Phase,
    /// Answers that the present transport has carried.
    answers: u32,
    written: usize,
    intended: Moment,
    begun: Moment,
    sent: Option<Moment>,
    first: Option<Moment>,
    /// When the attempt to connect began.
    attempted: Moment,
    decoder: Decoder,
}

impl Connection {
    /// A connection without a transport.
    pub(crate) fn closed() -> Self {
        let never = Moment::NEVER;
        Self {
            phase: Phase::Closed,
            answers: 0,
            written: 0,
            intended: never,
            begun: never,
            sent: None,
            first: None,
            attempted: never,
            decoder: Decoder::default(),
        }
    }

    /// A request that was due at `intended` begins. Says whether the transport must be opened first.
    pub(crate) fn begin(&mut self, intended: Moment, now: Moment) -> bool {
        debug_assert!(matches!(self.phase, Phase::Closed | Phase::Idle), "a request begins in {:?}", self.phase);
        self.intended = intended;
        self.begun = now;
        self.sent = None;
        self.first = None;
        self.written = 0;
        let open = self.phase == Phase::Closed;
        self.phase = if open { Phase::Waiting } else { Phase::Sending };
        open
    }

    /// The transport is being opened.
    pub(crate) fn opening(&mut self, now: Moment) {
        debug_assert_eq!(self.phase, Phase::Waiting);
        self.phase = Phase::Connecting;
        self.attempted = now;
        self.answers = 0;
        self.decoder = Decoder::default();
    }

    /// The transport stands.
    pub(crate) fn opened(&mut self) {
        debug_assert_eq!(self.phase, Phase::Connecting);
        self.phase = Phase::Sending;
    }

    /// The caller has closed the transport; a request that waits for another is kept.
    pub(crate) fn transport_gone(&mut self) {
        if self.phase != Phase::Waiting {
            self.phase = Phase::Closed;
        }
    }

    /// The request is given up before anything of it was sent.
    pub(crate) fn abandon(&mut self) {
        self.phase = Phase::Closed;
    }

    /// When the attempt to open the transport began.
    pub(crate) fn attempted(&self) -> Moment {
        self.attempted
    }

    /// Whether the transport is being opened.
    pub(crate) fn is_connecting(&self) -> bool {
        self.phase == Phase::Connecting
    }

    /// Whether a request waits for its transport to be opened.
    pub(crate) fn is_waiting(&self) -> bool {
        self.phase == Phase::Waiting
    }

    /// Whether part of a request is still to be written.
    pub(crate) fn is_sending(&self) -> bool {
        self.phase == Phase::Sending
    }

    /// Whether there is no transport.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed | Phase::Waiting)
    }

    /// When the request in flight was due; `None` without one.
    pub(crate) fn in_flight(&self) -> Option<Moment> {
        (!matches!(self.phase, Phase::Closed | Phase::Idle)).then_some(self.intended)
    }

    /// What of `request` is still to be written.
    pub(crate) fn unwritten<'r>(&self, request: &'r [u8]) -> &'r [u8] {
        &request[self.written..]
    }

    /// The kernel took `bytes` of a request of `whole` bytes. Says whether these were the first.
    pub(crate) fn wrote(&mut self, bytes: usize, whole: usize, now: Moment) -> bool {
        self.written += bytes;
        if self.written == whole {
            self.phase = Phase::Receiving;
        }
        let first = self.sent.is_none();
        if first {
            self.sent = Some(now);
        }
        first
    }

    /// Bytes came.
    #[inline(always)]
    pub(crate) fn received(&mut self, data: &[u8], heads: &mut HeadReader, now: Moment) -> Next {
        match self.phase {
            Phase::Sending | Phase::Receiving => {}
            // Nobody asked: a server that says good-bye before it closes an idle connection.
            _ => return Next::Discard,
        }
        match self.decoder.feed(data, heads) {
            Ok(Progress::More) => {
                self.first.get_or_insert(now);
                Next::Wait
            }
            // An answer before the whole request was taken ends the use of the connection (RFC 9112, section 9.5).
            Ok(Progress::Whole { status, reusable }) => self.answered(status, reusable && self.phase == Phase::Receiving),
            Err(failure) => self.fail(failure),
        }
    }

    /// The peer closed its side in good order.
    pub(crate) fn closed_by_peer(&mut self, heads: &mut HeadReader) -> Next {
        match self.phase {
            Phase::Closed | Phase::Waiting | Phase::Idle => Next::Discard,
            _ if self.lost_idle_race() => self.reopen(),
            _ => match self.decoder.close(heads) {
                Ok(status) => self.answered(status, false),
                Err(failure) => self.fail(failure),
            },
        }
    }

    /// The peer's side ended without a farewell where TLS has one: what lasts until the end may lack its last part.
    pub(crate) fn cut_off(&mut self, heads: &mut HeadReader) -> Next {
        match self.phase {
            Phase::Closed | Phase::Waiting | Phase::Idle => Next::Discard,
            _ if self.lost_idle_race() => self.reopen(),
            _ => {
                let failure = self.decoder.close(heads).err().unwrap_or(Failure::TlsBroken);
                self.fail(failure)
            }
        }
    }

    /// The transport broke with `failure`.
    pub(crate) fn broken(&mut self, failure: Failure) -> Next {
        match self.phase {
            Phase::Closed | Phase::Waiting | Phase::Idle => Next::Discard,
            _ if self.lost_idle_race() => self.reopen(),
            _ => self.fail(failure),
        }
    }

    /// When the request in flight runs out of `timeout_ns`; `None` without one.
    pub(crate) fn deadline(&self, timeout_ns: u64) -> Option<Moment> {
        self.in_flight().map(|_| self.begun.plus_ns(timeout_ns))
    }

    /// The request in flight ran out of time.
    pub(crate) fn timed_out(&mut self) -> Next {
        match self.phase {
            Phase::Closed | Phase::Idle => Next::Wait,
            Phase::Waiting | Phase::Connecting if self.sent.is_none() => self.fail(Failure::ConnectTimedOut),
            _ => self.fail(Failure::TimedOut),
        }
    }

    /// The request in flight failed, or was never sent.
    pub(crate) fn fail(&mut self, failure: Failure) -> Next {
        self.end(Err(failure), 0, false)
    }

    #[inline]
    fn answered(&mut self, status: u16, reusable: bool) -> Next {
        self.answers = self.answers.saturating_add(1);
        self.end(Failure::of_status(status).map_or(Ok(()), Err), status, reusable)
    }

    #[inline]
    fn end(&mut self, outcome: Result<(), Failure>, status: u16, reusable: bool) -> Next {
        self.phase = if reusable { Phase::Idle } else { Phase::Closed };
        Next::Ended(Ending { outcome, intended: self.intended, sent: self.sent, first: self.first, status, reusable })
    }

    /// A server may close an idle connection at any moment, so that a request on a reused one can cross with that (RFC 9112, section 9.3.1).
    fn lost_idle_race(&self) -> bool {
        self.answers > 0 && !self.decoder.touched()
    }

    fn reopen(&mut self) -> Next {
        self.phase = Phase::Waiting;
        self.written = 0;
        self.first = None;
        Next::Reopen
    }
}
