//! How a target changes over time, whatever its load.

use std::time::Duration;

/// A change over time. Factors multiply the service time of what starts then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Disturbance {
    /// None: the target stays as it is.
    Steady,
    /// All work halts for `length`, each `period` (garbage collection). The first one falls at a random moment of the first period.
    Pauses {
        /// How long work halts.
        length: Duration,
        /// From the start of one pause to the start of the next; longer than `length`.
        period: Duration,
    },
    /// Slower by this share of the first speed each minute.
    Drift {
        /// 0.1: 10% a minute.
        per_minute: f64,
    },
    /// A sine with a random phase.
    Wobble {
        /// 0.1: between 0.9 and 1.1 times as slow.
        amplitude: f64,
        /// Its period.
        period: Duration,
    },
    /// Slower by a factor from one moment on.
    Step {
        /// 1.5: half as slow again.
        factor: f64,
        /// When, since the start.
        at: Duration,
    },
}

impl Disturbance {
    /// The factor on service times that start `now_ns` after the start; `phase` is a share of the period, 0 to 1.
    pub(super) fn factor(&self, now_ns: u64, phase: f64) -> f64 {
        let now_s = now_ns as f64 * 1e-9;
        match *self {
            Self::Steady | Self::Pauses { .. } => 1.0,
            Self::Drift { per_minute } => 1.0 + per_minute * now_s / 60.0,
            Self::Wobble { amplitude, period } => 1.0 + amplitude * (std::f64::consts::TAU * (now_s / period.as_secs_f64() + phase)).sin(),
            Self::Step { factor, at } => {
                if now_s >= at.as_secs_f64() {
                    factor
                } else {
                    1.0
                }
            }
        }
    }

    /// When work of `work_ns` that starts at `now_ns` is done, halted by every pause on its way.
    pub(super) fn done_ns(&self, now_ns: u64, work_ns: u64, phase: f64) -> u64 {
        let Self::Pauses { length, period } = *self else { return now_ns + work_ns };
        let (length, period) = (length.as_nanos() as u64, period.as_nanos() as u64);
        // Time is shifted so that a pause begins each cycle and virtual time 0 lies `lead` into a cycle, after its pause.
        let lead = length + (phase * (period - length) as f64) as u64;
        let into = (now_ns + lead) % period;
        let halted = length.saturating_sub(into);
        let worked_before = into.saturating_sub(length);
        let pauses_crossed = (worked_before + work_ns) / (period - length);
        now_ns + halted + work_ns + pauses_crossed * length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_waits_for_every_pause_on_its_way() {
        let pauses = Disturbance::Pauses { length: Duration::from_nanos(150), period: Duration::from_nanos(5_000) };
        // With phase 0 the work time of the first cycle begins at 0 and its next pause at 4,850.
        for (now, work, done) in [
            (0, 100, 100),
            (4_800, 20, 4_820),
            (4_800, 100, 5_050),
            (4_850, 10, 5_010),
            (4_900, 10, 5_010),
            (5_000, 10, 5_010),
            (0, 9_701, 9_701 + 2 * 150),
        ] {
            assert_eq!(pauses.done_ns(now, work, 0.0), done, "start {now}, work {work}");
        }
    }

    #[test]
    fn factors_over_time() {
        let second = 1_000_000_000;
        let drift = Disturbance::Drift { per_minute: 0.1 };
        assert!((drift.factor(30 * second, 0.0) - 1.05).abs() < 1e-12);
        let wobble = Disturbance::Wobble { amplitude: 0.1, period: Duration::from_secs(40) };
        assert!((wobble.factor(10 * second, 0.0) - 1.1).abs() < 1e-12);
        assert!((wobble.factor(10 * second, 0.5) - 0.9).abs() < 1e-12);
        let step = Disturbance::Step { factor: 1.5, at: Duration::from_secs(25) };
        assert_eq!((step.factor(25 * second - 1, 0.0), step.factor(25 * second, 0.0)), (1.0, 1.5));
    }
}
