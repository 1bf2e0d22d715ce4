//! What a target turns away at its door.

use crate::outcome::Failure;
use std::time::Duration;

/// How long a target takes to turn a request away, in nanoseconds: 1 ms, quick beside any answer.
pub(super) const TURN_AWAY_NS: u64 = 1_000_000;

/// What a target turns away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Admission {
    /// Nothing.
    Everyone,
    /// Requests beyond this many inside get a quick 503.
    RefuseAbove {
        /// How many are let in at one time.
        inside: u32,
    },
    /// Requests beyond this many inside are never answered: an accept queue that overflows without a word.
    IgnoreAbove {
        /// How many are let in at one time.
        inside: u32,
    },
    /// Requests beyond this many inside are never answered and take a place inside all the same, until their user gives up.
    HangAbove {
        /// How many are served at one time.
        inside: u32,
    },
    /// The request that would make it more than this many inside kills the target: everything in flight is reset.
    CrashAbove {
        /// How many are borne at one time.
        inside: u32,
        /// Connections are refused for this long, then it is back; `None`: it stays down.
        restart: Option<Duration>,
    },
    /// A token bucket: more than `per_s` requests a second get a quick 429.
    Limiter {
        /// Tokens a second.
        per_s: f64,
        /// Tokens the bucket holds, at least 1.
        burst: f64,
    },
}

/// What the door says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Enter,
    TurnedAway(Failure),
    Ignored,
    Hangs,
    Crash,
}

/// An [`Admission`] with its state.
#[derive(Debug)]
pub(super) struct Door {
    rule: Admission,
    tokens: f64,
    filled_ns: u64,
    /// Requests that will never be answered.
    hanging: u32,
    /// Set while the target is down; `u64::MAX` when it stays down.
    down_until_ns: Option<u64>,
}

impl Door {
    pub(super) fn under(rule: Admission) -> Self {
        let tokens = match rule {
            Admission::Limiter { burst, .. } => burst,
            _ => 0.0,
        };
        Self { rule, tokens, filled_ns: 0, hanging: 0, down_until_ns: None }
    }

    /// Decides on a request that arrives with `inside` others inside.
    pub(super) fn decide(&mut self, now_ns: u64, inside: u32) -> Verdict {
        if let Some(until_ns) = self.down_until_ns {
            if now_ns < until_ns {
                return Verdict::TurnedAway(Failure::Refused);
            }
            self.down_until_ns = None;
        }
        match self.rule {
            Admission::Everyone => Verdict::Enter,
            Admission::RefuseAbove { inside: most } if inside >= most => Verdict::TurnedAway(Failure::Unavailable),
            Admission::CrashAbove { inside: most, restart } if inside >= most => {
                self.down_until_ns = Some(restart.map_or(u64::MAX, |restart| now_ns + restart.as_nanos() as u64));
                Verdict::Crash
            }
            Admission::IgnoreAbove { inside: most } if inside >= most => Verdict::Ignored,
            Admission::HangAbove { inside: most } if inside + self.hanging >= most => {
                self.hanging += 1;
                Verdict::Hangs
            }
            Admission::RefuseAbove { .. } | Admission::IgnoreAbove { .. } | Admission::HangAbove { .. } | Admission::CrashAbove { .. } => {
                Verdict::Enter
            }
            Admission::Limiter { per_s, burst } => {
                self.tokens = (self.tokens + (now_ns - self.filled_ns) as f64 * 1e-9 * per_s).min(burst);
                self.filled_ns = now_ns;
                if self.tokens < 1.0 {
                    return Verdict::TurnedAway(Failure::TooManyRequests);
                }
                self.tokens -= 1.0;
                Verdict::Enter
            }
        }
    }

    /// One that hung was given up.
    pub(super) fn given_up(&mut self) {
        self.hanging -= 1;
    }

    /// Whether the target's process runs, where that can be told: a target that comes back has a supervisor that hides it.
    pub(super) fn alive(&self) -> Option<bool> {
        match self.rule {
            Admission::CrashAbove { restart: None, .. } => Some(self.down_until_ns.is_none()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn the_bucket_lets_its_burst_in_and_then_its_rate() {
        let mut door = Door::under(Admission::Limiter { per_s: 300.0, burst: 10.0 });
        let entered = |door: &mut Door, now| (0..20).filter(|_| door.decide(now, 0) == Verdict::Enter).count();
        assert_eq!(entered(&mut door, 0), 10);
        assert_eq!(entered(&mut door, SECOND / 100), 3);
        assert_eq!(entered(&mut door, 2 * SECOND), 10);
    }

    #[test]
    fn a_crash_refuses_until_the_restart() {
        let mut door = Door::under(Admission::CrashAbove { inside: 120, restart: Some(Duration::from_secs(1)) });
        assert_eq!(door.decide(0, 119), Verdict::Enter);
        assert_eq!(door.decide(0, 120), Verdict::Crash);
        assert_eq!(door.decide(SECOND - 1, 0), Verdict::TurnedAway(Failure::Refused));
        assert_eq!(door.decide(SECOND, 0), Verdict::Enter);
        assert_eq!(door.alive(), None);
        let mut door = Door::under(Admission::CrashAbove { inside: 1, restart: None });
        assert_eq!(door.alive(), Some(true));
        assert_eq!(door.decide(0, 1), Verdict::Crash);
        assert_eq!(door.decide(1_000 * SECOND, 0), Verdict::TurnedAway(Failure::Refused));
        assert_eq!(door.alive(), Some(false));
    }
}
