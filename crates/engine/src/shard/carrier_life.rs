//! The life of a connection of HTTP/2: opened in its turn, made secure where that is asked for, seen off or given up.

use super::{Shard, carriers::Stage};
use crate::{
    endpoint::Attempt,
    error::EngineError,
    tls::{Handshake, TlsStream},
    transport::{Transport, failure_of},
};
use plimsoll_core::outcome::{Failure, NotSent};
use rustix::io::Errno;

/// Why a connection is given up, before it stands or after.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    /// The target's doing.
    Failure(Failure),
    /// For want of something on our side.
    NotSent(NotSent),
}

impl Shard {
    pub(super) fn open_carrier_in_turn(&mut self, index: u32) -> Result<(), EngineError> {
        if self.carriers.get(index).stage != Stage::Closed {
            return Ok(());
        }
        self.carriers.get(index).stage = Stage::Queued;
        if self.openings.allow(self.now) {
            return self.open_carrier(index);
        }
        self.openings.wait(index);
        Ok(())
    }

    /// Opens a connection whose turn has come.
    pub(super) fn open_carrier(&mut self, index: u32) -> Result<(), EngineError> {
        if self.carriers.get(index).stage != Stage::Queued {
            return Ok(());
        }
        let (socket, stands) = match self.attempt()? {
            Attempt::Stands(socket) => (socket, true),
            Attempt::UnderWay(socket) => (socket, false),
            Attempt::NoFile => return self.give_up(index, Loss::NotSent(NotSent::NoFile)),
            Attempt::Failed(errno) => return self.give_up(index, loss_of(errno)),
        };
        let carrier = self.carriers.get(index);
        carrier.next_epoch();
        carrier.stage = Stage::Connecting;
        carrier.attempted = self.now;
        let token = carrier.token(index);
        self.watch(&socket, token)?;
        self.carriers.get(index).transport = Some(Transport::Plain(socket));
        if stands { self.carrier_connected(index) } else { Ok(()) }
    }

    /// The kernel says that a connection stands: TLS is next, or our hello.
    pub(super) fn carrier_connected(&mut self, index: u32) -> Result<(), EngineError> {
        let now = self.now;
        let carrier = self.carriers.get(index);
        self.recorder.connected(now.ns_since(carrier.attempted));
        let Some(tls) = &self.config.tls else {
            carrier.stage = Stage::Open;
            self.carriers.touch(index);
            return Ok(());
        };
        let Some(Transport::Plain(socket)) = carrier.transport.take() else { return Ok(()) };
        match TlsStream::begin(socket, tls, now) {
            Ok(stream) => {
                carrier.transport = Some(Transport::Tls(Box::new(stream)));
                carrier.stage = Stage::Securing;
                self.secure_carrier(index)
            }
            Err(failure) => self.give_up(index, Loss::Failure(failure)),
        }
    }

    pub(super) fn secure_carrier(&mut self, index: u32) -> Result<(), EngineError> {
        let carrier = self.carriers.get(index);
        let Some(Transport::Tls(stream)) = &mut carrier.transport else { return Ok(()) };
        let went = stream.shake_hands();
        self.recorder.overhead(Some(stream.take_overhead()));
        match went {
            Ok(Handshake::GoesOn) => Ok(()),
            Ok(Handshake::Done) if stream.speaks_http2() => {
                self.recorder.secured(self.now.ns_since(stream.since));
                carrier.stage = Stage::Open;
                self.carriers.touch(index);
                Ok(())
            }
            Ok(Handshake::Done) => self.give_up(index, Loss::Failure(Failure::Http2Broken)),
            Err(failure) => self.give_up(index, Loss::Failure(failure)),
        }
    }

    /// The server takes leave: what is under way may end here, what is to come goes elsewhere.
    pub(super) fn see_off(&mut self, index: u32) -> Result<(), EngineError> {
        if self.carriers.is_at_home(index) {
            let next = self.carriers.replace(index, &self.config.session);
            if !self.carriers.get(next).waiting.is_empty() {
                self.open_carrier_in_turn(next)?;
            }
        }
        if self.carriers.get(index).session.is_idle() {
            self.carriers.close(index, &self.config.session);
        }
        Ok(())
    }

    /// A connection is lost, or could not be had.
    pub(super) fn give_up(&mut self, index: u32, loss: Loss) -> Result<(), EngineError> {
        let mut events = std::mem::take(&mut self.carriers.events);
        let carrier = self.carriers.get(index);
        let was_of_use = carrier.stage == Stage::Open && carrier.session.has_carried();
        if let Loss::Failure(failure) = loss {
            carrier.session.lose(failure, &mut events);
        }
        // Who waits for a connection that never carried anything has failed with it; who waits for a stream of one that did gets another.
        let waiting = if was_of_use { Vec::new() } else { std::mem::take(&mut carrier.waiting).into() };
        self.carriers.close(index, &self.config.session);
        self.pass_on(&mut events)?;
        self.carriers.events = events;
        for slot in waiting {
            let Some(lane) = self.lane(slot).filter(|lane| lane.is_waiting()) else { continue };
            match loss {
                Loss::Failure(failure) => {
                    let ending = lane.failed(failure);
                    self.end(slot, ending)?;
                }
                Loss::NotSent(kind) => self.cannot_send(slot, kind)?,
            }
        }
        if self.carriers.get(index).stage == Stage::Closed && !self.carriers.get(index).waiting.is_empty() {
            self.open_carrier_in_turn(index)?;
        }
        Ok(())
    }
}

pub(super) fn loss_of(errno: Errno) -> Loss {
    match errno {
        Errno::ADDRNOTAVAIL => Loss::NotSent(NotSent::NoPort),
        Errno::TIMEDOUT => Loss::Failure(Failure::ConnectTimedOut),
        errno => Loss::Failure(failure_of(errno)),
    }
}
