//! Connections of HTTP/1.1: begun, made secure where that is asked for, and ready for their first request.

use super::{Shard, slots::Line};
use crate::{
    endpoint::Attempt,
    error::EngineError,
    tls::{Handshake, TlsStream},
    transport::{Transport, failure_of},
};
use plimsoll_core::outcome::{Failure, NotSent};
use rustix::{
    event::epoll::{self, EventData, EventFlags},
    fd::OwnedFd,
    io::Errno,
};

/// Registered once: with edges, a writable socket costs no further wake-up unless a write fell short.
const INTEREST: EventFlags = EventFlags::IN.union(EventFlags::OUT).union(EventFlags::RDHUP).union(EventFlags::ET);

impl Shard {
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

    pub(super) fn open_in_turn(&mut self, slot: u32) -> Result<(), EngineError> {
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
    pub(super) fn connected(&mut self, slot: u32) -> Result<(), EngineError> {
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
    pub(super) fn shake_hands(&mut self, slot: u32) -> Result<(), EngineError> {
        let Line::Http1 { transport: Some(Transport::Tls(stream)), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        let went = stream.shake_hands();
        self.recorder.overhead(Some(stream.take_overhead()));
        match went {
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

    pub(super) fn connect_failed(&mut self, slot: u32, errno: Errno) -> Result<(), EngineError> {
        let failure = match errno {
            Errno::ADDRNOTAVAIL => return self.cannot_send(slot, NotSent::NoPort),
            Errno::TIMEDOUT => Failure::ConnectTimedOut,
            errno => failure_of(errno),
        };
        let Line::Http1 { connection, .. } = &mut self.slots.get(slot).line else { return Ok(()) };
        let next = connection.fail(failure);
        self.follow(slot, next)
    }
}
