//! The connections of a shard, by number, and who uses them.

use crate::{clock::Moment, config::Protocol, connection::Connection, http2::Lane, transport::Transport};
use plimsoll_core::stat::{Latencies, Resolution};

/// Who uses a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nobody.
    Free,
    /// A user of a closed loop.
    User,
    /// The pool of an open loop.
    Pooled,
    /// A request whose step is over: it may end, but counts no more.
    Leaving,
}

/// What carries a slot's requests. Another protocol is another variant, driven by the same loop.
#[derive(Debug)]
pub(crate) enum Line {
    /// HTTP/1.1 over a connection of the slot's own.
    Http1 {
        /// There while the connection is open, or being opened.
        transport: Option<Transport>,
        /// The protocol's state.
        connection: Connection,
    },
    /// HTTP/2 over a stream of a connection that several slots share.
    Http2(Lane),
}

/// One slot.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) role: Role,
    /// Counts the sockets the slot has had, to tell events of an earlier one.
    pub(crate) epoch: u32,
    /// When the user's next request is due, while it pauses.
    pub(crate) due: Option<Moment>,
    /// Whether the due moment is the generator's own choice (a start, a pause after a failure) and may be put off without lateness.
    pub(crate) due_is_free: bool,
    /// The moment of the time-out timer that counts.
    pub(crate) watched: Option<Moment>,
    pub(crate) line: Line,
}

impl Slot {
    /// When the request in flight was due; `None` without one.
    pub(crate) fn in_flight(&self) -> Option<Moment> {
        match &self.line {
            Line::Http1 { connection, .. } => connection.in_flight(),
            Line::Http2(lane) => lane.in_flight(),
        }
    }

    /// When the request in flight runs out of `timeout_ns`; `None` without one.
    pub(crate) fn deadline(&self, timeout_ns: u64) -> Option<Moment> {
        match &self.line {
            Line::Http1 { connection, .. } => connection.deadline(timeout_ns),
            Line::Http2(lane) => lane.deadline(timeout_ns),
        }
    }

    /// Whether a request would have to open a connection for itself.
    pub(crate) fn must_open(&self) -> bool {
        match &self.line {
            Line::Http1 { connection, .. } => connection.is_closed(),
            Line::Http2(_) => false,
        }
    }

    /// The request is given up before anything of it was sent.
    pub(crate) fn abandon(&mut self) {
        match &mut self.line {
            Line::Http1 { connection, .. } => connection.abandon(),
            Line::Http2(lane) => lane.abandon(),
        }
    }

    /// Closes the slot's own connection, if there is one.
    pub(crate) fn close(&mut self) {
        if let Line::Http1 { transport, connection } = &mut self.line {
            *transport = None;
            connection.transport_gone();
        }
    }

    /// What epoll is to say for events of the present socket.
    pub(crate) fn token(&self, index: u32) -> u64 {
        u64::from(self.epoch) << 32 | u64::from(index)
    }
}

/// All slots of a shard; numbers of free ones are used again.
#[derive(Debug)]
pub(crate) struct Slots {
    protocol: Protocol,
    all: Vec<Slot>,
    free: Vec<u32>,
}

impl Slots {
    /// No slots yet, for requests over this protocol.
    pub(crate) fn over(protocol: Protocol) -> Self {
        Self { protocol, all: Vec::new(), free: Vec::new() }
    }

    /// A slot for this role.
    pub(crate) fn take(&mut self, role: Role) -> u32 {
        if let Some(index) = self.free.pop() {
            self.all[index as usize].role = role;
            return index;
        }
        let line = match self.protocol {
            Protocol::Http1 => Line::Http1 { transport: None, connection: Connection::closed() },
            Protocol::Http2 { .. } => Line::Http2(Lane::idle()),
        };
        self.all.push(Slot { role, epoch: 0, due: None, due_is_free: false, watched: None, line });
        u32::try_from(self.all.len() - 1).expect("file descriptors run out long before 2^32 slots")
    }

    /// Gives a slot back, closing what it holds.
    pub(crate) fn give_back(&mut self, index: u32) {
        let slot = self.get(index);
        debug_assert_ne!(slot.role, Role::Free);
        slot.close();
        slot.role = Role::Free;
        slot.due = None;
        self.free.push(index);
    }

    /// The slot with this number.
    #[inline]
    pub(crate) fn get(&mut self, index: u32) -> &mut Slot {
        &mut self.all[index as usize]
    }

    /// The number in `token`, if its socket is still the one that the event is about.
    #[inline]
    pub(crate) fn of_token(&self, token: u64) -> Option<u32> {
        let index = token as u32;
        let slot = self.all.get(index as usize)?;
        (slot.token(index) == token).then_some(index)
    }

    /// Ages at `now` of the requests in flight that count.
    pub(crate) fn ages(&self, now: Moment) -> Latencies {
        let mut ages = Latencies::with_resolution(Resolution::Coarse);
        for slot in &self.all {
            if let (Role::User | Role::Pooled, Some(intended)) = (slot.role, slot.in_flight()) {
                ages.record_ns(now.ns_since(intended));
            }
        }
        ages
    }

    /// The numbers of all slots in this role.
    pub(crate) fn in_role(&self, role: Role) -> Vec<u32> {
        (0u32..).zip(&self.all).filter(|(_, slot)| slot.role == role).map(|(index, _)| index).collect()
    }
}
