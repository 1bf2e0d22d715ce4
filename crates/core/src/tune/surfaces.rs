//! Servers whose load line is known for every setting, for finding out how near the tuner comes to the best of the whole grid.

use super::{Aim, Knob, Measured, Tuner};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use rand_distr::{Distribution as _, Normal};

/// What differs from one server of a kind to the next, drawn once for each.
pub(super) struct Shape(pub [f64; 4]);

/// A kind of server.
pub(super) struct Surface {
    pub name: &'static str,
    pub knobs: &'static [&'static str],
    pub law: fn(&[f64], &Shape) -> Option<f64>,
    /// Standard error of a measurement.
    pub noise: f64,
}

impl Shape {
    fn between(&self, place: usize, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.0[place])
    }
}

/// Rises and falls again, the most at `peak`.
fn hump(x: f64, peak: f64) -> f64 {
    2.0 * (x / peak) / (1.0 + (x / peak).powi(2))
}

pub(super) static SURFACES: [Surface; 13] = [
    Surface {
        name: "1 of 16, best within",
        knobs: &["w=1..16"],
        law: |x, shape| Some(shape.between(1, 10.0, 400.0) * hump(x[0], shape.between(0, 3.0, 12.0))),
        noise: 0.03,
    },
    Surface {
        name: "1 of 16, plateau",
        knobs: &["w=1..16"],
        law: |x, shape| Some((shape.between(1, 2.0, 30.0) * x[0]).min(shape.between(1, 2.0, 30.0) * shape.between(0, 2.0, 14.0))),
        noise: 0.03,
    },
    Surface {
        name: "1 of 16, plateau, noisy",
        knobs: &["w=1..16"],
        law: |x, shape| Some(20.0 * x[0].min(shape.between(0, 2.0, 14.0))),
        noise: 0.05,
    },
    Surface {
        name: "1 of 16, best at the end",
        knobs: &["w=1..16"],
        law: |x, shape| Some(10.0 * x[0].powf(0.3 + 0.7 * shape.0[0])),
        noise: 0.03,
    },
    Surface {
        name: "1 of 16, best at the beginning",
        knobs: &["w=1..16"],
        law: |x, shape| Some(100.0 * x[0].powf(-0.1 - 0.5 * shape.0[0])),
        noise: 0.03,
    },
    Surface {
        name: "1 of 64, best within",
        knobs: &["w=1..64"],
        law: |x, shape| Some(100.0 * hump(x[0], shape.between(0, 2.0, 50.0))),
        noise: 0.03,
    },
    Surface {
        name: "workers x threads, plateau",
        knobs: &["w=1..16", "t=1,2,4,8"],
        law: |x, shape| Some((x[0] * x[1]).min(shape.between(0, 6.0, 120.0))),
        noise: 0.03,
    },
    Surface {
        name: "workers x threads, contention",
        knobs: &["w=1..16", "t=1,2,4,8"],
        // The Universal Scalability Law over slots, and what each worker costs.
        law: |x, shape| {
            let (slots, best) = (x[0] * x[1], shape.between(0, 8.0, 60.0));
            Some(
                10.0 * slots / (1.0 + 0.02 * (slots - 1.0) + (slots / best).powi(2)) / (1.0 + shape.between(1, 0.005, 0.03) * (x[0] - 1.0)),
            )
        },
        noise: 0.03,
    },
    Surface {
        name: "workers x threads, memory ends",
        knobs: &["w=1..16", "t=1,2,4,8"],
        law: |x, shape| {
            let memory = x[0] * (60.0 + 8.0 * x[1]);
            (memory <= shape.between(0, 250.0, 1500.0)).then(|| (x[0] * x[1]).min(shape.between(1, 10.0, 100.0)))
        },
        noise: 0.03,
    },
    Surface {
        name: "workers x threads, interpreter lock",
        knobs: &["w=1..16", "t=1,2,4,8"],
        // Threads of a process bring something up to a number; beyond the cores each worker costs.
        law: |x, shape| {
            let (cores, useful) = (shape.between(0, 2.0, 8.0), shape.between(1, 1.5, 6.0));
            let (busy, over) = (x[0].min(cores), (x[0] - cores).max(0.0));
            Some(10.0 * busy * x[1].min(useful) / (1.0 + 0.04 * over) / (1.0 + 0.03 * (x[1] - useful).max(0.0)))
        },
        noise: 0.03,
    },
    Surface {
        name: "workers x threads, noisy",
        knobs: &["w=1..16", "t=1,2,4,8"],
        law: |x, shape| Some((x[0] * x[1]).min(shape.between(0, 6.0, 120.0)) * hump(x[0] + 12.0, 20.0)),
        noise: 0.05,
    },
    Surface {
        name: "workers x threads x kind",
        knobs: &["w=1..8", "t=1,2,4,8", "kind=sync,gthread,gevent"],
        law: |x, shape| {
            let slots = match x[2] as usize {
                0 => x[0],
                1 => x[0] * x[1],
                _ => x[0] * 6.0,
            };
            Some(10.0 * slots.min(shape.between(0, 6.0, 60.0)) / (1.0 + shape.between(1, 0.01, 0.06) * (x[0] - 1.0)))
        },
        noise: 0.03,
    },
    Surface {
        name: "workers x threads x pool",
        knobs: &["w=1..8", "t=1..32*2", "pool=1..64*2"],
        law: |x, shape| {
            let slots = (x[0] * x[1]).min(x[2]).min(shape.between(0, 10.0, 200.0));
            Some(slots / (1.0 + shape.between(1, 0.001, 0.01) * x[2]))
        },
        noise: 0.03,
    },
];

/// A server of a kind.
pub(super) struct Server {
    pub knobs: Vec<Knob>,
    settings: Vec<Vec<usize>>,
    truths: Vec<Option<f64>>,
    noise: f64,
}

/// What became of one search.
pub(super) struct Tuned {
    /// The true load line of the setting that was taken, over the best of the grid.
    pub ratio: f64,
    pub runs: u32,
    pub tuner: Tuner,
}

impl Server {
    pub(super) fn of(surface: &Surface, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let shape = Shape(std::array::from_fn(|_| random.random()));
        let knobs: Vec<Knob> = surface.knobs.iter().map(|text| text.parse().unwrap()).collect();
        let space = super::Space::of(&knobs);
        let settings: Vec<Vec<usize>> = (0..space.size()).map(|number| space.setting(number)).collect();
        let number = |knob: &Knob, place: usize| knob.values[place].parse().unwrap_or(place as f64);
        let truth = |setting: &Vec<usize>| {
            let numbers: Vec<f64> = knobs.iter().zip(setting).map(|(knob, &place)| number(knob, place)).collect();
            (surface.law)(&numbers, &shape)
        };
        let truths = settings.iter().map(truth).collect();
        Self { knobs, settings, truths, noise: surface.noise }
    }

    /// A load line in whole numbers, now and then (one in ten) a rough one.
    fn measure(&self, truth: Option<f64>, random: &mut StdRng) -> Measured {
        let Some(truth) = truth else { return Measured::NOTHING };
        let error = if random.random::<f64>() < 0.1 { 2.0 * self.noise } else { self.noise };
        let value = (truth * Normal::new(0.0, error).unwrap().sample(random).exp()).round().max(1.0);
        let end = |errors: f64| Some((value * (errors * error).exp()).round().max(1.0));
        Measured { value: Some(value), low: end(-1.96), high: end(1.96) }
    }

    pub(super) fn truth(&self, setting: &[usize]) -> Option<f64> {
        self.truths[self.settings.iter().position(|other| other == setting).unwrap()]
    }

    pub(super) fn most(&self) -> f64 {
        self.truths.iter().flatten().copied().fold(0.0, f64::max)
    }

    /// A third of the grid.
    pub(super) fn third(&self) -> u32 {
        self.settings.len() as u32 / 3
    }

    pub(super) fn tune(&self, aim: Aim, seed: u64) -> Tuned {
        let mut random = StdRng::seed_from_u64(seed ^ 0xdead);
        let mut tuner = Tuner::of(&self.knobs, aim, self.third(), seed);
        while let Some(trial) = tuner.next() {
            tuner.observe(&trial, self.measure(self.truth(&trial.setting), &mut random));
        }
        let best = tuner.verdict().best.and_then(|best| self.truth(&best.setting)).unwrap_or(0.0);
        Tuned { ratio: best / self.most(), runs: tuner.progress().0, tuner }
    }

    /// So many settings drawn at random, and the one measured as the highest.
    pub(super) fn random_search(&self, runs: u32, seed: u64) -> f64 {
        let mut random = StdRng::seed_from_u64(seed ^ 0xbeef);
        let mut order: Vec<usize> = (0..self.settings.len()).collect();
        order.shuffle(&mut random);
        let mut best = (0.0, 0.0);
        for place in order.into_iter().take(runs as usize) {
            let measured = self.measure(self.truths[place], &mut random).value.unwrap_or(0.0);
            if measured > best.0 {
                best = (measured, self.truths[place].unwrap_or(0.0));
            }
        }
        best.1 / self.most()
    }

    /// The least that a setting costs whose true load line is at least this.
    pub(super) fn least_cost(&self, need: f64) -> f64 {
        let space = super::Space::of(&self.knobs);
        let enough = self.settings.iter().zip(&self.truths).filter(|(_, truth)| truth.is_some_and(|truth| truth >= need));
        enough.map(|(setting, _)| space.cost(setting)).fold(f64::INFINITY, f64::min)
    }
}
