//! What ends a wait for events in time: the wait's own time-out where it is short, else a timer that is set once and stays set. A time-out
//! costs the kernel a timer each wait, set and taken back, and a closed loop waits about once a request.

use crate::{
    clock::Moment,
    error::EngineError,
    timers::{at, wait_until},
};
use rustix::{
    event::epoll::{self, EventData, EventFlags},
    fd::OwnedFd,
    time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime},
};

/// What epoll says for the timer; no slot gets this far.
pub(super) const BELL: u64 = u64::MAX - 1;
/// A wait shorter than this has a time-out: in an open loop each wait ends at another moment, and setting the timer is a system call.
const SHORT_NS: u64 = 1_000_000;

/// The timer.
#[derive(Debug)]
pub(super) struct Bell {
    timer: OwnedFd,
    /// When it goes off.
    set_for: Moment,
}

impl Bell {
    /// A timer that wakes whoever waits on this epoll instance.
    pub(super) fn on(epoll: &OwnedFd) -> Result<Self, EngineError> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)
            .map_err(EngineError::doing("create a timer"))?;
        // Edge-triggered, so that it needs no reading: setting it anew takes back what it counted.
        epoll::add(epoll, &timer, EventData::new_u64(BELL), EventFlags::IN | EventFlags::ET)
            .map_err(EngineError::doing("register with epoll"))?;
        Ok(Self { timer, set_for: Moment::NEVER })
    }

    /// Whether a moment is so far away that the timer would end the wait.
    #[inline]
    pub(super) fn is_far(when: Moment, now: Moment) -> bool {
        when.ns_since(now) >= SHORT_NS
    }

    /// The time-out of a wait that must end at `when`; `None` where the timer ends it, or nothing has to.
    #[inline]
    pub(super) fn time_out(&mut self, when: Moment, now: Moment) -> Result<Option<Timespec>, EngineError> {
        if !Self::is_far(when, now) {
            return Ok(wait_until(when, now));
        }
        if when < self.set_for {
            let once = Itimerspec { it_interval: Timespec::default(), it_value: at(when) };
            timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &once).map_err(EngineError::doing("set a timer"))?;
            self.set_for = when;
        }
        Ok(None)
    }

    /// It has gone off.
    pub(super) fn rang(&mut self) {
        self.set_for = Moment::NEVER;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(epoll: &OwnedFd, time_out: Option<&Timespec>) -> Vec<u64> {
        let mut events = Vec::with_capacity(4);
        epoll::wait(epoll, rustix::buffer::spare_capacity(&mut events), time_out).unwrap();
        events.iter().map(|event| event.data.u64()).collect()
    }

    #[test]
    fn a_wait_ends_at_the_earliest_moment_whatever_was_set_before() {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let mut bell = Bell::on(&epoll).unwrap();
        let begun = Moment::now();
        assert!(bell.time_out(begun.plus_ns(SHORT_NS / 2), begun).unwrap().is_some(), "short waits have a time-out");
        assert_eq!(bell.set_for, Moment::NEVER);
        assert_eq!(bell.time_out(begun.plus_ns(3_600_000_000_000), begun).unwrap(), None);
        let soon = begun.plus_ns(5_000_000);
        assert_eq!(bell.time_out(soon, begun).unwrap(), None);
        // A later moment leaves it as it is.
        assert_eq!(bell.time_out(begun.plus_ns(9_000_000), begun).unwrap(), None);
        assert_eq!(bell.set_for, soon);
        assert_eq!(waits(&epoll, None), [BELL]);
        assert!(Moment::now() >= soon);
        // It rings once, unread, and can be set again.
        assert_eq!(waits(&epoll, Some(&Timespec::default())), [] as [u64; 0]);
        bell.rang();
        let now = Moment::now();
        assert_eq!(bell.time_out(now.plus_ns(2_000_000), now).unwrap(), None);
        assert_eq!(waits(&epoll, None), [BELL]);
    }
}
