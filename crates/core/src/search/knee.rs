//! The knee: where added load brings no more throughput, from a fit through all error-free observations.

use super::{
    drift::Drift,
    line::{Estimate, median},
    observation::Observation,
    retrograde::{Retrograde, retrograde},
    sag::sagging,
};
use crate::{
    finding::Axis,
    model::hinge::{HingeFit, HingeLimits, HingePoint, fit_hinge},
};

/// A spread between visits of one load that no visit's own statistics explain.
const VISIT_SPREAD: f64 = 0.008;
/// No target bends quite like the fitted law: event loops and machine repairmen lie up to this share off it (docs/METHOD.md).
const LAW_ERROR: f64 = 0.02;
/// With pauses the bend is softer still: random pauses leave workers idle before all are busy.
const LAW_ERROR_WITH_PAUSES: f64 = 0.05;
/// Fewer requests than this hide how variable they are.
const FEW_REQUESTS: f64 = 40.0;
/// Above this share of errors a step shows no pace.
const FEW_ERRORS: f64 = 0.01;

/// The knee with what surrounds it.
#[derive(Clone, Debug)]
pub(crate) struct Knee {
    pub estimate: Estimate,
    /// Seconds a request takes while adding users slows nobody (users axis), think time included.
    pub round_s: f64,
    pub hinge: HingeFit,
    /// The curve that bends back, where it fits better.
    pub retrograde: Option<Retrograde>,
    pub drift: Option<Drift>,
}

impl Knee {
    /// The fitted time of a user's round at this load, in seconds (rate axis: offered over good).
    pub fn response_s(&self, load: f64) -> f64 {
        response_s(&self.hinge, self.retrograde.as_ref(), load)
    }

    /// The rate that the fitted curve levels off at.
    pub fn peak_per_s(&self) -> f64 {
        self.estimate.value / self.round_s
    }
}

fn response_s(hinge: &HingeFit, retrograde: Option<&Retrograde>, load: f64) -> f64 {
    retrograde.map_or_else(|| hinge.response(load), |bent| bent.usl.law.response_s(load))
}

fn is_usable(observation: &Observation) -> bool {
    observation.is_on_curve() && observation.per_request.is_some() && observation.error_share() < FEW_ERRORS
}

/// Fits the knee; `None` with fewer than three usable loads.
pub(crate) fn knee(observations: &[Observation], axis: Axis, has_pauses: bool) -> Option<Knee> {
    // Open loop: errors beyond the capacity are what saturation looks like, and the good rate is still the measure.
    let usable: Vec<&Observation> = observations
        .iter()
        .filter(|one| is_usable(one) || (axis == Axis::Rate && one.is_on_curve() && one.per_request.is_some()))
        .collect();
    let points = weighed(&usable);
    let least = usable.iter().map(|one| one.load).reduce(f64::min)?;
    let limits = match axis {
        Axis::Users => HingeLimits { floor: 1.0, r0: None },
        Axis::Rate => HingeLimits { floor: least / 4.0, r0: Some(1.0) },
    };
    let hinge = fit_hinge(&points, limits)?;
    let has_no_errors = usable.iter().all(|one| one.failed.total() == 0);
    let bent = if axis == Axis::Users && has_no_errors { retrograde(&points, &hinge) } else { None };
    let residuals: Vec<(f64, f64, f64)> = usable
        .iter()
        .zip(&points)
        .map(|(one, point)| {
            let predicted = response_s(&hinge, bent.as_ref(), point.load).ln();
            ((one.started_s + one.ended_s) / 2.0, point.ln_load_over_rate - predicted, 1.0 / point.variance)
        })
        .collect();
    let by_hinge = Estimate { value: hinge.knee, low: hinge.low, high: hinge.high, binding: None, fitted: false };
    let estimate = match &bent {
        Some(bent) => bent.estimate.clone(),
        None if axis == Axis::Users => sagging(&points, &hinge).unwrap_or(by_hinge),
        None => by_hinge,
    };
    let law_error = if has_pauses { LAW_ERROR_WITH_PAUSES } else { LAW_ERROR };
    let estimate =
        Estimate { low: (estimate.low * (1.0 - law_error)).max(limits.floor), high: estimate.high * (1.0 + law_error), ..estimate };
    let round_s = bent.as_ref().map_or(hinge.r0, |bent| bent.usl.law.r0_s);
    Some(Knee { estimate, round_s, drift: Drift::of(&residuals), hinge, retrograde: bent })
}

/// Each observation with a variance that all share by count, but never less than a quarter of its own.
fn weighed(usable: &[&Observation]) -> Vec<HingePoint> {
    let parts: Vec<(f64, f64, f64, f64)> = usable
        .iter()
        .filter_map(|one| {
            one.per_request.map(|per| (one.load, per.ln, if per.se.is_finite() { per.se } else { 0.1 }, one.ended.max(1) as f64))
        })
        .collect();
    let unit = median(parts.iter().map(|&(_, _, se, count)| se * se * count).collect());
    parts
        .iter()
        .map(|&(load, ln, se, count)| HingePoint {
            load,
            ln_load_over_rate: ln,
            variance: (unit / count).max(0.25 * se * se).max(least_variance(count)) + VISIT_SPREAD * VISIT_SPREAD,
        })
        .collect()
}

/// The variance of ln mean that a handful of requests must be granted, whatever their batches say: that of a service half as variable as the
/// exponential. Batches with a request or none each can't show their spread.
fn least_variance(count: f64) -> f64 {
    if count < FEW_REQUESTS { 0.25 / count } else { 0.0 }
}
