//! How long one request is worked on when nothing is in its way.

use rand::{RngExt, rngs::StdRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use std::time::Duration;

/// The shape of a service time around its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Normal with this coefficient of variation (0 to 0.3), cut at a fifth of the mean. Exactly constant service locks into phases.
    Jitter {
        /// Standard deviation over mean.
        cv: f64,
    },
    /// Exponential: coefficient of variation 1.
    Exponential,
    /// Lognormal.
    LogNormal {
        /// Standard deviation over mean.
        cv: f64,
    },
}

/// A rare, much slower request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    /// The share of requests that are slow, 0 to 1.
    pub share: f64,
    /// How much longer they take.
    pub extra: Duration,
}

/// A service time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Service {
    /// Its mean, without the tail.
    pub mean: Duration,
    /// Its shape.
    pub spread: Spread,
    /// Rare slow requests, if any.
    pub tail: Option<Tail>,
}

impl Service {
    /// Nearly constant: 5% jitter.
    pub fn constant(mean: Duration) -> Self {
        Self { mean, spread: Spread::Jitter { cv: 0.05 }, tail: None }
    }

    /// Exponential with this mean.
    pub fn exponential(mean: Duration) -> Self {
        Self { mean, spread: Spread::Exponential, tail: None }
    }

    /// The mean with the tail, in seconds.
    pub fn mean_s(&self) -> f64 {
        self.mean.as_secs_f64() + self.tail.map_or(0.0, |tail| tail.share * tail.extra.as_secs_f64())
    }
}

/// A [`Service`] with what sampling needs worked out once; times in nanoseconds.
#[derive(Debug)]
pub(super) struct Sampler {
    mean_ns: f64,
    shape: Shape,
    tail: Option<(f64, f64)>,
}

#[derive(Debug)]
enum Shape {
    Normal {
        cv: f64,
    },
    Exponential,
    /// Lognormal with mean 1: exp(sigma z - sigma^2 / 2).
    LogNormal {
        sigma: f64,
    },
}

impl Sampler {
    pub(super) fn of(service: &Service) -> Self {
        let shape = match service.spread {
            Spread::Jitter { cv } => Shape::Normal { cv },
            Spread::Exponential => Shape::Exponential,
            Spread::LogNormal { cv } => Shape::LogNormal { sigma: (1.0 + cv * cv).ln().sqrt() },
        };
        let tail = service.tail.map(|tail| (tail.share, tail.extra.as_nanos() as f64));
        Self { mean_ns: service.mean.as_nanos() as f64, shape, tail }
    }

    /// One service time in nanoseconds.
    pub(super) fn draw_ns(&self, rng: &mut StdRng) -> f64 {
        let unit = match self.shape {
            Shape::Normal { cv } => {
                let z: f64 = StandardNormal.sample(rng);
                (1.0 + cv * z).max(0.2)
            }
            Shape::Exponential => Exp1.sample(rng),
            Shape::LogNormal { sigma } => {
                let z: f64 = StandardNormal.sample(rng);
                (sigma * z - sigma * sigma / 2.0).exp()
            }
        };
        let extra = self.tail.map_or(0.0, |(share, extra_ns)| if rng.random::<f64>() < share { extra_ns } else { 0.0 });
        unit * self.mean_ns + extra
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn each_shape_has_its_mean_and_spread() {
        let mean = Duration::from_millis(40);
        for (spread, cv) in [(Spread::Jitter { cv: 0.1 }, 0.1), (Spread::Exponential, 1.0), (Spread::LogNormal { cv: 1.5 }, 1.5)] {
            let sampler = Sampler::of(&Service { mean, spread, tail: None });
            let mut rng = StdRng::seed_from_u64(1);
            let draws: Vec<f64> = (0..400_000).map(|_| sampler.draw_ns(&mut rng) * 1e-6).collect();
            let got = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|draw| (draw - got).powi(2)).sum::<f64>() / draws.len() as f64;
            assert!((got / 40.0 - 1.0).abs() < 0.01, "{spread:?}: mean {got} ms");
            assert!((variance.sqrt() / got / cv - 1.0).abs() < 0.04, "{spread:?}: cv {}", variance.sqrt() / got);
        }
    }

    #[test]
    fn a_tail_adds_its_time_to_its_share() {
        let tail = Some(Tail { share: 0.004, extra: Duration::from_secs(1) });
        let service = Service { mean: Duration::from_millis(40), spread: Spread::Exponential, tail };
        assert!((service.mean_s() - 0.044).abs() < 1e-12);
        let sampler = Sampler::of(&service);
        let mut rng = StdRng::seed_from_u64(1);
        let slow = (0..500_000).filter(|_| sampler.draw_ns(&mut rng) > 1e9).count();
        assert!((1_860..2_140).contains(&slow), "{slow} of 500,000 are slow: 2,000 expected, standard deviation 45");
    }
}
