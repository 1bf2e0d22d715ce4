//! Open-loop arrivals: the moments at which requests are due, whatever the target does.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How the arrivals of an open loop are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    /// Equal gaps.
    Constant,
    /// Exponential gaps: many independent senders.
    #[default]
    Poisson,
}

/// An endless, seeded sequence of due moments at a constant mean rate.
#[derive(Debug)]
pub struct OpenSchedule {
    per_s: f64,
    arrivals: Arrivals,
    next_s: f64,
    rng: StdRng,
}

impl OpenSchedule {
    /// A schedule of `per_s` requests a second for one shard. Shards need different seeds; with equal gaps a random phase keeps them apart.
    ///
    /// # Panics
    /// When the rate is not a positive finite number.
    pub fn starting(per_s: f64, arrivals: Arrivals, seed: u64) -> Self {
        assert!(per_s.is_finite() && per_s > 0.0, "a rate of {per_s} a second");
        let mut schedule = Self { per_s, arrivals, next_s: 0.0, rng: StdRng::seed_from_u64(seed) };
        schedule.next_s = match arrivals {
            Arrivals::Constant => schedule.rng.random::<f64>() / per_s,
            Arrivals::Poisson => schedule.gap_s(),
        };
        schedule
    }

    fn gap_s(&mut self) -> f64 {
        match self.arrivals {
            Arrivals::Constant => 1.0 / self.per_s,
            Arrivals::Poisson => exponential(&mut self.rng, 1.0 / self.per_s),
        }
    }
}

impl Iterator for OpenSchedule {
    type Item = Duration;

    /// The next due moment, as an offset from the start of the schedule.
    fn next(&mut self) -> Option<Duration> {
        let due = Duration::from_secs_f64(self.next_s);
        self.next_s += self.gap_s();
        Some(due)
    }
}

/// One exponential variate with this mean, by inversion.
pub(crate) fn exponential(rng: &mut StdRng, mean: f64) -> f64 {
    let uniform: f64 = rng.random();
    -mean * (1.0 - uniform).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(per_s: f64, arrivals: Arrivals, n: usize) -> Vec<f64> {
        OpenSchedule::starting(per_s, arrivals, 7).take(n).map(|due| due.as_secs_f64()).collect()
    }

    #[test]
    fn constant_arrivals_are_equally_spaced() {
        let due = first(1000.0, Arrivals::Constant, 1000);
        assert!(due[0] < 0.001);
        for pair in due.windows(2) {
            assert!((pair[1] - pair[0] - 0.001).abs() < 1e-8);
        }
    }

    #[test]
    fn poisson_arrivals_have_the_rate_and_the_spread_of_poisson() {
        let due = first(1000.0, Arrivals::Poisson, 100_000);
        let rate = due.len() as f64 / due.last().unwrap();
        assert!((rate / 1000.0 - 1.0).abs() < 0.02, "{rate}");
        let gaps: Vec<f64> = due.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((variance.sqrt() / mean - 1.0).abs() < 0.03, "an exponential gap has a coefficient of variation of 1");
    }
}
