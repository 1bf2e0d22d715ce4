//! The misfit of the hinge as a function of the knee alone: minimised over sharpness and R0, searched on a logarithmic grid.

use super::{HingeLimits, HingePoint, SHARPNESS, bend, huber_loss, huber_weight, softness_penalty, usable};

/// Distance of two knees of the grid, as a logarithm.
const GRID: f64 = 0.008;
/// The first look takes every so many of them; between two looks the misfit has no room to hide a minimum, since its slope in ln N\* changes
/// only where a measured load is passed.
const STRIDE: usize = 4;
/// The grid reaches this many times beyond the largest load: a soft bend shows itself well below its knee, but not from farther away.
const REACH: f64 = 4.0;
/// A first look this far above the best one is looked at no closer. The misfit can fall by that much within a stride only in fits so exact
/// that the best look itself lies next to the minimum.
const CLOSER_LOOK: f64 = 25.0;
/// Most rounds of Huber's reweighting for one R0; the loss is convex in ln R0, and rounds end when it stands still.
const ROUNDS: usize = 8;
/// R0 is settled when another round would gain less than this share of the loss: to compare knees,
const EXACT: f64 = 0.0;
/// and to see which knees are worth comparing.
const ROUGH: f64 = 0.01;

/// The loss at one knee and sharpness, with the R0 that minimises it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub ln_knee: f64,
    pub k: f64,
    pub ln_r0: f64,
    /// Huber's chi-square and the penalty on softness.
    pub objective: f64,
}

/// A measured point, ready for the inner loop.
struct Sample {
    /// Index into the different loads.
    load: usize,
    value: f64,
    weight: f64,
    root_weight: f64,
}

/// The points, and the misfit over the coarse grid.
pub(super) struct Profile {
    samples: Vec<Sample>,
    ln_loads: Vec<f64>,
    weights: f64,
    ln_r0: Option<f64>,
    ln_floor: f64,
    cells: usize,
    /// For each sharpness, the misfit at every [`STRIDE`]th knee.
    looks: Vec<Vec<f64>>,
}

impl Profile {
    /// `None` when fewer than two different usable loads were measured, or the limits are not positive.
    pub fn of(points: &[HingePoint], limits: HingeLimits) -> Option<Self> {
        let mut ordered: Vec<&HingePoint> = points.iter().filter(|point| usable(point)).collect();
        ordered.sort_by(|a, b| a.load.total_cmp(&b.load));
        let mut ln_loads: Vec<f64> = Vec::new();
        let mut samples = Vec::with_capacity(ordered.len());
        for point in ordered {
            let ln_load = point.load.ln();
            if ln_loads.last() != Some(&ln_load) {
                ln_loads.push(ln_load);
            }
            let weight = 1.0 / point.variance;
            samples.push(Sample { load: ln_loads.len() - 1, value: point.ln_load_over_rate, weight, root_weight: weight.sqrt() });
        }
        let positive = |value: f64| value > 0.0 && value.is_finite();
        if ln_loads.len() < 2 || !positive(limits.floor) || !limits.r0.is_none_or(positive) {
            return None;
        }
        let ln_floor = limits.floor.ln();
        let top = (ln_loads[ln_loads.len() - 1] + REACH.ln()).max(ln_floor);
        let strides = ((top - ln_floor) / (GRID * STRIDE as f64)).ceil() as usize + 1;
        let cells = strides * STRIDE + 1;
        let weights = samples.iter().map(|sample| sample.weight).sum();
        let mut profile = Self { samples, weights, ln_loads, ln_r0: limits.r0.map(f64::ln), ln_floor, cells, looks: Vec::new() };
        let mut bends = vec![0.0; profile.ln_loads.len()];
        profile.looks = SHARPNESS.iter().map(|&k| profile.look_along(k, strides, &mut bends)).collect();
        Some(profile)
    }

    /// How many points are used.
    pub fn points(&self) -> usize {
        self.samples.len()
    }

    fn ln_knee(&self, cell: usize) -> f64 {
        self.ln_floor + cell as f64 * GRID
    }

    /// The loss at one knee and sharpness, minimised over R0: a weighted mean in closed form, reweighted only where a residual is beyond
    /// Huber's bound. `bends` is scratch space, one value a load.
    fn cell(&self, ln_knee: f64, k: f64, bends: &mut [f64]) -> Cell {
        self.bend_at(ln_knee, k, bends);
        let mean = || self.samples.iter().map(|sample| sample.weight * (sample.value - bends[sample.load])).sum::<f64>() / self.weights;
        let start = self.ln_r0.unwrap_or_else(mean);
        self.settle(ln_knee, k, bends, start, EXACT)
    }

    /// The misfit at every [`STRIDE`]th knee. R0 starts from where the knee before left it, which saves most rounds far from the minimum.
    fn look_along(&self, k: f64, strides: usize, bends: &mut [f64]) -> Vec<f64> {
        let mut ln_r0 = None;
        (0..=strides)
            .map(|look| {
                let ln_knee = self.ln_knee(look * STRIDE);
                let cell = match ln_r0 {
                    None => self.cell(ln_knee, k, bends),
                    Some(start) => {
                        self.bend_at(ln_knee, k, bends);
                        self.settle(ln_knee, k, bends, start, ROUGH)
                    }
                };
                ln_r0 = Some(cell.ln_r0);
                cell.objective
            })
            .collect()
    }

    fn bend_at(&self, ln_knee: f64, k: f64, bends: &mut [f64]) {
        for (bend_at, ln_load) in bends.iter_mut().zip(&self.ln_loads) {
            *bend_at = bend(ln_load - ln_knee, k);
        }
    }

    /// Newton steps on the convex loss in ln R0, from `start`, until a step gains less than `enough` of the loss (and 1e-4 at least).
    fn settle(&self, ln_knee: f64, k: f64, bends: &[f64], start: f64, enough: f64) -> Cell {
        let mut ln_r0 = start;
        let mut objective = f64::INFINITY;
        for _ in 0..ROUNDS {
            let (mut loss, mut pull, mut weights) = (0.0, 0.0, 0.0);
            for sample in &self.samples {
                let residual = sample.value - bends[sample.load] - ln_r0;
                let sigmas = residual * sample.root_weight;
                let weight = sample.weight * huber_weight(sigmas);
                loss += huber_loss(sigmas);
                pull += weight * residual;
                weights += weight;
            }
            let expected_gain = pull * pull / weights;
            objective = loss;
            if self.ln_r0.is_some() || expected_gain < 1e-4 + enough * loss {
                break;
            }
            ln_r0 += pull / weights;
        }
        Cell { ln_knee, k, ln_r0, objective: objective + softness_penalty(k) }
    }

    /// The best sharpness at this knee.
    fn best_at(&self, ln_knee: f64, bends: &mut [f64]) -> Cell {
        SHARPNESS
            .iter()
            .map(|&k| self.cell(ln_knee, k, bends))
            .min_by(|a, b| a.objective.total_cmp(&b.objective))
            .expect("SHARPNESS is not empty")
    }

    /// The best of all: every low point of the first look, looked at closer, then a parabola between the knees of the grid.
    pub fn minimum(&self) -> Cell {
        let mut bends = vec![0.0; self.ln_loads.len()];
        let lowest_look = self.looks.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let mut best: Option<(Cell, usize)> = None;
        for (looks, &k) in self.looks.iter().zip(&SHARPNESS) {
            for (look, &seen) in looks.iter().enumerate() {
                let falls_no_further = (look == 0 || looks[look - 1] >= seen) && (look + 1 == looks.len() || looks[look + 1] >= seen);
                if !falls_no_further || seen > lowest_look + CLOSER_LOOK.max(0.5 * lowest_look) {
                    continue;
                }
                let centre = look * STRIDE;
                for index in centre.saturating_sub(STRIDE - 1)..=(centre + STRIDE - 1).min(self.cells - 1) {
                    let cell = self.cell(self.ln_knee(index), k, &mut bends);
                    if best.is_none_or(|(found, _)| cell.objective < found.objective) {
                        best = Some((cell, index));
                    }
                }
            }
        }
        let (found, index) = best.expect("the lowest look is no higher than its neighbours");
        self.between_the_grid(found, index, &mut bends)
    }

    /// Moves a minimum on the grid to the vertex of the parabola through it and its neighbours, where that is an improvement.
    fn between_the_grid(&self, found: Cell, index: usize, bends: &mut [f64]) -> Cell {
        if index == 0 || index + 1 >= self.cells {
            return found;
        }
        let below = self.cell(found.ln_knee - GRID, found.k, bends).objective;
        let above = self.cell(found.ln_knee + GRID, found.k, bends).objective;
        let curvature = below - 2.0 * found.objective + above;
        if curvature <= 0.0 {
            return found;
        }
        let shift = (0.5 * (below - above) / curvature).clamp(-0.5, 0.5);
        let vertex = self.cell(found.ln_knee + shift * GRID, found.k, bends);
        if vertex.objective < found.objective { vertex } else { found }
    }

    /// The outermost knees whose misfit is within `rise` of the minimum. The lower one is the floor, the upper one infinite, when the grid
    /// ends before that.
    pub fn interval(&self, best: &Cell, rise: f64) -> (f64, f64) {
        let mut bends = vec![0.0; self.ln_loads.len()];
        let mut rise_at = |ln_knee: f64| (self.best_at(ln_knee, &mut bends).objective - best.objective).max(0.0);
        let inside: Vec<f64> = (0..self.looks[0].len())
            .filter(|&look| self.looks.iter().any(|looks| looks[look] - best.objective <= rise))
            .map(|look| self.ln_knee(look * STRIDE))
            .collect();
        let top = self.ln_knee(self.cells - 1);
        let mut edge = |start: f64, step: f64, end: f64| -> Option<f64> {
            let (mut inner, mut risen) = (start, rise_at(start));
            loop {
                if (end - inner) * step.signum() <= 1e-9 {
                    return None;
                }
                let outer = if step > 0.0 { (inner + step).min(end) } else { (inner + step).max(end) };
                let next = rise_at(outer);
                if next > rise {
                    // Near its minimum the misfit is a parabola, so its root is what to interpolate.
                    let share = (rise.sqrt() - risen.sqrt()) / (next.sqrt() - risen.sqrt());
                    return Some(inner + share.clamp(0.0, 1.0) * (outer - inner));
                }
                (inner, risen) = (outer, next);
            }
        };
        let first = inside.first().map_or(best.ln_knee, |first| first.min(best.ln_knee));
        let last = inside.last().map_or(best.ln_knee, |last| last.max(best.ln_knee));
        let low = edge(first, -GRID, self.ln_floor).unwrap_or(self.ln_floor);
        let high = edge(last, GRID, top).map_or(f64::INFINITY, f64::exp);
        (low.exp(), high)
    }
}
