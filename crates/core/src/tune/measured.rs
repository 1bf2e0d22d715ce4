//! The load line of a setting as it was measured, once or more.

use super::model::Seen;

/// A load line with its 95% interval, as a search found it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// The load line; `None` where there is none: the server did not start, or could not be measured. That setting is out.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end; `None` where it is open (at least so many).
    pub high: Option<f64>,
}

/// How far two runs of one setting differ at the least and at the most, as standard errors of logarithms.
const LEAST_ERROR: f64 = 0.015;
const MOST_ERROR: f64 = 0.3;

/// Where an interval lacks an end.
const UNKNOWN_ERROR: f64 = 0.06;

/// Standard errors to either side of a 95% interval.
const NORMAL_95: f64 = 1.96;

impl Measured {
    /// Nothing could be measured.
    pub const NOTHING: Self = Self { value: None, low: None, high: None };

    /// The logarithm of the load line with its standard error; `None` where nothing was carried.
    pub(super) fn log(&self) -> Option<(f64, f64)> {
        let value = self.value.filter(|value| value.is_finite() && *value > 0.0)?;
        let error = match (self.low, self.high) {
            (Some(low), Some(high)) if low > 0.0 && high.is_finite() && low <= value && value <= high => {
                (high / low).ln() / (2.0 * NORMAL_95)
            }
            _ => UNKNOWN_ERROR,
        };
        Some((value.ln(), error.clamp(LEAST_ERROR, MOST_ERROR)))
    }

    /// One measurement of several, each weighed by its variance; a single one stays as it is.
    pub(super) fn pooled(of: &[Self]) -> Self {
        if let [one] = of {
            return *one;
        }
        let logs: Vec<(f64, f64)> = of.iter().filter_map(Self::log).collect();
        let weights: f64 = logs.iter().map(|(_, error)| error.powi(-2)).sum();
        if logs.is_empty() {
            return Self::NOTHING;
        }
        let mean = logs.iter().map(|(y, error)| y * error.powi(-2)).sum::<f64>() / weights;
        // Where runs differ by more than their intervals say, that is in the interval too (Birge's ratio).
        let chi2: f64 = logs.iter().map(|(y, error)| ((y - mean) / error).powi(2)).sum();
        let excess = (chi2 / (logs.len() as f64 - 1.0).max(1.0)).max(1.0).sqrt();
        let half = NORMAL_95 * excess / weights.sqrt();
        let open = of.iter().any(|one| one.value.is_some() && one.high.is_none());
        let high = if open { None } else { Some((mean + half).exp()) };
        Self { value: Some(mean.exp()), low: Some((mean - half).exp()), high }
    }

    /// Whether no difference was found: the intervals overlap.
    pub fn ties_with(&self, other: &Self) -> bool {
        let ends = |one: &Self| one.value.map(|value| (one.low.unwrap_or(value), one.high.unwrap_or(f64::INFINITY)));
        match (ends(self), ends(other)) {
            (Some((low, high)), Some((other_low, other_high))) => low <= other_high && other_low <= high,
            _ => false,
        }
    }

    pub(super) fn seen(&self, setting: &[usize]) -> Option<Seen> {
        self.log().map(|(y, error)| Seen { setting: setting.to_vec(), y, variance: error * error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(value: f64, low: f64, high: f64) -> Measured {
        Measured { value: Some(value), low: Some(low), high: Some(high) }
    }

    #[test]
    fn an_interval_is_an_error() {
        let (y, error) = line(100.0, 90.0, 110.0).log().unwrap();
        assert!((y - 100f64.ln()).abs() < 1e-12 && (error - (110.0f64 / 90.0).ln() / 3.92).abs() < 1e-12);
        for (measured, error) in [
            (line(4.0, 4.0, 4.0), LEAST_ERROR),
            (line(100.0, 1.0, 1000.0), MOST_ERROR),
            (Measured { value: Some(100.0), low: Some(100.0), high: None }, UNKNOWN_ERROR),
            (line(100.0, 120.0, 140.0), UNKNOWN_ERROR),
        ] {
            assert_eq!(measured.log().unwrap().1, error, "{measured:?}");
        }
        for nothing in [Measured::NOTHING, line(0.0, 0.0, 1.0), line(f64::NAN, 0.0, 1.0)] {
            assert_eq!(nothing.log(), None);
        }
    }

    #[test]
    fn two_runs_are_better_than_one_unless_they_differ() {
        let one = line(100.0, 90.0, 111.0);
        assert_eq!(Measured::pooled(&[one]), one);
        let both = Measured::pooled(&[one, one]);
        assert!((both.value.unwrap() - 100.0).abs() < 1e-9);
        assert!((both.low.unwrap() - 92.85).abs() < 0.1 && (both.high.unwrap() - 107.7).abs() < 0.1, "{both:?}");
        let apart = Measured::pooled(&[one, line(150.0, 135.0, 166.0)]);
        assert!(apart.low.unwrap() < 100.0 && apart.high.unwrap() > 150.0, "{apart:?}");
        assert_eq!(Measured::pooled(&[Measured::NOTHING, Measured::NOTHING]), Measured::NOTHING);
        assert_eq!(Measured::pooled(&[one, Measured { high: None, ..one }]).high, None);
    }

    #[test]
    fn no_difference_where_intervals_overlap() {
        assert!(line(30.0, 28.0, 32.0).ties_with(&line(33.0, 31.0, 35.0)));
        assert!(!line(30.0, 28.0, 32.0).ties_with(&line(36.0, 34.0, 38.0)));
        assert!(line(36.0, 34.0, 38.0).ties_with(&Measured { value: Some(30.0), low: Some(30.0), high: None }));
        assert!(!Measured::NOTHING.ties_with(&line(30.0, 28.0, 32.0)));
    }
}
