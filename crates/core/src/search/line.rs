//! The load line where an objective breaks: a fitted crossing where the curve is gradual, a bracket where it jumps.

use super::{
    drift::Drift,
    merged::{self, Root},
    observation::Observation,
    pooled::{Bracket, JUMP_Y, PooledLoad, bracket, pool},
};
use crate::{
    criterion::Criterion,
    finding::Axis,
    stat::{LineFit, Point, Position, Prior, fit_line},
    step::Purpose,
};

/// A running estimate of a load, with its interval.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// Index of the objective that breaks first; `None` for the knee.
    pub binding: Option<usize>,
    /// Whether it is the crossing of a fitted curve (else the middle of a bracket, or a knee).
    pub fitted: bool,
}

impl Estimate {
    /// Half the interval, as a share (in logarithms).
    pub fn half(&self) -> f64 {
        if self.low > 0.0 { (self.high / self.low).ln() / 2.0 } else { f64::INFINITY }
    }
}

/// What is known of the crossing.
#[derive(Clone, Debug)]
pub(crate) struct Crossing {
    pub loads: Vec<PooledLoad>,
    pub bracket: Bracket,
    /// `None` until something has failed.
    pub estimate: Option<Estimate>,
    /// The fitted curve, where the estimate is its crossing.
    pub curve: Option<Curve>,
    /// Residuals of the fit against time: how many standard errors the latency moved over the run at equal load.
    pub drift: Option<Drift>,
}

/// The straight line of `ln(q/T)` against ln load near its crossing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve {
    root_load: f64,
    /// Standard error of the crossing, in ln load.
    se: f64,
    slope: f64,
}

impl Curve {
    /// How many standard errors a position that was seen at a load lies above the curve.
    pub fn excess_z(&self, load: f64, seen: Position) -> f64 {
        (seen.y - self.slope * (load / self.root_load).ln()) / seen.se.hypot(self.slope * self.se)
    }
}

/// Points farther than this from the crossing (in ln load) bend the straight line.
const WINDOW: f64 = 0.35;
const FIRST_WINDOW: f64 = 0.45;
/// Where there are hardly any slow requests, the points up to this far away count as well, and the slope is that of this milder quantile: a
/// p99 of 40 requests is the slowest of them, whose chance would bend the line at will.
const WIDE_WINDOW: f64 = 0.95;
const MILDER: f64 = 0.4;
/// A crossing with a wider interval than this on either side (in ln load) is no location.
const NOWHERE: f64 = 0.6;
/// Half the interval, in standard errors, and the least it is. Batches of a few seconds show only part of how long the queue of an open loop
/// remembers, so there the errors are too small, and so they are where hardly any slow request was seen (docs/METHOD.md).
const SIGMAS: f64 = 2.0;
const MORE_SIGMAS: f64 = 3.0;
const LEAST_HALF: f64 = 0.006;
/// How far beyond the measured loads (in ln) a crossing may lie.
const BEYOND_POINTS: f64 = 0.1;
/// A spread between visits of one load that no visit's own statistics explain.
const VISIT_SPREAD: f64 = 0.012;
/// Below this slope the crossing is not located by the line.
const LEAST_SLOPE: f64 = 0.15;
/// The fitted crossing may lie outside the bracket by this much.
const BRACKET_SLACK: f64 = 0.15;
/// Evidence beyond chance, where many loads are looked at: 1.4% each.
pub(crate) const DECIDED_Z: f64 = 2.2;
/// A bracket on a gradual curve is no narrower than this on either side (in ln load).
const GRADUAL: f64 = 0.12;
/// A bracket wider than this (in ln load) has no middle worth naming.
const WIDE_BRACKET: f64 = 0.15;
/// Positions below this were clipped.
const LEAST_Y: f64 = -2.2;

/// Finds the crossing from everything seen so far.
pub(crate) fn crossing(observations: &[Observation], criteria: &[Criterion], axis: Axis) -> Crossing {
    let loads = pool(observations.iter());
    // The re-check lies far from the line and asks another question: at a slow target one late answer there would move the bracket.
    let found = bracket(&pool(observations.iter().filter(|one| one.purpose != Purpose::Recheck)));
    let (estimate, curve, drift) = match (&found.pass, &found.fail) {
        (Some(pass), Some(fail)) => {
            // Arrivals are random, so even a hard limit turns them away gradually.
            let is_cliff = axis == Axis::Users && found.is_cliff(&loads);
            estimate_between(observations, criteria, (axis, is_cliff), &loads, pass, fail)
        }
        _ => (None, None, None),
    };
    Crossing { loads, bracket: found, estimate, curve, drift }
}

fn estimate_between(
    observations: &[Observation],
    criteria: &[Criterion],
    (axis, is_cliff): (Axis, bool),
    loads: &[PooledLoad],
    pass: &PooledLoad,
    fail: &PooledLoad,
) -> (Option<Estimate>, Option<Curve>, Option<Drift>) {
    let middle = (pass.load * fail.load).sqrt();
    // A wide bracket before a cliff has no estimate inside: only what was carried is certain.
    let value = if is_cliff && (fail.load / pass.load).ln() > WIDE_BRACKET { pass.load } else { middle };
    // The interval reaches to the nearest loads that are decided beyond chance, whatever the bracket says in between.
    let passes = |one: &PooledLoad| if is_cliff { one.pass_at_cliff(fail.worst) } else { -one.z };
    let low = loads.iter().rev().find(|one| one.load <= pass.load && passes(one) >= DECIDED_Z).unwrap_or(&loads[0]).load;
    let high = loads.iter().find(|one| one.load >= fail.load && one.z >= DECIDED_Z).map_or(f64::INFINITY, |one| one.load);
    // Where the curve is gradual, single loads pass and fail by luck: without a fit the crossing is known only roughly.
    let (low, high) = if is_cliff { (low, high) } else { (low.min(value * (-GRADUAL).exp()), high.max(value * GRADUAL.exp())) };
    let by_bracket = Estimate { value, low, high, binding: Some(fail.worst), fitted: false };
    let Some(fit) = fit(observations, criteria, fail.worst, middle) else { return (Some(by_bracket), None, None) };
    // Loads that are not decided may lie on either side of the crossing; those that are may not.
    let lies_inside = fit.root_load >= low * (1.0 - BRACKET_SLACK) && fit.root_load <= high * (1.0 + BRACKET_SLACK);
    let misfits = fit.misfit > 2.5 && fit.points >= 6;
    if fit.slope < LEAST_SLOPE || !lies_inside || misfits || !fit.spans {
        return (Some(by_bracket), None, fit.drift);
    }
    let half = if axis == Axis::Users && !fit.extrapolated { SIGMAS } else { MORE_SIGMAS } * fit.se + LEAST_HALF;
    // A flat curve bounds nothing: decided loads on either side do that better.
    if half > NOWHERE {
        let (low, high) = (by_bracket.low.min(fit.root_load), by_bracket.high.max(fit.root_load));
        return (Some(Estimate { value: fit.root_load, low, high, fitted: true, ..by_bracket }), None, fit.drift);
    }
    let (low, high) = (fit.root_load * (-half).exp(), fit.root_load * half.exp());
    let curve = Curve { root_load: fit.root_load, se: fit.se, slope: fit.slope };
    (Some(Estimate { value: fit.root_load, low, high, binding: Some(fail.worst), fitted: true }), Some(curve), fit.drift)
}

struct Fit {
    root_load: f64,
    se: f64,
    /// Whether hardly any slow request was there to see.
    extrapolated: bool,
    slope: f64,
    /// `sqrt(chi2/dof)`.
    misfit: f64,
    points: usize,
    /// Whether loads were measured on both sides: a crossing is read off between points, hardly beyond them.
    spans: bool,
    drift: Option<Drift>,
}

/// The fit around the crossing itself, found from the middle of the bracket.
fn fit(observations: &[Observation], criteria: &[Criterion], criterion: usize, middle: f64) -> Option<Fit> {
    let at = |centre: f64, window: f64, level: Option<f64>| fit_near(observations, criteria, criterion, (centre, window), level);
    if has_few_slow(observations, criteria[criterion], middle) {
        return at(middle, WIDE_WINDOW, Some(MILDER));
    }
    let first = at(middle, FIRST_WINDOW, None)?;
    // Where nothing lies on the other side of the crossing as near as that, the points farther away are better than none.
    at(first.root_load, WINDOW, None).filter(|near| near.spans || !first.spans).or(Some(first))
}

/// Whether all steps near the crossing together hold so few requests that hardly one may be slow.
fn has_few_slow(observations: &[Observation], criterion: Criterion, middle: f64) -> bool {
    let Criterion::Latency { quantile, .. } = criterion else { return false };
    let near = |one: &&Observation| one.is_on_curve() && (one.load / middle).ln().abs() <= FIRST_WINDOW;
    let requests: u64 = observations.iter().filter(near).map(|one| one.ended).sum();
    requests as f64 * (1.0 - quantile) < merged::FEW_SLOW
}

/// The straight line of `ln(q/T)` against ln load through the points near `centre`; where a level is given, its slope is that of this quantile.
fn fit_near(
    observations: &[Observation],
    criteria: &[Criterion],
    criterion: usize,
    (centre, window): (f64, f64),
    level: Option<f64>,
) -> Option<Fit> {
    let near: Vec<(&Observation, f64, f64)> = observations
        .iter()
        .filter(|observation| observation.is_on_curve() && (observation.load / centre).ln().abs() <= window)
        .filter_map(|observation| {
            let position = observation.positions[criterion]?;
            let position = level.map_or(Some(position), |level| milder_position(observation, criteria[criterion], level))?;
            (position.y < JUMP_Y && position.y > LEAST_Y && position.se.is_finite()).then_some((observation, position.y, position.se))
        })
        .collect();
    if near.len() < 2 {
        return None;
    }
    // By count, not by each point's own error, which discounts the probes that hold a pause.
    let unit = median(near.iter().map(|(observation, _, se)| se * se * observation.ended as f64).collect());
    let points: Vec<Point> = near
        .iter()
        .map(|&(observation, y, _)| Point {
            x: observation.load.ln(),
            y,
            weight: 1.0 / (unit / observation.ended as f64 + VISIT_SPREAD * VISIT_SPREAD),
        })
        .collect();
    let line = fit_line(&points, Prior::LATENCY_OVER_LOAD)?;
    let merged = merged_root(&near, criteria[criterion], line.slope);
    let root = merged.map_or(line.root, |merged| merged.ln_load);
    let residuals: Vec<(f64, f64, f64)> = near
        .iter()
        .zip(&points)
        .map(|(&(observation, ..), point)| {
            ((observation.started_s + observation.ended_s) / 2.0, point.y - line.slope * (point.x - line.root), point.weight)
        })
        .collect();
    Some(Fit {
        root_load: root.exp(),
        se: merged.map_or(line.se, |merged| merged.se.hypot(slope_error(&points, &line, root))),
        extrapolated: merged.is_some_and(|merged| merged.extrapolated),
        slope: line.slope,
        // The errors of few requests are too small to be judged by: the queue that they share remembers for longer than a step.
        misfit: if level.is_some() { 0.0 } else { line.excess_scatter() },
        points: points.len(),
        spans: points.iter().any(|point| point.x > root - BEYOND_POINTS) && points.iter().any(|point| point.x < root + BEYOND_POINTS),
        drift: Drift::of(&residuals),
    })
}

/// Where a milder quantile stands against the limit.
fn milder_position(observation: &Observation, criterion: Criterion, level: f64) -> Option<Position> {
    let Criterion::Latency { limit, .. } = criterion else { return None };
    observation.sample.ln_quantile(level).map(|(ln, se)| Position { y: ln - limit.as_secs_f64().ln(), se })
}

/// The crossing of the merged sample of these steps.
fn merged_root(near: &[(&Observation, f64, f64)], criterion: Criterion, slope: f64) -> Option<Root> {
    let Criterion::Latency { quantile, limit } = criterion else { return None };
    let steps: Vec<&Observation> = near.iter().map(|&(observation, ..)| observation).collect();
    if slope < LEAST_SLOPE { None } else { merged::root(&steps, slope, quantile, limit.as_secs_f64().ln()) }
}

/// What the slope's own error does to a crossing away from the middle of the points, in ln load.
fn slope_error(points: &[Point], line: &LineFit, root: f64) -> f64 {
    let weights: f64 = points.iter().map(|point| point.weight).sum();
    let mean = points.iter().map(|point| point.weight * point.x).sum::<f64>() / weights;
    let spread: f64 = points.iter().map(|point| point.weight * (point.x - mean).powi(2)).sum::<f64>() + Prior::LATENCY_OVER_LOAD.precision;
    (root - mean).abs() / spread.sqrt() / line.slope.abs() * line.excess_scatter().max(1.0)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }
}
