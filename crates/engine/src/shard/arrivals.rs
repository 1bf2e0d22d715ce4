//! The open loop: requests fall due by a schedule, whatever the target does, and take connections from a pool.

use super::{Shard, slots::Role};
use crate::{clock::Moment, error::EngineError};
use plimsoll_core::{
    outcome::NotSent,
    schedule::{Arrivals, OpenSchedule},
};
use std::collections::VecDeque;

/// Most requests sent in a row before events have their turn, so that a rate beyond our means can't keep answers from being read.
const MOST_IN_A_ROW: u32 = 32;

/// Most requests of a shard that are due and wait for a connection.
const MOST_QUEUED: usize = 65_536;

/// The open loop of a shard.
#[derive(Debug)]
pub(super) struct OpenLoop {
    per_s: f64,
    schedule: OpenSchedule,
    origin: Moment,
    next: Moment,
    /// Slots without a request, the latest used last.
    idle: Vec<u32>,
    /// Slots in the pool, idle or not.
    pooled: u32,
    /// Intended moments of requests that are due and not sent.
    queue: VecDeque<Moment>,
    /// How many at the front of the queue have found no free connection: their delay is the pool's, not the generator's.
    held: usize,
}

impl OpenLoop {
    /// When there is something to send: at once while due requests have not been tried, otherwise when the next falls due.
    pub(super) fn next_due(&self) -> Moment {
        if self.queue.len() > self.held { self.origin } else { self.next }
    }

    /// Intended moments of requests that are due and not sent.
    pub(super) fn queued(&self) -> impl Iterator<Item = Moment> + '_ {
        self.queue.iter().copied()
    }
}

impl Shard {
    /// Brings the rate to `per_s`, as of `from`. The pool lives on; of what a lower rate leaves idle, its share is closed.
    pub(super) fn set_rate(&mut self, per_s: f64, arrivals: Arrivals, seed: u64, from: Moment) -> Result<(), EngineError> {
        let mut schedule = OpenSchedule::starting(per_s, arrivals, seed);
        let next = schedule.next().map_or(Moment::NEVER, |offset| from.plus(offset));
        let before = self.open_loop.take();
        let (mut idle, pooled, before_per_s) = before.map_or((Vec::new(), 0, 0.0), |it| (it.idle, it.pooled, it.per_s));
        let keep = if per_s < before_per_s { (idle.len() as f64 * per_s / before_per_s).ceil() as usize } else { idle.len() };
        let surplus: Vec<u32> = idle.drain(..idle.len() - keep).collect();
        // What was due under the rate before and never sent was reported with that step.
        let pooled = pooled - surplus.len() as u32;
        for slot in surplus {
            self.slots.give_back(slot);
        }
        self.open_loop = Some(OpenLoop { per_s, schedule, origin: from, next, idle, pooled, queue: VecDeque::new(), held: 0 });
        self.send_arrivals()
    }

    /// Ends the open loop, if there is one.
    pub(super) fn end_arrivals(&mut self) {
        if self.open_loop.take().is_some() {
            for slot in self.slots.in_role(Role::Pooled) {
                self.dismiss(slot);
            }
        }
    }

    /// Sends what has fallen due, and what waited for a connection that is free.
    #[inline(always)]
    pub(super) fn send_arrivals(&mut self) -> Result<(), EngineError> {
        match &self.open_loop {
            Some(open_loop) if open_loop.next <= self.now || !open_loop.queue.is_empty() => self.send_due_arrivals(),
            _ => Ok(()),
        }
    }

    fn send_due_arrivals(&mut self) -> Result<(), EngineError> {
        self.fall_due(self.now);
        self.serve_queue()
    }

    /// Takes off the schedule what is due at `until`. A border does so as well, so that each batch is offered what fell due in it even when
    /// this thread comes late.
    pub(super) fn fall_due(&mut self, until: Moment) {
        while let Some(due) = self.open_loop.as_ref().map(|open_loop| open_loop.next).filter(|&due| due <= until) {
            let more = self.may_fall_due();
            let Some(open_loop) = &mut self.open_loop else { return };
            if !more {
                open_loop.next = Moment::NEVER;
                return;
            }
            self.recorder.offered();
            let has_room = open_loop.queue.len() < MOST_QUEUED;
            if has_room {
                open_loop.queue.push_back(due);
            }
            open_loop.next = open_loop.schedule.next().map_or(Moment::NEVER, |offset| open_loop.origin.plus(offset));
            if !has_room {
                self.recorder.not_sent(NotSent::NoConnection);
                self.fallen_due_is_over();
            }
        }
    }

    /// Sends due requests while there are connections for them; whoever waited for as long as a time-out has given up.
    fn serve_queue(&mut self) -> Result<(), EngineError> {
        for _ in 0..MOST_IN_A_ROW {
            let Some(&due) = self.open_loop.as_ref().and_then(|open_loop| open_loop.queue.front()) else { break };
            let given_up = self.now.ns_since(due) >= self.config.timeout_ns;
            let slot = if given_up { None } else { self.free_slot() };
            let Some(open_loop) = &mut self.open_loop else { break };
            if slot.is_none() && !given_up {
                open_loop.held = open_loop.queue.len();
                break;
            }
            open_loop.queue.pop_front();
            let was_held = open_loop.held > 0;
            open_loop.held = open_loop.held.saturating_sub(1);
            match slot {
                Some(slot) => {
                    if !was_held {
                        self.recorder.lag(self.now.ns_since(due));
                    }
                    self.launch_offered(slot, due)?;
                    self.now = Moment::now();
                    self.pass_borders();
                }
                None => {
                    self.recorder.not_sent(NotSent::NoConnection);
                    self.fallen_due_is_over();
                }
            }
        }
        Ok(())
    }

    /// An idle connection, the latest used first, or a further one while the pool may grow.
    fn free_slot(&mut self) -> Option<u32> {
        let open_loop = self.open_loop.as_mut()?;
        if let Some(slot) = open_loop.idle.pop() {
            return Some(slot);
        }
        if open_loop.pooled >= self.config.max_in_flight {
            return None;
        }
        open_loop.pooled += 1;
        Some(self.slots.take(Role::Pooled))
    }

    /// A request of the pool ended: its connection is idle, or its slot is given back.
    pub(super) fn pooled_done(&mut self, slot: u32, reusable: bool) {
        match &mut self.open_loop {
            Some(open_loop) if reusable => open_loop.idle.push(slot),
            _ => self.release(slot),
        }
    }

    /// Takes a slot out of the pool.
    pub(super) fn release(&mut self, slot: u32) {
        if let Some(open_loop) = &mut self.open_loop {
            open_loop.pooled -= 1;
        }
        self.slots.give_back(slot);
    }
}
