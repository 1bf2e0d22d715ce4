//! The mean of a few independent values, with its t-interval.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// A mean with half its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// Half the interval; infinite for a single value.
    pub half: f64,
    /// Of how many values.
    pub n: usize,
}

/// The mean of `values` with Student's interval (The Probable Error of a Mean, 1908); `None` without a value.
pub fn mean_interval(values: &[f64]) -> Option<MeanInterval> {
    let n = values.len();
    if n == 0 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    let t = StudentsT::new(0.0, 1.0, (n - 1) as f64).map_or(f64::INFINITY, |law| law.inverse_cdf(0.975));
    let half = if n > 1 { t * (variance / n as f64).sqrt() } else { f64::INFINITY };
    Some(MeanInterval { mean, half, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Standard deviation 0.5, t(8, 0.975) = 2.3060.
        let got = mean_interval(&[1.0, 2.0, 2.0, 2.0, 3.0, 2.0, 2.0, 2.0, 2.0]).unwrap();
        assert!((got.mean - 2.0).abs() < 1e-12 && (got.half - 2.306_004 * 0.5 / 3.0).abs() < 1e-5, "{got:?}");
        let two = mean_interval(&[0.0, 1.0]).unwrap();
        assert!((two.half - 12.706_2 * 0.5).abs() < 1e-3, "{two:?}");
        assert_eq!(mean_interval(&[4.0]).map(|one| (one.mean, one.half)), Some((4.0, f64::INFINITY)));
        assert_eq!(mean_interval(&[]), None);
    }
}
