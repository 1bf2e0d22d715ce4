//! HTTP/2 on the loop: connections opened, read and written, and what their sessions tell passed on to the slots.

use super::{
    Shard,
    carrier_life::{Loss, loss_of},
    carriers::Stage,
    slots::Line,
    traffic::{PEER_CLOSED, READS_PER_TURN},
};
use crate::{
    clock::Moment,
    connection::Ending,
    error::EngineError,
    http2::{Event, Lane},
    transport::{Got, Stop, Transport},
};
use plimsoll_core::outcome::Failure;
use rustix::{event::epoll::EventFlags, net::sockopt::socket_error};

/// What follows a read.
enum After {
    /// An event will tell of more.
    Wait,
    /// There may be more.
    ReadOn,
    /// There may be more, in the next turn.
    OthersFirst,
}

impl Shard {
    /// Sends the request that a slot has begun, or lets it wait for a stream.
    pub(super) fn send_or_wait(&mut self, slot: u32) -> Result<(), EngineError> {
        let index = self.carriers.of_slot(slot, &self.config.session);
        if self.carriers.get(index).has_room() {
            self.send_on(index, slot);
            return Ok(());
        }
        self.carriers.get(index).waiting.push_back(slot);
        self.open_carrier_in_turn(index)
    }

    fn send_on(&mut self, index: u32, slot: u32) {
        let now = self.now;
        let stream = self.carriers.get(index).session.request(slot);
        if self.lane(slot).is_some_and(|lane| lane.send(index, stream, now)) {
            self.recorder.sent();
        }
        self.carriers.touch(index);
    }

    pub(super) fn lane(&mut self, slot: u32) -> Option<&mut Lane> {
        match &mut self.slots.get(slot).line {
            Line::Http2(lane) => Some(lane),
            Line::Http1 { .. } => None,
        }
    }

    /// Something happened on the socket of a connection.
    pub(super) fn carrier_ready(&mut self, index: u32, token: u64, flags: EventFlags) -> Result<(), EngineError> {
        if !self.carriers.is_current(index, token) {
            return Ok(());
        }
        let carrier = self.carriers.get(index);
        match (carrier.stage, &carrier.transport) {
            (Stage::Connecting, Some(Transport::Plain(socket))) => {
                if flags.intersects(EventFlags::ERR | EventFlags::HUP)
                    && let Ok(Err(errno)) | Err(errno) = socket_error(socket)
                {
                    return self.give_up(index, loss_of(errno));
                }
                if !flags.intersects(EventFlags::OUT | EventFlags::HUP) {
                    return Ok(());
                }
                self.carrier_connected(index)?;
            }
            (Stage::Securing, _) => self.secure_carrier(index)?,
            _ if flags.contains(EventFlags::OUT) => self.carriers.touch(index),
            _ => {}
        }
        let peer_closed = flags.intersects(PEER_CLOSED);
        if (flags.contains(EventFlags::IN) || peer_closed) && !self.unread.holds(token, peer_closed) {
            return self.read_carrier(index, token, peer_closed);
        }
        Ok(())
    }

    /// Reads what has come. With the peer's side closed, up to the end.
    pub(super) fn read_carrier(&mut self, index: u32, token: u64, peer_closed: bool) -> Result<(), EngineError> {
        for turn in 0..READS_PER_TURN {
            if turn > 0 {
                self.now = Moment::now();
                self.pass_borders();
            }
            // A failure on the way here may have closed it.
            if !self.carriers.is_current(index, token) || self.carriers.get(index).stage != Stage::Open {
                return Ok(());
            }
            let mut events = std::mem::take(&mut self.carriers.events);
            let carrier = self.carriers.get(index);
            let Some(transport) = &mut carrier.transport else { return Ok(()) };
            let (lost, after) = match transport.read(&mut self.scratch, peer_closed) {
                Ok(Got::Bytes { bytes, drained }) => {
                    self.recorder.bytes_received(bytes);
                    self.recorder.overhead(transport.take_overhead());
                    let taken = carrier.session.receive(&self.scratch[..bytes], self.now, &mut events);
                    (taken.err(), if drained { After::Wait } else { After::ReadOn })
                }
                Ok(Got::NoText) => {
                    self.recorder.overhead(transport.take_overhead());
                    (None, After::OthersFirst)
                }
                Ok(Got::End) => (Some(Failure::Closed), After::Wait),
                Ok(Got::Cut) => (Some(Failure::TlsBroken), After::Wait),
                Err(Stop::Again) => (None, After::Wait),
                Err(Stop::Broken(failure)) => (Some(failure), After::Wait),
            };
            // Answers, acknowledgements, room for those who wait: something is mostly to be written now.
            self.carriers.touch(index);
            self.pass_on(&mut events)?;
            self.carriers.events = events;
            match lost {
                Some(failure) => return self.give_up(index, Loss::Failure(failure)),
                None => self.serve_waiting(index)?,
            }
            match after {
                After::Wait => return Ok(()),
                After::ReadOn => {}
                After::OthersFirst => break,
            }
        }
        self.unread.wait(token, peer_closed);
        Ok(())
    }

    /// Sends what waited, as far as there are streams; a connection that the server takes leave of is replaced.
    fn serve_waiting(&mut self, index: u32) -> Result<(), EngineError> {
        loop {
            let carrier = self.carriers.get(index);
            if carrier.stage != Stage::Open {
                return Ok(());
            }
            if carrier.session.is_leaving() {
                return self.see_off(index);
            }
            if !carrier.has_room() {
                return Ok(());
            }
            let Some(slot) = carrier.waiting.pop_front() else { return Ok(()) };
            if self.lane(slot).is_some_and(|lane| lane.is_waiting()) {
                self.send_on(index, slot);
            }
        }
    }

    /// Tells the slots what became of their requests.
    pub(super) fn pass_on(&mut self, events: &mut Vec<Event>) -> Result<(), EngineError> {
        for event in events.drain(..) {
            let (slot, ending) = match event {
                Event::Answered { slot, status, first } => (slot, self.lane(slot).map(|lane| lane.answered(status, first))),
                Event::Failed { slot, failure } => (slot, self.lane(slot).map(|lane| lane.failed(failure))),
                Event::Untouched { slot, failure } => (slot, self.send_again(slot, failure)?),
            };
            if let Some(ending) = ending {
                self.end(slot, ending)?;
            }
        }
        Ok(())
    }

    /// A request that the server did not act on is sent once more; the second time it has failed.
    fn send_again(&mut self, slot: u32, failure: Failure) -> Result<Option<Ending>, EngineError> {
        let Some(lane) = self.lane(slot) else { return Ok(None) };
        if !lane.send_again() {
            return Ok(Some(lane.failed(failure)));
        }
        let index = self.carriers.of_slot(slot, &self.config.session);
        self.carriers.get(index).waiting.push_back(slot);
        self.open_carrier_in_turn(index)?;
        Ok(None)
    }

    /// The request of a slot ran out of time.
    pub(super) fn stream_timed_out(&mut self, slot: u32) -> Result<(), EngineError> {
        let Some(lane) = self.lane(slot) else { return Ok(()) };
        if let Some((index, stream)) = lane.stream() {
            let ending = lane.failed(Failure::TimedOut);
            self.carriers.get(index).session.cancel(stream);
            self.carriers.touch(index);
            return self.end(slot, ending);
        }
        let index = self.carriers.of_slot(slot, &self.config.session);
        let carrier = self.carriers.get(index);
        carrier.waiting.retain(|&waiting| waiting != slot);
        let stands = carrier.stage == Stage::Open && carrier.session.is_greeted();
        let failure = if stands { Failure::TimedOut } else { Failure::ConnectTimedOut };
        let hangs = !stands && self.now.ns_since(carrier.attempted) >= self.config.timeout_ns;
        let Some(lane) = self.lane(slot) else { return Ok(()) };
        let ending = lane.failed(failure);
        self.end(slot, ending)?;
        // Nobody else need wait for what has not come about in all this time.
        if hangs && matches!(self.carriers.get(index).stage, Stage::Connecting | Stage::Securing | Stage::Open) {
            return self.give_up(index, Loss::Failure(failure));
        }
        Ok(())
    }

    /// Writes what there is to be written, on all connections.
    #[inline(always)]
    pub(super) fn flush_carriers(&mut self) -> Result<(), EngineError> {
        if self.carriers.has_dirty() { self.flush_dirty_carriers() } else { Ok(()) }
    }

    fn flush_dirty_carriers(&mut self) -> Result<(), EngineError> {
        while let Some(index) = self.carriers.pop_dirty() {
            self.flush_carrier(index)?;
        }
        Ok(())
    }

    fn flush_carrier(&mut self, index: u32) -> Result<(), EngineError> {
        loop {
            let carrier = self.carriers.get(index);
            let (Stage::Open, Some(transport)) = (carrier.stage, &mut carrier.transport) else { return Ok(()) };
            let unwritten = carrier.session.unwritten();
            let written = if unwritten.is_empty() { transport.flush().map(|()| 0) } else { transport.write(unwritten) };
            match written {
                Ok(0) if unwritten.is_empty() => break,
                Ok(bytes) => {
                    carrier.session.wrote(bytes);
                    self.recorder.bytes_sent(bytes);
                    self.recorder.overhead(transport.take_overhead());
                }
                Err(Stop::Again) => return Ok(()),
                Err(Stop::Broken(failure)) => {
                    // What the server said before it closed counts for more than the failure to write.
                    let token = carrier.token(index);
                    self.read_carrier(index, token, true)?;
                    let carrier = self.carriers.get(index);
                    let still_open = carrier.stage == Stage::Open && carrier.token(index) == token;
                    return if still_open { self.give_up(index, Loss::Failure(failure)) } else { Ok(()) };
                }
            }
        }
        // All is written: there may be room for more requests than before.
        self.serve_waiting(index)
    }
}
