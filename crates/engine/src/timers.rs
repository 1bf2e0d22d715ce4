//! What is due when: sends of users who pause, and time-outs.

use crate::clock::Moment;
use rustix::time::Timespec;
use std::{cmp::Reverse, collections::BinaryHeap};

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alarm {
    /// A user's next request is due.
    Send,
    /// A request may have run out of time.
    TimeOut,
}

/// A heap of timers. There is no cancelling: a slot remembers which moment it waits for, and takes no notice of others. Each slot has at most
/// one timer of each kind that counts, and a time-out is armed again only when it goes off, so that a request costs no timer.
#[derive(Debug, Default)]
pub(crate) struct Timers(BinaryHeap<Reverse<(Moment, Alarm, u32)>>);

impl Timers {
    /// Sets a timer for a slot.
    pub(crate) fn set(&mut self, when: Moment, alarm: Alarm, slot: u32) {
        self.0.push(Reverse((when, alarm, slot)));
    }

    /// When the next one goes off.
    pub(crate) fn next(&self) -> Moment {
        self.0.peek().map_or(Moment::NEVER, |Reverse((when, ..))| *when)
    }

    /// The earliest one that is due at `now`.
    pub(crate) fn pop_due(&mut self, now: Moment) -> Option<(Moment, Alarm, u32)> {
        if self.next() > now {
            return None;
        }
        self.0.pop().map(|Reverse(timer)| timer)
    }
}

/// A moment as the kernel's timers take it.
pub(crate) fn at(when: Moment) -> Timespec {
    let ns = when.ns_since(Moment::ZERO);
    Timespec { tv_sec: (ns / 1_000_000_000) as i64, tv_nsec: (ns % 1_000_000_000) as i64 }
}

/// The time from `now` until `when` for a wait of the kernel; `None` to wait for events alone.
pub(crate) fn wait_until(when: Moment, now: Moment) -> Option<Timespec> {
    if when == Moment::NEVER {
        return None;
    }
    Timespec::try_from(when.since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_go_off_in_order_and_not_before() {
        let at = Moment::at_ns;
        let mut timers = Timers::default();
        timers.set(at(30), Alarm::TimeOut, 3);
        timers.set(at(10), Alarm::Send, 1);
        timers.set(at(20), Alarm::Send, 2);
        assert_eq!(timers.next(), at(10));
        assert_eq!(timers.pop_due(at(9)), None);
        assert_eq!(timers.pop_due(at(25)), Some((at(10), Alarm::Send, 1)));
        assert_eq!(timers.pop_due(at(25)), Some((at(20), Alarm::Send, 2)));
        assert_eq!(timers.pop_due(at(25)), None);
        assert_eq!(timers.next(), at(30));
    }

    #[test]
    fn waits_are_exact_to_the_nanosecond_and_never_negative() {
        let at = Moment::at_ns;
        assert_eq!(wait_until(at(1_500_000_007), at(0)), Some(Timespec { tv_sec: 1, tv_nsec: 500_000_007 }));
        assert_eq!(wait_until(at(1), at(5)), Some(Timespec { tv_sec: 0, tv_nsec: 0 }));
        assert_eq!(wait_until(Moment::NEVER, at(5)), None);
    }
}
