//! Random work times with the declared mean.

use crate::lab::spec::Spread;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, LogNormal};
use std::time::Duration;

/// Half the width of the jitter on times that are called constant.
const JITTER: f64 = 0.05;

/// A source of work times for one thread.
pub struct Draw {
    rng: StdRng,
    spread: Spread,
    lognormal: Option<LogNormal<f64>>,
}

impl Draw {
    /// A source of this spread; threads need different seeds.
    pub fn seeded(spread: Spread, seed: u64) -> Self {
        let lognormal = match spread {
            // The mean of a lognormal is exp(mu + sigma^2/2), so mu = -sigma^2/2 gives mean 1; cv^2 = exp(sigma^2) - 1.
            Spread::Lognormal { cv } => {
                let variance = (cv * cv).ln_1p();
                LogNormal::new(-variance / 2.0, variance.sqrt()).ok()
            }
            Spread::Constant | Spread::Exponential => None,
        };
        Self { rng: StdRng::seed_from_u64(seed), spread, lognormal }
    }

    /// A wait with this mean.
    pub fn wait(&mut self, mean: Duration) -> Duration {
        let factor = match (self.spread, &self.lognormal) {
            (Spread::Exponential, _) => -(1.0 - self.rng.random::<f64>()).ln(),
            (Spread::Lognormal { .. }, Some(lognormal)) => lognormal.sample(&mut self.rng),
            _ => return self.jitter(mean),
        };
        mean.mul_f64(factor)
    }

    /// A time within 5% of this mean.
    pub fn jitter(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(self.rng.random_range(1.0 - JITTER..1.0 + JITTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_have_the_declared_mean_and_spread() {
        let n = 200_000;
        for (spread, cv) in [
            (Spread::Constant, 0.05 / 3f64.sqrt()),
            (Spread::Exponential, 1.0),
            (Spread::Lognormal { cv: 0.5 }, 0.5),
            (Spread::Lognormal { cv: 1.5 }, 1.5),
        ] {
            let mut draw = Draw::seeded(spread, 3);
            let waits: Vec<f64> = (0..n).map(|_| draw.wait(Duration::from_millis(50)).as_secs_f64()).collect();
            let mean = waits.iter().sum::<f64>() / f64::from(n);
            let variance = waits.iter().map(|wait| (wait - mean).powi(2)).sum::<f64>() / f64::from(n);
            assert!((mean / 0.05 - 1.0).abs() < 0.015, "{spread:?}: mean {mean}");
            assert!((variance.sqrt() / mean / cv - 1.0).abs() < 0.05, "{spread:?}: cv {}", variance.sqrt() / mean);
        }
    }
}
