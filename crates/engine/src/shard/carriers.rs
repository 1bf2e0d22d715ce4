//! Connections of HTTP/2, which several slots share.

use crate::{
    clock::Moment,
    http2::{Event, Session, SessionConfig},
    transport::Transport,
};
use std::{collections::VecDeque, sync::Arc};

/// In what epoll says for a connection of this kind; slots are numbered below it.
const CARRIER: u64 = 1 << 31;

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// There is none.
    Closed,
    /// It waits for its turn to be opened.
    Queued,
    /// The kernel is at it.
    Connecting,
    /// TLS is being agreed on.
    Securing,
    /// The session stands, or waits for the server to say hello.
    Open,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) stage: Stage,
    /// Counts the sockets it has had, to tell events of an earlier one.
    epoch: u32,
    /// Whose it is: users of this home begin their requests on it, until it takes no more.
    pub(super) home: u32,
    pub(super) transport: Option<Transport>,
    pub(super) session: Session,
    /// When the attempt to connect began.
    pub(super) attempted: Moment,
    /// Slots that wait for a stream, the first first.
    pub(super) waiting: VecDeque<u32>,
    /// Whether it is on the list of those with something to be written.
    is_dirty: bool,
}

impl Carrier {
    /// What epoll is to say for events of the present socket.
    pub(super) fn token(&self, index: u32) -> u64 {
        u64::from(self.epoch) << 32 | CARRIER | u64::from(index)
    }

    /// Counts a further socket.
    pub(super) fn next_epoch(&mut self) {
        // The highest epoch would look like the eventfd of the coordinator.
        self.epoch = self.epoch.wrapping_add(1) % (u32::MAX - 1);
    }

    /// Whether one more request may begin at once.
    pub(super) fn has_room(&self) -> bool {
        self.stage == Stage::Open && self.session.has_room()
    }
}

/// All connections of a shard.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    all: Vec<Carrier>,
    free: Vec<u32>,
    /// The connection of each home.
    homes: Vec<u32>,
    dirty: Vec<u32>,
    /// What the session at hand has to tell; empty between two calls.
    pub(super) events: Vec<Event>,
}

impl Carriers {
    /// The number in `token`, where that is of a connection of this kind.
    #[inline]
    pub(super) fn of_token(token: u64) -> Option<u32> {
        (token & CARRIER != 0).then_some((token & (CARRIER - 1)) as u32)
    }

    /// Whether the event with this token is about the present socket.
    pub(super) fn is_current(&self, index: u32, token: u64) -> bool {
        self.all.get(index as usize).is_some_and(|carrier| carrier.token(index) == token)
    }

    pub(super) fn get(&mut self, index: u32) -> &mut Carrier {
        &mut self.all[index as usize]
    }

    /// The connection of a slot's home, of which there is one for so many slots as it has streams.
    pub(super) fn of_slot(&mut self, slot: u32, config: &Arc<SessionConfig>) -> u32 {
        let home = slot / config.streams;
        while self.homes.len() <= home as usize {
            let next = self.add(self.homes.len() as u32, config);
            self.homes.push(next);
        }
        self.homes[home as usize]
    }

    /// A home gets another connection, because the server takes leave of the present one; slots that wait there go along.
    pub(super) fn replace(&mut self, index: u32, config: &Arc<SessionConfig>) -> u32 {
        let home = self.get(index).home;
        let waiting = std::mem::take(&mut self.get(index).waiting);
        let next = self.add(home, config);
        self.get(next).waiting = waiting;
        self.homes[home as usize] = next;
        next
    }

    /// Whether new requests of its home go over this connection.
    pub(super) fn is_at_home(&self, index: u32) -> bool {
        self.homes[self.all[index as usize].home as usize] == index
    }

    fn add(&mut self, home: u32, config: &Arc<SessionConfig>) -> u32 {
        if let Some(index) = self.free.pop() {
            self.get(index).home = home;
            return index;
        }
        self.all.push(Carrier {
            stage: Stage::Closed,
            epoch: 0,
            home,
            transport: None,
            session: Session::begin(Arc::clone(config)),
            attempted: Moment::NEVER,
            waiting: VecDeque::new(),
            is_dirty: false,
        });
        u32::try_from(self.all.len() - 1).expect("file descriptors run out long before 2^31 connections")
    }

    /// Closes a connection. One that no home has any more is free for another.
    pub(super) fn close(&mut self, index: u32, config: &Arc<SessionConfig>) {
        let is_free = !self.is_at_home(index);
        let carrier = self.get(index);
        let was_open = carrier.stage != Stage::Closed;
        carrier.stage = Stage::Closed;
        carrier.transport = None;
        carrier.next_epoch();
        carrier.session = Session::begin(Arc::clone(config));
        if is_free && was_open {
            self.free.push(index);
        }
    }

    /// Notes that a connection has something to be written.
    pub(super) fn touch(&mut self, index: u32) {
        let carrier = self.get(index);
        if !std::mem::replace(&mut carrier.is_dirty, true) {
            self.dirty.push(index);
        }
    }

    /// Whether a connection has something to be written.
    #[inline]
    pub(super) fn has_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// A connection with something to be written, if there is one.
    pub(super) fn pop_dirty(&mut self) -> Option<u32> {
        let index = self.dirty.pop()?;
        self.get(index).is_dirty = false;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{http1::AnswerLimits, http2::Blocks, request::Request};

    fn config() -> Arc<SessionConfig> {
        let blocks = Blocks::of(&Request::get("h", "/"), false).unwrap();
        Arc::new(SessionConfig { blocks, body: Vec::new(), answers_head: false, limits: AnswerLimits::default(), streams: 10 })
    }

    #[test]
    fn ten_slots_share_a_home_and_what_left_it_is_used_again() {
        let config = config();
        let mut carriers = Carriers::default();
        assert_eq!([0, 9, 10, 25].map(|slot| carriers.of_slot(slot, &config)), [0, 0, 1, 2]);
        carriers.get(1).stage = Stage::Open;
        carriers.get(1).waiting.push_back(17);
        assert_eq!(carriers.replace(1, &config), 3);
        assert!(carriers.is_at_home(3) && !carriers.is_at_home(1));
        assert_eq!((carriers.of_slot(11, &config), carriers.get(3).waiting.front()), (3, Some(&17)));
        let token = carriers.get(1).token(1);
        assert_eq!(Carriers::of_token(token), Some(1));
        assert!(carriers.is_current(1, token));
        carriers.close(1, &config);
        assert!(!carriers.is_current(1, token));
        assert_eq!(carriers.of_slot(35, &config), 1);
    }

    #[test]
    fn each_is_written_once_however_often_it_was_touched() {
        let mut carriers = Carriers::default();
        carriers.of_slot(0, &config());
        carriers.touch(0);
        carriers.touch(0);
        assert_eq!((carriers.pop_dirty(), carriers.pop_dirty()), (Some(0), None));
        assert_eq!(Carriers::of_token(7 << 32 | 5), None, "a slot");
    }
}
