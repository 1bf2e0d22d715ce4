//! Sockets: opened, written, read and closed as the connection's state asks.

use super::{
    Shard,
    carriers::Carriers,
    slots::{Line, Role},
};
use crate::{
    clock::Moment,
    connection::{Ending, Next},
    endpoint::Attempt,
    error::EngineError,
    timers::Alarm,
    tls::{Handshake, TlsStream},
    transport::{Got, Stop, Transport, failure_of},
};
use plimsoll_core::outcome::{Failure, NotSent};
use rustix::{
    event::epoll::{self, EventData, EventFlags},
    fd::OwnedFd,
    io::Errno,
    net::sockopt::socket_error,
};

/// Full buffers read from one connection before the others have their turn.
pub(super) const READS_PER_TURN: u32 = 16;

/// Registered once: with edges, a writable socket costs no further wake-up unless a write fell short.
const INTEREST: EventFlags = EventFlags::IN.union(EventFlags::OUT).union(EventFlags::RDHUP).union(EventFlags::ET);

pub(super) const PEER_CLOSED: EventFlags = EventFlags::RDHUP.union(EventFlags::HUP).union(EventFlags::ERR);

/// A connection that had more to read than one turn takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unread {
    pub(super) token: u64,
    /// Its end was announced, and will not be again.
    pub(super) peer_closed: bool,
}

impl Shard {
    /// Begins a request on a slot: on its connection, or on one that is opened for it.
    pub(super) fn launch(&mut self, slot: u32, intended: Moment) -> Result<(), EngineError> {
        if !self.may_fall_due() {
            return Ok(());
        }
        self.recorder.offered();
        self.launch_offered(slot, intended)
    }

    /// As [`Shard::launch`], for a request that has been counted as due.
    pub(super) fn launch_offered(&mut self, slot: u32, intended: Moment) -> Result<(), EngineError> {
        let now = self.now;
        let state = self.slots.get(slot);
        if state.watched.is_none() {
            let deadline = now.plus_ns(self.config.timeout_ns);
            state.watched = Some(deadline);
            self.timers.set(deadline, Alarm::TimeOut, slot);
        }
        match &mut state.line {
            Line::Http1 { connection, .. } => {
                if connection.begin(intended, now) {
                    self.open_in_turn(slot)
                } else {
                    self.write(slot)
                }
            }
            Line::Http2(lane) => {
                lane.begin(intended, now);
                self.send_or_wait(slot)
            }
        }
    }

    /// Begins a connection to the next endpoint, from the next source address.
    pub(super) fn attempt(&mut self) -> Result<Attempt, EngineError> {
        let number = self.next_endpoint;
        self.next_endpoint = number.wrapping_add(1);
        let (endpoints, sources) = (&self.config.endpoints, &self.config.sources);
        let source = sources.get(number / endpoints.len() % sources.len().max(1)).copied();
        endpoints[number % endpoints.len()].connect(source)
    }

    /// Has epoll tell of what happens on a socket.
    pub(super) fn watch(&self, socket: &OwnedFd, token: u64) -> Result<(), EngineError> {
        epoll::add(&self.epoll, socket, EventData::new_u64(token), INTEREST).map_err(EngineError::doing("register a connection with epoll"))
    }

    fn open_in_turn(&mut self, slot: u32) -> Result<(), EngineError> {
        if self.openings.allow(self.now) {
            return self.open(slot);
        }
        self.openings.wait(slot);
        Ok(())
    }

    /// Opens a connection, if the request that it was for still waits.
    pub(super) fn open_if_waiting(&mut self, slot: u32) -> Result<(), EngineError> {
        match &self.slots.get(slot).line {
            Line::Http1 { connection, .. } if connection.is_waiting() => self.open(slot),
            _ => Ok(()),
        }
    }

    /// Opens a connection for the request that waits on this slot.
    pub(super) fn open(&mut self, slot: u32) -> Result<(), EngineError> {
        let (socket, stands) = match self.attempt()? {
            Attempt::Stands(socket) => (socket, true),
            Attempt::UnderWay(socket) => (socket, false),
            Attempt::NoFile => return self.cannot_send(slot, NotSent::NoFile),
            Attempt::Failed(errno) => {
                if let Line::Http1 { connection, .. } = &mut self.slots.get(slot).line {
                    connection.opening(self.now);
                }
                return self.connect_failed(slot, errno);
            }
        };
        let state = self.slots.get(slot);
        state.epoch = state.epoch.wrapping_add(1);
        let token = state.token(slot);
        self.watch(&socket, token)?;
        let Line::Http1 { transport, connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        connection.opening(self.now);
        *transport = Some(Transport::Plain(socket));
        if stands { self.connected(slot) } else { Ok(()) }
    }

    /// The kernel says that the connection of a slot stands: TLS is next, or the request.
    fn connected(&mut self, slot: u32) -> Result<(), EngineError> {
        let Line::Http1 { transport, connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        self.recorder.connected(self.now.ns_since(connection.attempted()));
        let Some(tls) = &self.config.tls else {
            connection.opened();
            return self.write(slot);
        };
        let Some(Transport::Plain(socket)) = transport.take() else { return Ok(()) };
        match TlsStream::begin(socket, tls, self.now) {
            Ok(stream) => {
                *transport = Some(Transport::Tls(Box::new(stream)));
                self.shake_hands(slot)
            }
            Err(failure) => {
                let next = connection.fail(failure);
                self.follow(slot, next)
            }
        }
    }

    /// Goes on with the TLS handshake of a slot.
    fn shake_hands(&mut self, slot: u32) -> Result<(), EngineError> {
        let Line::Http1 { transport: Some(Transport::Tls(stream)), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        match stream.shake_hands() {
            Ok(Handshake::GoesOn) => Ok(()),
            Ok(Handshake::Done) => {
                self.recorder.secured(self.now.ns_since(stream.since));
                connection.opened();
                self.write(slot)
            }
            Err(failure) => {
                let next = connection.fail(failure);
                self.follow(slot, next)
            }
        }
    }

    fn connect_failed(&mut self, slot: u32, errno: Errno) -> Result<(), EngineError> {
        let failure = match errno {
            Errno::ADDRNOTAVAIL => return self.cannot_send(slot, NotSent::NoPort),
            Errno::TIMEDOUT => Failure::ConnectTimedOut,
            errno => failure_of(errno),
        };
        let Line::Http1 { connection, .. } = &mut self.slots.get(slot).line else { return Ok(()) };
        let next = connection.fail(failure);
        self.follow(slot, next)
    }

    /// Something happened on the socket of a slot.
    pub(super) fn ready(&mut self, slot: u32, flags: EventFlags) -> Result<(), EngineError> {
        let Line::Http1 { transport, connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        if connection.is_connecting() {
            match transport {
                Some(Transport::Plain(socket)) => {
                    if flags.intersects(EventFlags::ERR | EventFlags::HUP)
                        && let Ok(Err(errno)) | Err(errno) = socket_error(socket)
                    {
                        return self.connect_failed(slot, errno);
                    }
                    if !flags.intersects(EventFlags::OUT | EventFlags::HUP) {
                        return Ok(());
                    }
                    self.connected(slot)?;
                }
                _ => self.shake_hands(slot)?,
            }
            // Also when the connection has only just opened: some servers speak first, and an edge is told only once.
        } else if flags.contains(EventFlags::OUT) {
            if let Some(stop) = transport.as_mut().filter(|transport| transport.wants_write()).and_then(|transport| transport.flush().err())
                && stop != Stop::Again
            {
                return self.write_failed(slot, stop);
            }
            self.write(slot)?;
        }
        if flags.intersects(EventFlags::IN | PEER_CLOSED) {
            return self.read(slot, flags.intersects(PEER_CLOSED));
        }
        Ok(())
    }

    /// Writes what the socket takes of the request.
    fn write(&mut self, slot: u32) -> Result<(), EngineError> {
        loop {
            let Line::Http1 { transport: Some(transport), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
            if !connection.is_sending() {
                return Ok(());
            }
            let request = &self.config.request;
            match transport.write(connection.unwritten(request)) {
                Ok(bytes) => {
                    self.recorder.bytes_sent(bytes);
                    self.recorder.overhead(transport.take_overhead());
                    if connection.wrote(bytes, request.len(), self.now) {
                        self.recorder.sent();
                    }
                }
                Err(Stop::Again) => return Ok(()),
                Err(stop) => return self.write_failed(slot, stop),
            }
        }
    }

    /// A server may have answered before it closed: what it said counts for more than the failure to write.
    fn write_failed(&mut self, slot: u32, stop: Stop) -> Result<(), EngineError> {
        let Stop::Broken(failure) = stop else { return Ok(()) };
        let Line::Http1 { transport: Some(transport), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        let next = match transport.read(&mut self.scratch, true) {
            Ok(Got::Bytes { bytes, .. }) => {
                self.recorder.bytes_received(bytes);
                match connection.received(&self.scratch[..bytes], &mut self.heads, self.now) {
                    Next::Wait => connection.broken(failure),
                    next => next,
                }
            }
            _ => connection.broken(failure),
        };
        self.follow(slot, closing(next))
    }

    /// Reads what has come. With the peer's side closed, up to the end.
    pub(super) fn read(&mut self, slot: u32, peer_closed: bool) -> Result<(), EngineError> {
        for turn in 0..READS_PER_TURN {
            if turn > 0 {
                self.now = Moment::now();
                self.pass_borders();
            }
            let Line::Http1 { transport: Some(transport), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
            if connection.is_connecting() {
                return Ok(());
            }
            let next = match transport.read(&mut self.scratch, peer_closed) {
                Ok(Got::Bytes { bytes, drained }) => {
                    self.recorder.bytes_received(bytes);
                    self.recorder.overhead(transport.take_overhead());
                    match connection.received(&self.scratch[..bytes], &mut self.heads, self.now) {
                        Next::Wait if drained => return Ok(()),
                        Next::Wait => continue,
                        next if peer_closed => closing(next),
                        next => next,
                    }
                }
                Ok(Got::End) => connection.closed_by_peer(),
                Err(Stop::Again) => return Ok(()),
                Err(Stop::Broken(failure)) => connection.broken(failure),
            };
            return self.follow(slot, next);
        }
        let token = self.slots.get(slot).token(slot);
        self.unread.push(Unread { token, peer_closed });
        Ok(())
    }

    /// Reads on where one turn was not enough.
    pub(super) fn read_on(&mut self) -> Result<(), EngineError> {
        for Unread { token, peer_closed } in std::mem::take(&mut self.unread) {
            self.now = Moment::now();
            self.pass_borders();
            if let Some(carrier) = Carriers::of_token(token) {
                self.read_carrier(carrier, token, peer_closed)?;
            } else if let Some(slot) = self.slots.of_token(token) {
                self.read(slot, peer_closed)?;
            }
        }
        self.flush_carriers()
    }

    /// A time-out timer went off.
    pub(super) fn check_time(&mut self, slot: u32, when: Moment) -> Result<(), EngineError> {
        let state = self.slots.get(slot);
        if state.watched != Some(when) {
            return Ok(());
        }
        state.watched = None;
        let Some(deadline) = state.deadline(self.config.timeout_ns) else { return Ok(()) };
        if deadline <= self.now {
            return match &mut state.line {
                Line::Http1 { connection, .. } => {
                    let next = connection.timed_out();
                    self.follow(slot, next)
                }
                Line::Http2(_) => self.stream_timed_out(slot),
            };
        }
        state.watched = Some(deadline);
        self.timers.set(deadline, Alarm::TimeOut, slot);
        Ok(())
    }

    fn follow(&mut self, slot: u32, next: Next) -> Result<(), EngineError> {
        match next {
            Next::Wait => Ok(()),
            Next::Discard => {
                self.slots.get(slot).close();
                Ok(())
            }
            Next::Reopen => {
                self.slots.get(slot).close();
                self.open_in_turn(slot)
            }
            Next::Ended(ending) => self.end(slot, ending),
        }
    }

    pub(super) fn end(&mut self, slot: u32, ending: Ending) -> Result<(), EngineError> {
        let role = self.slots.get(slot).role;
        if !ending.reusable || !self.config.keep_alive {
            self.slots.get(slot).close();
        }
        match role {
            Role::User => {
                self.recorder.ended(&ending, self.now);
                self.fallen_due_is_over();
                self.user_done(slot, ending.outcome.is_ok())
            }
            Role::Pooled => {
                self.recorder.ended(&ending, self.now);
                self.fallen_due_is_over();
                self.pooled_done(slot, ending.reusable && self.config.keep_alive);
                Ok(())
            }
            Role::Leaving | Role::Free => {
                self.slots.give_back(slot);
                Ok(())
            }
        }
    }
}

/// The same, over a transport that carries no further request.
fn closing(next: Next) -> Next {
    match next {
        Next::Ended(ending) => Next::Ended(Ending { reusable: false, ..ending }),
        next => next,
    }
}
