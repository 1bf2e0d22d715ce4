//! The one clock of the engine: CLOCK_MONOTONIC in whole nanoseconds.

use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::Duration;

/// A moment on CLOCK_MONOTONIC. Differences saturate: a clock that seems to run backwards gives zero, never a wrapped giant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// Where the clock begins.
    pub(crate) const ZERO: Self = Self(0);
    /// Later than any moment that will be read.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    /// Reads the clock.
    #[inline]
    pub(crate) fn now() -> Self {
        Self(nanos(clock_gettime(ClockId::Monotonic)))
    }

    /// A moment of virtual time, for tests of what takes `now` as an argument.
    #[cfg(test)]
    pub(crate) const fn at_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// Nanoseconds from `earlier` to here; zero when `earlier` is later.
    #[inline]
    pub(crate) const fn ns_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The time from `earlier` to here; zero when `earlier` is later.
    pub(crate) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.ns_since(earlier))
    }

    /// The moment `ns` nanoseconds later.
    #[inline]
    pub(crate) const fn plus_ns(self, ns: u64) -> Self {
        Self(self.0.saturating_add(ns))
    }

    /// The moment `ns` nanoseconds earlier; never stays never.
    #[inline]
    pub(crate) fn minus_ns(self, ns: u64) -> Self {
        if self == Self::NEVER { self } else { Self(self.0.saturating_sub(ns)) }
    }

    /// The moment `time` later.
    pub(crate) fn plus(self, time: Duration) -> Self {
        self.plus_ns(whole_ns(time))
    }
}

/// A duration in nanoseconds; 584 years at most.
pub(crate) fn whole_ns(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// CPU time that the calling thread has used, by its own clock.
pub(crate) fn thread_cpu() -> Duration {
    Duration::from_nanos(nanos(clock_gettime(ClockId::ThreadCPUTime)))
}

/// Neither of the clocks read here can be before its own start, so that both parts are never negative.
#[inline]
fn nanos(time: Timespec) -> u64 {
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_saturate() {
        let (early, late) = (Moment::at_ns(5), Moment::at_ns(12));
        assert_eq!(late.ns_since(early), 7);
        assert_eq!(early.ns_since(late), 0);
        assert_eq!(Moment::NEVER.plus(Duration::MAX), Moment::NEVER);
    }

    #[test]
    fn the_clock_does_not_run_backwards() {
        let first = Moment::now();
        assert!(Moment::now() >= first);
    }
}
