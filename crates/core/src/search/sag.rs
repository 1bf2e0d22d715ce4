//! A plateau that sags: where throughput falls beyond the knee, a flat line through it would put the knee too low. The definition then holds
//! directly: highest sustained throughput times unloaded latency.

use super::line::Estimate;
use crate::model::hinge::{HingeFit, HingePoint};

/// From this multiple of the knee on a load belongs to the plateau.
const PLATEAU: f64 = 1.1;
/// A plateau falls when throughput goes down with at least this power of the load, this many standard errors sure. While a soft knee is still
/// rising it can't.
const FALL: f64 = 0.03;
const FALL_SIGMAS: f64 = 3.0;
/// Such a knee is read off few points: no narrower than this (in ln load).
const HALF: f64 = 0.12;

/// The knee by its definition, where the plateau falls; `None` where it is flat.
pub(crate) fn sagging(points: &[HingePoint], hinge: &HingeFit) -> Option<Estimate> {
    let plateau: Vec<&HingePoint> = points.iter().filter(|point| point.load >= PLATEAU * hinge.knee).collect();
    let weights: f64 = plateau.iter().map(|point| 1.0 / point.variance).sum();
    let mean = |of: &dyn Fn(&HingePoint) -> f64| plateau.iter().map(|point| of(point) / point.variance).sum::<f64>() / weights;
    let ln_rate = |point: &HingePoint| point.load.ln() - point.ln_load_over_rate;
    let (x_mean, y_mean) = (mean(&|point| point.load.ln()), mean(&ln_rate));
    let spread = weights * mean(&|point| (point.load.ln() - x_mean).powi(2));
    let slope = weights * mean(&|point| (point.load.ln() - x_mean) * (ln_rate(point) - y_mean)) / spread;
    if plateau.len() < 3 || !slope.is_finite() || slope > -FALL || slope > -FALL_SIGMAS / spread.sqrt() {
        return None;
    }
    let value = highest_rate(points)? * hinge.r0;
    let (low, high) = (value * (-HALF).exp(), value * HALF.exp());
    Some(Estimate { value, low: low.min(hinge.low), high: high.max(hinge.high), binding: None, fitted: false })
}

/// The highest throughput of any load, all visits of a load taken together.
fn highest_rate(points: &[HingePoint]) -> Option<f64> {
    let mut ordered: Vec<&HingePoint> = points.iter().collect();
    ordered.sort_by(|a, b| a.load.total_cmp(&b.load));
    let rate = |visits: &[&HingePoint]| {
        let weights: f64 = visits.iter().map(|point| 1.0 / point.variance).sum();
        let ln = visits.iter().map(|point| point.ln_load_over_rate / point.variance).sum::<f64>() / weights;
        visits[0].load / ln.exp()
    };
    ordered.chunk_by(|a, b| a.load == b.load).map(rate).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::hinge::{HingeLimits, fit_hinge};

    fn points(power: f64) -> Vec<HingePoint> {
        [1.0f64, 2.0, 4.0, 8.0, 11.0, 16.0, 24.0, 32.0, 64.0]
            .iter()
            .map(|&load| {
                let round = 0.04 * (load / 16.0).max(1.0).powf(1.0 + power);
                HingePoint { load, ln_load_over_rate: round.ln(), variance: 1e-4 }
            })
            .collect()
    }

    #[test]
    fn a_sagging_plateau_keeps_its_knee() {
        let points = points(0.2);
        let estimate = sagging(&points, &fit_hinge(&points, HingeLimits::default()).unwrap()).expect("the plateau falls");
        assert!((estimate.value / 16.0 - 1.0).abs() < 0.05, "{estimate:?}");
        assert!(estimate.low < 16.0 && estimate.high > 16.0);
    }

    #[test]
    fn a_flat_plateau_is_left_to_the_fit() {
        let points = points(0.0);
        assert_eq!(sagging(&points, &fit_hinge(&points, HingeLimits::default()).unwrap()), None);
    }
}
