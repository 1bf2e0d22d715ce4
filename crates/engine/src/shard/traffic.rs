//! Sockets: opened, written, read and closed as the connection's state asks.

use super::{SCRATCH_BYTES, Shard, slots::Line, slots::Role};
use crate::{
    clock::Moment,
    connection::{Ending, Next},
    error::EngineError,
    timers::Alarm,
};
use plimsoll_core::outcome::{Failure, NotSent};
use rustix::{
    event::epoll::{self, EventData, EventFlags},
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, recv, send, socket_with,
        sockopt::{set_tcp_nodelay, socket_error},
    },
};
use std::net::SocketAddr;

/// Full buffers read from one connection before the others have their turn.
const READS_PER_TURN: u32 = 16;

/// Registered once: with edges, a writable socket costs no further wake-up unless a write fell short.
const INTEREST: EventFlags = EventFlags::IN.union(EventFlags::OUT).union(EventFlags::RDHUP).union(EventFlags::ET);

const PEER_CLOSED: EventFlags = EventFlags::RDHUP.union(EventFlags::HUP).union(EventFlags::ERR);

/// A connection that had more to read than one turn takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unread {
    token: u64,
    /// Its end was announced, and will not be again.
    peer_closed: bool,
}

impl Shard {
    /// Begins a request on a slot: on its connection, or on one that is opened for it.
    pub(super) fn launch(&mut self, slot: u32, intended: Moment) -> Result<(), EngineError> {
        self.recorder.offered();
        self.launch_offered(slot, intended)
    }

    /// As [`Shard::launch`], for a request that has been counted as due.
    pub(super) fn launch_offered(&mut self, slot: u32, intended: Moment) -> Result<(), EngineError> {
        let now = self.now;
        let state = self.slots.get(slot);
        let must_open = state.connection().begin(intended, now);
        if state.watched.is_none() {
            let deadline = now.plus_ns(self.config.timeout_ns);
            state.watched = Some(deadline);
            self.timers.set(deadline, Alarm::TimeOut, slot);
        }
        if must_open { self.open_in_turn(slot) } else { self.write(slot) }
    }

    fn open_in_turn(&mut self, slot: u32) -> Result<(), EngineError> {
        if self.openings.allow(self.now) {
            return self.open(slot);
        }
        self.openings.wait(slot);
        Ok(())
    }

    /// Opens a connection for the request that waits on this slot.
    pub(super) fn open(&mut self, slot: u32) -> Result<(), EngineError> {
        let address = self.config.addresses[self.next_address % self.config.addresses.len()];
        self.next_address = self.next_address.wrapping_add(1);
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let socket = match socket_with(family, SocketType::STREAM, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None) {
            Ok(socket) => socket,
            Err(Errno::MFILE | Errno::NFILE) => return self.cannot_send(slot, NotSent::NoFile),
            Err(errno) => return Err(EngineError::System { action: "open a socket", errno }),
        };
        set_tcp_nodelay(&socket, true).map_err(EngineError::doing("set TCP_NODELAY"))?;
        self.slots.get(slot).connection().opening();
        let connected = match connect(&socket, &address) {
            Ok(()) => true,
            Err(Errno::INPROGRESS | Errno::INTR) => false,
            Err(errno) => return self.connect_failed(slot, errno),
        };
        let state = self.slots.get(slot);
        state.epoch = state.epoch.wrapping_add(1);
        epoll::add(&self.epoll, &socket, EventData::new_u64(self.slots.get(slot).token(slot)), INTEREST)
            .map_err(EngineError::doing("register a connection with epoll"))?;
        let Line::Http1 { socket: place, connection } = &mut self.slots.get(slot).line;
        *place = Some(socket);
        if connected {
            connection.opened();
            return self.write(slot);
        }
        Ok(())
    }

    fn connect_failed(&mut self, slot: u32, errno: Errno) -> Result<(), EngineError> {
        let failure = match errno {
            Errno::ADDRNOTAVAIL => return self.cannot_send(slot, NotSent::NoPort),
            Errno::TIMEDOUT => Failure::ConnectTimedOut,
            errno => failure_of(errno),
        };
        let next = self.slots.get(slot).connection().fail(failure);
        self.follow(slot, next)
    }

    /// Something happened on the socket of a slot.
    pub(super) fn ready(&mut self, slot: u32, flags: EventFlags) -> Result<(), EngineError> {
        let connection = self.slots.get(slot).connection();
        if connection.is_connecting() {
            if flags.intersects(EventFlags::ERR | EventFlags::HUP) {
                let Line::Http1 { socket: Some(socket), .. } = &self.slots.get(slot).line else { return Ok(()) };
                match socket_error(socket) {
                    Ok(Ok(())) => {}
                    Ok(Err(errno)) | Err(errno) => return self.connect_failed(slot, errno),
                }
            }
            if !flags.intersects(EventFlags::OUT | EventFlags::HUP) {
                return Ok(());
            }
            self.slots.get(slot).connection().opened();
            self.write(slot)?;
        } else if connection.is_sending() && flags.contains(EventFlags::OUT) {
            self.write(slot)?;
        }
        // Also when the connection has only just opened: some servers speak first, and an edge is told only once.
        if flags.intersects(EventFlags::IN | PEER_CLOSED) {
            return self.read(slot, flags.intersects(PEER_CLOSED));
        }
        Ok(())
    }

    /// Writes what the socket takes of the request.
    fn write(&mut self, slot: u32) -> Result<(), EngineError> {
        loop {
            let Line::Http1 { socket: Some(socket), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
            if !connection.is_sending() {
                return Ok(());
            }
            let request = &self.config.request;
            match send(socket, connection.unwritten(request), SendFlags::NOSIGNAL) {
                Ok(bytes) => {
                    if connection.wrote(bytes, request.len(), self.now) {
                        self.recorder.sent();
                    }
                }
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(errno) => return self.write_failed(slot, errno),
            }
        }
    }

    /// A server may have answered before it closed: what it said counts for more than the failure to write.
    fn write_failed(&mut self, slot: u32, errno: Errno) -> Result<(), EngineError> {
        let Line::Http1 { socket: Some(socket), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
        let next = match recv(socket, &mut self.scratch[..], RecvFlags::empty()) {
            Ok((bytes @ 1.., _)) => match connection.received(&self.scratch[..bytes], &mut self.heads) {
                Next::Wait => connection.broken(failure_of(errno)),
                next => next,
            },
            _ => connection.broken(failure_of(errno)),
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
            let Line::Http1 { socket: Some(socket), connection } = &mut self.slots.get(slot).line else { return Ok(()) };
            let next = match recv(socket, &mut self.scratch[..], RecvFlags::empty()) {
                Ok((0, _)) => connection.closed_by_peer(),
                Ok((bytes, _)) => {
                    match connection.received(&self.scratch[..bytes], &mut self.heads) {
                        // Less than was asked for: the socket is drained, and more of it will be another edge.
                        Next::Wait if bytes < SCRATCH_BYTES && !peer_closed => return Ok(()),
                        Next::Wait => continue,
                        next if peer_closed => closing(next),
                        next => next,
                    }
                }
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR) => continue,
                Err(errno) => connection.broken(failure_of(errno)),
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
            if let Some(slot) = self.slots.of_token(token) {
                self.now = Moment::now();
                self.pass_borders();
                self.read(slot, peer_closed)?;
            }
        }
        Ok(())
    }

    /// A time-out timer went off.
    pub(super) fn check_time(&mut self, slot: u32, when: Moment) -> Result<(), EngineError> {
        let state = self.slots.get(slot);
        if state.watched != Some(when) {
            return Ok(());
        }
        state.watched = None;
        let Some(deadline) = state.connection().deadline(self.config.timeout_ns) else { return Ok(()) };
        if deadline <= self.now {
            let next = state.connection().timed_out();
            return self.follow(slot, next);
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

    fn end(&mut self, slot: u32, ending: Ending) -> Result<(), EngineError> {
        let role = self.slots.get(slot).role;
        if !ending.reusable || !self.config.keep_alive {
            self.slots.get(slot).close();
        }
        match role {
            Role::User => {
                self.recorder.ended(&ending, self.now);
                self.user_done(slot, ending.outcome.is_ok())
            }
            Role::Pooled => {
                self.recorder.ended(&ending, self.now);
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

/// What an error of a socket means for its request.
fn failure_of(errno: Errno) -> Failure {
    match errno {
        Errno::CONNREFUSED => Failure::Refused,
        Errno::CONNRESET | Errno::PIPE | Errno::CONNABORTED => Failure::Reset,
        Errno::TIMEDOUT => Failure::TimedOut,
        // What else the network, or a firewall on the way out of this machine, can say.
        _ => Failure::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_sockets_have_names() {
        let table = [
            (Errno::CONNREFUSED, Failure::Refused),
            (Errno::CONNRESET, Failure::Reset),
            (Errno::PIPE, Failure::Reset),
            (Errno::CONNABORTED, Failure::Reset),
            (Errno::TIMEDOUT, Failure::TimedOut),
            (Errno::HOSTUNREACH, Failure::Unreachable),
            (Errno::NETUNREACH, Failure::Unreachable),
            (Errno::PERM, Failure::Unreachable),
        ];
        for (errno, failure) in table {
            assert_eq!(failure_of(errno), failure, "{errno:?}");
        }
    }
}
