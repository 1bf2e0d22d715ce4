//! The curve that bends back: where throughput falls beyond its peak, the knee comes from the Universal Scalability Law.

use super::line::Estimate;
use crate::model::{
    hinge::{HingeFit, HingePoint, misfit},
    usl::{UslFit, UslPoint, fit_usl},
};

/// By how much chi squared must fall below the hinge's before the law is believed (docs/METHOD.md).
const GAIN: f64 = 6.0;
/// Lack of fit, in chi squared for each degree of freedom, from which the law is given up.
const MOST_MISFIT: f64 = 2.0;
/// Half the interval in standard errors: 2.6, not 1.96, because the jackknife's own error comes on top, and a floor, because a law of three
/// parameters that fits a dozen points by luck looks better known than it is.
const SIGMAS: f64 = 2.6;
const LEAST_HALF: f64 = 0.03;

/// The law with the knee that follows from it.
#[derive(Clone, Debug)]
pub(crate) struct Retrograde {
    pub usl: UslFit,
    pub estimate: Estimate,
}

/// The law, where it explains the points clearly better than the hinge and certainly bends back.
pub(crate) fn retrograde(points: &[HingePoint], hinge: &HingeFit) -> Option<Retrograde> {
    let usl = fit_usl(&usl_points(points))?;
    let gain = misfit(points, |load| hinge.response(load)) - misfit(points, |load| usl.law.response_s(load));
    if usl.beta_low <= 0.0 || gain <= GAIN {
        return None;
    }
    // A law that misses the points by more than their noise has no say on where they bend.
    if usl.dof > 0 && misfit(points, |load| usl.law.response_s(load)) > MOST_MISFIT * usl.dof as f64 {
        return None;
    }
    let knee = usl.law.knee_users()?;
    let half = (SIGMAS * ln_error(points)?).max(LEAST_HALF);
    let estimate = Estimate { value: knee, low: knee * (-half).exp(), high: knee * half.exp(), binding: None, fitted: false };
    Some(Retrograde { usl, estimate })
}

fn usl_points(points: &[HingePoint]) -> Vec<UslPoint> {
    points
        .iter()
        .map(|point| UslPoint { users: point.load, response_s: point.ln_load_over_rate.exp(), relative_se: point.variance.sqrt() })
        .collect()
}

/// Standard error of ln knee by the jackknife over points (Efron 1982): it needs no derivative of a knee that is a function of three
/// constrained parameters.
fn ln_error(points: &[HingePoint]) -> Option<f64> {
    let all = usl_points(points);
    let knees: Vec<f64> = (0..all.len())
        .filter_map(|left_out| {
            let rest: Vec<UslPoint> = all.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, point)| *point).collect();
            fit_usl(&rest)?.law.knee_users().map(f64::ln)
        })
        .collect();
    let n = knees.len() as f64;
    if n < 4.0 {
        return None;
    }
    let mean = knees.iter().sum::<f64>() / n;
    let squares: f64 = knees.iter().map(|knee| (knee - mean).powi(2)).sum();
    Some((squares * (n - 1.0) / n).sqrt())
}
