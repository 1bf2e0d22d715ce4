//! What becomes of a request before any work is done: served, turned away, left hanging, or the end of the process.

use super::ENDED_FOR_GOOD;
use crate::lab::spec::{BURST, Faults};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

/// The door of one serving process.
pub struct Admission {
    refuse_above: Option<u32>,
    crash_above: Option<u32>,
    hang_above: Option<u32>,
    die_after: Option<u64>,
    bucket: Option<Mutex<Bucket>>,
    in_flight: AtomicU32,
    arrived: AtomicU64,
}

/// A request counted as in flight until this is dropped.
pub struct InFlight<'a>(&'a AtomicU32);

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Do the work and answer.
    Serve,
    /// Answer this status at once.
    Turn(u16),
    /// Never answer.
    Hang,
    /// End the process with an abort.
    Crash,
    /// End the process for good.
    Die,
}

impl Admission {
    /// The door that these faults ask for.
    pub fn of(faults: &Faults) -> Self {
        Self {
            refuse_above: faults.refuse_above,
            crash_above: faults.crash_above,
            hang_above: faults.hang_above,
            die_after: faults.die_after,
            bucket: faults.limit_rate.map(|per_s| Mutex::new(Bucket { per_s, held: BURST, at: Duration::ZERO })),
            in_flight: AtomicU32::new(0),
            arrived: AtomicU64::new(0),
        }
    }

    /// Counts a request in and decides on it; `now` is any clock that only advances. Ends the process where that is the fault asked for.
    pub fn admit(&self, now: Duration) -> (InFlight<'_>, Decision) {
        let (guard, decision) = self.decide(now);
        match decision {
            Decision::Crash => std::process::abort(),
            Decision::Die => std::process::exit(ENDED_FOR_GOOD),
            Decision::Serve | Decision::Turn(_) | Decision::Hang => (guard, decision),
        }
    }

    fn decide(&self, now: Duration) -> (InFlight<'_>, Decision) {
        let in_flight = self.in_flight.fetch_add(1, SeqCst) + 1;
        let arrived = self.arrived.fetch_add(1, SeqCst) + 1;
        let above = |bound: Option<u32>| bound.is_some_and(|bound| in_flight > bound);
        let decision = if self.die_after.is_some_and(|last| arrived > last) {
            Decision::Die
        } else if above(self.crash_above) {
            Decision::Crash
        } else if above(self.hang_above) {
            Decision::Hang
        } else if above(self.refuse_above) {
            Decision::Turn(503)
        } else if self.bucket.as_ref().is_some_and(|bucket| !bucket.lock().unwrap_or_else(PoisonError::into_inner).take(now)) {
            Decision::Turn(429)
        } else {
            Decision::Serve
        };
        (InFlight(&self.in_flight), decision)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// A token bucket.
struct Bucket {
    per_s: f64,
    held: f64,
    at: Duration,
}

impl Bucket {
    fn take(&mut self, now: Duration) -> bool {
        let elapsed_s = now.saturating_sub(self.at).as_secs_f64();
        self.held = (self.held + elapsed_s * self.per_s).min(BURST);
        self.at = self.at.max(now);
        let enough = self.held >= 1.0;
        if enough {
            self.held -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(text: &str) -> Admission {
        Admission::of(&format!("threads?{text}").parse::<crate::lab::LabSpec>().unwrap().faults)
    }

    #[test]
    fn each_bound_holds_from_one_above_and_is_lifted_again() {
        for (text, beyond) in
            [("refuse_above=2", Decision::Turn(503)), ("crash_above=2", Decision::Crash), ("hang_above=2", Decision::Hang)]
        {
            let door = door(text);
            let (first, one) = door.decide(Duration::ZERO);
            let (_second, two) = door.decide(Duration::ZERO);
            let (third, three) = door.decide(Duration::ZERO);
            assert_eq!((one, two, three), (Decision::Serve, Decision::Serve, beyond), "{text}");
            drop((first, third));
            assert_eq!(door.decide(Duration::ZERO).1, Decision::Serve, "{text}");
        }
    }

    #[test]
    fn death_comes_after_the_last_request() {
        let door = door("die_after=3");
        let decisions: Vec<_> = (0..4).map(|_| door.decide(Duration::ZERO).1).collect();
        assert_eq!(decisions, [Decision::Serve, Decision::Serve, Decision::Serve, Decision::Die]);
    }

    #[test]
    fn the_bucket_lets_the_burst_and_then_the_rate_through() {
        let door = door("limit_rate=100");
        let served = |from_ms: u64, requests: u64, gap_us: u64| {
            (0..requests)
                .filter(|i| door.decide(Duration::from_millis(from_ms) + Duration::from_micros(i * gap_us)).1 == Decision::Serve)
                .count()
        };
        assert_eq!(served(1_000, 50, 0), 10);
        // One second at 1,000/s: the 100 that fall due, and no more; the last falls on the edge of the second.
        assert!((99..=100).contains(&served(1_001, 1_000, 1_000)));
        assert_eq!(served(60_000, 50, 0), 10);
    }
}
