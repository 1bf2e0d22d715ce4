//! Whether the target became slower or faster while it was measured: the slope of what the fitted curve leaves over, against time.

/// A slope this many standard errors strong is no chance,
const SURE: f64 = 3.0;
/// and one that moved the target by less than this from the first step to the last is no change worth a word: the interval holds it, and no
/// target lies on the fitted law so exactly.
const MOVED: f64 = 0.05;

/// How the target's pace changed over a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Drift {
    /// The slope over its standard error; above 0 for a target that became slower.
    pub z: f64,
    /// What changed from the first point to the last, as a logarithm.
    pub moved: f64,
}

impl Drift {
    /// The drift of `(time, residual, weight)`, its standard error being no less than the scatter shows; `None` under 5 points, or when all are
    /// of one time.
    pub fn of(residuals: &[(f64, f64, f64)]) -> Option<Self> {
        let total: f64 = residuals.iter().map(|point| point.2).sum();
        if residuals.len() < 5 || total <= 0.0 {
            return None;
        }
        let mean_t = residuals.iter().map(|&(t, _, w)| w * t).sum::<f64>() / total;
        let mean_r = residuals.iter().map(|&(_, r, w)| w * r).sum::<f64>() / total;
        let spread: f64 = residuals.iter().map(|&(t, _, w)| w * (t - mean_t).powi(2)).sum();
        if spread <= 0.0 {
            return None;
        }
        let slope = residuals.iter().map(|&(t, r, w)| w * (t - mean_t) * (r - mean_r)).sum::<f64>() / spread;
        let left: f64 = residuals.iter().map(|&(t, r, w)| w * (r - mean_r - slope * (t - mean_t)).powi(2)).sum();
        let scale = (left / (residuals.len() as f64 - 2.0)).max(1.0);
        let times = || residuals.iter().map(|point| point.0);
        let length = times().fold(f64::NEG_INFINITY, f64::max) - times().fold(f64::INFINITY, f64::min);
        Some(Self { z: slope / (scale / spread).sqrt(), moved: slope * length })
    }

    /// Whether it is another target now than at first.
    pub fn is_change(&self) -> bool {
        self.z.abs() > SURE && self.moved.abs() > MOVED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twelve points of which each is this much slower than the one before.
    fn rising(by: f64, scatter: f64) -> Vec<(f64, f64, f64)> {
        (0..12).map(|i| (f64::from(i), by * f64::from(i) + if i % 2 == 0 { scatter } else { -scatter }, 1e4)).collect()
    }

    #[test]
    fn drift_is_seen_and_its_absence_too() {
        let steady = Drift::of(&rising(0.0, 0.1)).unwrap();
        assert!(steady.z.abs() < 1.5 && !steady.is_change(), "{steady:?}");
        let slower = Drift::of(&rising(0.1, 0.1)).unwrap();
        assert!(slower.z > 5.0 && (slower.moved / 1.1 - 1.0).abs() < 0.1 && slower.is_change(), "{slower:?}");
        assert_eq!(Drift::of(&rising(0.1, 0.1)[..4]), None);
    }

    #[test]
    fn what_is_certain_but_small_is_no_change() {
        let slight = Drift::of(&rising(0.004, 0.001)).unwrap();
        assert!(slight.z > 4.0 && !slight.is_change(), "{slight:?}");
    }
}
