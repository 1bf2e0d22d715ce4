//! Sockets: opened, written, read and closed as the connection's state asks.

use super::{
    Shard,
    carriers::Carriers,
    slots::{Line, Role},
};
use crate::{
    clock::Moment,
    connection::{Ending, Next},
    error::EngineError,
    timers::Alarm,
    transport::{Got, Stop, Transport},
};
use rustix::{event::epoll::EventFlags, net::sockopt::socket_error};

/// Full buffers read from one connection before the others have their turn.
pub(super) const READS_PER_TURN: u32 = 16;

pub(super) const PEER_CLOSED: EventFlags = EventFlags::RDHUP.union(EventFlags::HUP).union(EventFlags::ERR);

impl Shard {
    /// Begins a request on a slot: on its connection, or on one that is opened for it.
    #[inline(always)]
    pub(super) fn launch(&mut self, slot: u32, intended: Moment) -> Result<(), EngineError> {
        if !self.may_fall_due() {
            return Ok(());
        }
        self.recorder.offered();
        self.launch_offered(slot, intended)
    }

    /// As [`Shard::launch`], for a request that has been counted as due.
    #[inline(always)]
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
        } else if flags.contains(EventFlags::OUT) && (connection.is_sending() || transport.as_ref().is_some_and(Transport::wants_write)) {
            if let Some(stop) = transport.as_mut().filter(|transport| transport.wants_write()).and_then(|transport| transport.flush().err())
                && stop != Stop::Again
            {
                return self.write_failed(slot, stop);
            }
            self.write(slot)?;
        }
        let peer_closed = flags.intersects(PEER_CLOSED);
        if flags.contains(EventFlags::IN) || peer_closed {
            let token = self.slots.get(slot).token(slot);
            if !self.unread.holds(token, peer_closed) {
                return self.read(slot, peer_closed);
            }
        }
        Ok(())
    }

    /// Writes what the socket takes of the request.
    #[inline(always)]
    pub(super) fn write(&mut self, slot: u32) -> Result<(), EngineError> {
        let Line::Http1 { transport: Some(transport), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        let request = &self.config.request;
        while connection.is_sending() {
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
        Ok(())
    }

    /// A server may have answered before it closed: what it said counts for more than the failure to write.
    fn write_failed(&mut self, slot: u32, stop: Stop) -> Result<(), EngineError> {
        let Stop::Broken(failure) = stop else { return Ok(()) };
        // Nothing more arrives on a broken connection, so that this ends.
        loop {
            let Line::Http1 { transport: Some(transport), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
            let next = match transport.read(&mut self.scratch, true) {
                Ok(Got::Bytes { bytes, .. }) => {
                    self.recorder.bytes_received(bytes);
                    self.recorder.overhead(transport.take_overhead());
                    match connection.received(&self.scratch[..bytes], &mut self.heads, self.now) {
                        Next::Wait => continue,
                        next => next,
                    }
                }
                Ok(Got::NoText) => continue,
                // An alert says more than the reset that follows it.
                Err(Stop::Broken(failure)) => connection.broken(failure),
                Ok(Got::End | Got::Cut) | Err(Stop::Again) => connection.broken(failure),
            };
            return self.follow(slot, closing(next));
        }
    }

    /// Reads what has come. With the peer's side closed, up to the end.
    #[inline(always)]
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
                        // Nearly always: done here, so that the ending is not copied about.
                        Next::Ended(ending) => return self.end(slot, ending),
                        next => next,
                    }
                }
                Ok(Got::NoText) => {
                    self.recorder.overhead(transport.take_overhead());
                    break;
                }
                Ok(Got::End) => connection.closed_by_peer(&mut self.heads),
                Ok(Got::Cut) => connection.cut_off(&mut self.heads),
                Err(Stop::Again) => return Ok(()),
                Err(Stop::Broken(failure)) => connection.broken(failure),
            };
            return self.follow(slot, next);
        }
        let token = self.slots.get(slot).token(slot);
        self.unread.wait(token, peer_closed);
        Ok(())
    }

    /// Reads on where one turn was not enough: one connection, after which fresh events come first again.
    pub(super) fn read_on(&mut self) -> Result<(), EngineError> {
        while let Some((token, peer_closed)) = self.unread.next() {
            self.now = Moment::now();
            self.pass_borders();
            if let Some(carrier) = Carriers::of_token(token) {
                self.read_carrier(carrier, token, peer_closed)?;
                break;
            }
            if let Some(slot) = self.slots.of_token(token) {
                self.read(slot, peer_closed)?;
                break;
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

    pub(super) fn follow(&mut self, slot: u32, next: Next) -> Result<(), EngineError> {
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

    #[inline(always)]
    pub(super) fn end(&mut self, slot: u32, ending: Ending) -> Result<(), EngineError> {
        let role = self.slots.get(slot).role;
        if !ending.reusable || !self.config.keep_alive {
            self.slots.get(slot).close();
        }
        if let Role::User | Role::Pooled = role {
            self.recorder.ended(&ending, self.now);
            self.fallen_due_is_over();
        }
        match role {
            Role::User => self.user_done(slot, ending.outcome.is_ok()),
            Role::Pooled => {
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
