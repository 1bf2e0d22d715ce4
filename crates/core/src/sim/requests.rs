//! The requests in flight.

use super::users::UserId;
use std::collections::VecDeque;

/// A request; the turn tells apart the requests that have used the same place one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestId {
    place: u32,
    turn: u32,
}

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A user of the closed loop.
    User(UserId),
    /// The schedule of the open loop.
    Schedule,
    /// Nobody any more: it timed out, but the target still works on it.
    Nobody,
}

/// One request; times in nanoseconds since the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) owner: Owner,
    pub(super) intended_ns: u64,
    pub(super) sent_ns: u64,
    /// Whether it is inside the target.
    pub(super) inside: bool,
    /// Whether it will never be answered, and is at the target all the same.
    pub(super) hangs: bool,
}

/// All requests in flight, and when each times out.
#[derive(Debug, Default)]
pub(super) struct Requests {
    places: Vec<(u32, Option<Request>)>,
    free: Vec<u32>,
    deadlines: VecDeque<(u64, RequestId)>,
}

impl Requests {
    pub(super) fn open(&mut self, request: Request) -> RequestId {
        if let Some(place) = self.free.pop() {
            let slot = &mut self.places[place as usize];
            slot.1 = Some(request);
            return RequestId { place, turn: slot.0 };
        }
        let place = u32::try_from(self.places.len()).expect("far fewer than 2^32 requests fit in memory");
        self.places.push((0, Some(request)));
        RequestId { place, turn: 0 }
    }

    /// The request, unless it has ended.
    pub(super) fn get(&mut self, id: RequestId) -> Option<&mut Request> {
        let (turn, request) = &mut self.places[id.place as usize];
        if *turn == id.turn { request.as_mut() } else { None }
    }

    /// Ends a request; `None` when it had ended before.
    pub(super) fn close(&mut self, id: RequestId) -> Option<Request> {
        let (turn, request) = &mut self.places[id.place as usize];
        if *turn != id.turn {
            return None;
        }
        let ended = request.take()?;
        *turn = turn.wrapping_add(1);
        self.free.push(id.place);
        Some(ended)
    }

    /// Every request that has not ended.
    pub(super) fn iter(&self) -> impl Iterator<Item = (RequestId, &Request)> {
        let id = |place: usize, turn| RequestId { place: place as u32, turn };
        self.places.iter().enumerate().filter_map(move |(place, (turn, request))| Some((id(place, *turn), request.as_ref()?)))
    }

    /// Sets a deadline. Deadlines must be set in ascending order, which one time-out for all requests gives.
    pub(super) fn expire_at(&mut self, at_ns: u64, id: RequestId) {
        self.deadlines.push_back((at_ns, id));
    }

    /// The first deadline of a request that somebody still waits for.
    pub(super) fn next_deadline(&mut self) -> Option<(u64, RequestId)> {
        while let Some(&(at_ns, id)) = self.deadlines.front() {
            if self.get(id).is_some_and(|request| request.owner != Owner::Nobody) {
                return Some((at_ns, id));
            }
            self.deadlines.pop_front();
        }
        None
    }
}
