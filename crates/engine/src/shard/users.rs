//! The closed loop: users that send, wait for the answer, pause and send again.

use super::{Shard, slots::Role};
use crate::{
    clock::{Moment, whole_ns},
    error::EngineError,
    timers::Alarm,
};
use plimsoll_core::step::FAILURE_PAUSE;
use rand::RngExt;
use rand_distr::{Distribution, Exp1};
use std::time::Duration;

/// The starts of added users are spread over this (docs/METHOD.md, settle).
const START_SPREAD_NS: u64 = 100_000_000;

/// The users of a shard.
#[derive(Debug, Default)]
pub(super) struct Users {
    slots: Vec<u32>,
    think_ns: u64,
}

impl Shard {
    /// Brings the number of users to `wanted`. Surplus ones finish what is in flight, uncounted; added ones start at random moments.
    pub(super) fn set_users(&mut self, wanted: u32, think: Duration) {
        self.users.think_ns = whole_ns(think);
        while self.users.slots.len() > wanted as usize {
            if let Some(slot) = self.users.slots.pop() {
                self.dismiss(slot);
            }
        }
        let added = wanted - self.users.slots.len() as u32;
        let spread_ns = START_SPREAD_NS.max(self.openings.ns_for(added));
        for _ in 0..added {
            let slot = self.slots.take(Role::User);
            self.users.slots.push(slot);
            // What is left of an exponential pause is exponential: users who think are in mid-pause as if they had always been there.
            let wait_ns = if self.users.think_ns > spread_ns { self.thinking_ns() } else { self.rng.random_range(0..spread_ns) };
            self.wait(slot, self.now.plus_ns(wait_ns), true);
        }
    }

    /// Takes a slot out of service: at once when it is idle, after its request otherwise.
    pub(super) fn dismiss(&mut self, slot: u32) {
        let state = self.slots.get(slot);
        if state.in_flight().is_some() {
            state.role = Role::Leaving;
        } else {
            self.slots.give_back(slot);
        }
    }

    fn thinking_ns(&mut self) -> u64 {
        let unit: f64 = Exp1.sample(&mut self.rng);
        (unit * self.users.think_ns as f64) as u64
    }

    fn wait(&mut self, slot: u32, until: Moment, free: bool) {
        let state = self.slots.get(slot);
        state.due = Some(until);
        state.due_is_free = free;
        self.timers.set(until, Alarm::Send, slot);
    }

    /// A send timer went off.
    pub(super) fn user_due(&mut self, slot: u32, intended: Moment) -> Result<(), EngineError> {
        let state = self.slots.get(slot);
        if state.due != Some(intended) {
            return Ok(());
        }
        // Starts and pauses are ours to choose: rather later than ahead of the batch that may open connections.
        if state.due_is_free && state.must_open() && !self.openings.has_room(self.now) {
            self.wait(slot, self.openings.refill(), true);
            return Ok(());
        }
        self.slots.get(slot).due = None;
        self.recorder.lag(self.now.ns_since(intended));
        self.launch(slot, intended)
    }

    /// A user's request ended.
    #[inline(always)]
    pub(super) fn user_done(&mut self, slot: u32, good: bool) -> Result<(), EngineError> {
        if !good {
            self.pause(slot);
            return Ok(());
        }
        if self.users.think_ns > 0 {
            let pause_ns = self.thinking_ns();
            self.wait(slot, self.now.plus_ns(pause_ns), false);
            return Ok(());
        }
        // The answer had arrived when the kernel handed out its event: from then on the next request was due.
        self.recorder.lag(self.now.ns_since(self.woken));
        self.launch(slot, self.now)
    }

    /// A user pauses after a failure.
    pub(super) fn pause(&mut self, slot: u32) {
        let pause_ns = self.rng.random_range(whole_ns(FAILURE_PAUSE.start)..whole_ns(FAILURE_PAUSE.end));
        self.wait(slot, self.now.plus_ns(pause_ns), true);
    }
}
