//! How much a run of dependent requests really tells: standard errors from batches of equal length.
//!
//! Requests close in time share a queue, so they are no independent draws. Batch means take the scatter between batches for what it is, and
//! correct it for neighbouring batches that still resemble each other: x (1 + rho) / (1 - rho), the limit of an AR(1) series
//! (docs/METHOD.md, "One probe").

/// Largest lag-1 correlation that is believed: 0.8 makes the variance nine times as large; 20 batches can't tell 0.8 from a drift.
const LARGEST_CORRELATION: f64 = 0.8;
/// What n_eff never falls below, where there are as many requests: below it z says nothing at all.
const FEWEST_EFFECTIVE: f64 = 10.0;
/// Variance of how many requests a window holds when they come at perfectly even distance but the window starts anywhere.
const EDGE_VARIANCE: f64 = 1.0 / 6.0;

/// One batch of a step: how many requests ended, and how many of them badly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchCount {
    /// Requests that ended, 0 or more.
    pub n: f64,
    /// Those among them that count as bad: failed, or later than the limit; from 0 to `n`.
    pub bad: f64,
}

/// One batch of a step: how many requests ended well, and what their response times add up to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchSum {
    /// Requests, 0 or more.
    pub n: f64,
    /// The sum of what was measured on them, in any unit.
    pub sum: f64,
}

/// How many times larger the variance of the bad share is than that of as many independent requests; at least 1.
///
/// The ratio estimator's variance over p(1-p)/n, times the correction for correlated neighbours. It is held at 1 or above: a system so
/// regular that its bad requests are spread more evenly than chance exists, but 20 batches estimate the effect only to about a third, and a
/// value below 1 would sell that luck as evidence. With fewer than two non-empty batches, or where all or none of the requests were bad,
/// nothing is known of the dependence and the answer is 1: ask then for the effect at a milder limit, such as the own 85th percentile.
pub fn design_effect(batches: &[BatchCount]) -> f64 {
    let Some(ratio) = Ratio::of(batches.iter().map(|batch| (batch.n, batch.bad))) else { return 1.0 };
    let independent = ratio.value * (1.0 - ratio.value) / ratio.n;
    if independent > 0.0 { (ratio.variance / independent).max(1.0) } else { 1.0 }
}

/// As how many independent requests `n` dependent ones count: n / effect, at least 10 (or `n`, if that is less), at most `n`.
pub fn effective_count(n: f64, design_effect: f64) -> f64 {
    (n / design_effect).max(FEWEST_EFFECTIVE).min(n)
}

/// Standard error of a rate (in 1/s), from the counts of consecutive batches of `batch_s` seconds each.
///
/// At least that of a perfectly even stream cut at an arbitrary moment (0.41 requests over the whole time). From a single batch the scatter
/// is not known, and that of independent arrivals (Poisson) stands in. Infinite without a batch or without time.
pub fn rate_standard_error(counts: &[f64], batch_s: f64) -> f64 {
    let batches = counts.len() as f64;
    let total_s = batches * batch_s;
    if total_s.is_nan() || total_s <= 0.0 {
        return f64::INFINITY;
    }
    let total: f64 = counts.iter().sum();
    let variance_of_total = if counts.len() < 2 {
        total.max(1.0)
    } else {
        let mean = total / batches;
        let residuals: Vec<f64> = counts.iter().map(|count| count - mean).collect();
        scatter(&residuals, batches)
    };
    variance_of_total.max(EDGE_VARIANCE).sqrt() / total_s
}

/// Standard error of a mean over requests (of the response time, say), in the unit of the sums.
///
/// `None` with fewer than two non-empty batches: the scatter is then not known.
pub fn mean_standard_error(batches: &[BatchSum]) -> Option<f64> {
    Ratio::of(batches.iter().map(|batch| (batch.n, batch.sum))).map(|ratio| ratio.variance.sqrt())
}

/// A ratio of two sums over batches, with its variance.
struct Ratio {
    n: f64,
    value: f64,
    variance: f64,
}

impl Ratio {
    /// Cochran's ratio estimator over clusters (Sampling Techniques, 6.3), with the correction for correlated neighbours. `None` with fewer than
    /// two non-empty batches. Empty ones stay in the series, where a residual of 0 is what they say.
    fn of(batches: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let batches: Vec<(f64, f64)> = batches.collect();
        let occupied = batches.iter().filter(|(n, _)| *n > 0.0).count();
        if occupied < 2 {
            return None;
        }
        let n: f64 = batches.iter().map(|(n, _)| n).sum();
        let value = batches.iter().map(|(_, total)| total).sum::<f64>() / n;
        let residuals: Vec<f64> = batches.iter().map(|(n, total)| total - value * n).collect();
        Some(Self { n, value, variance: scatter(&residuals, occupied as f64) / (n * n) })
    }
}

/// Variance of the sum that these residuals of `batches` batches belong to.
fn scatter(residuals: &[f64], batches: f64) -> f64 {
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    if squares <= 0.0 {
        return 0.0;
    }
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let correlation = (products / squares).clamp(0.0, LARGEST_CORRELATION);
    squares * batches / (batches - 1.0) * (1.0 + correlation) / (1.0 - correlation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

    fn counts(bad: &[f64]) -> Vec<BatchCount> {
        bad.iter().map(|&bad| BatchCount { n: 100.0, bad }).collect()
    }

    #[test]
    fn by_hand() {
        // p = 0.02, residuals -2, 2, -2, 2, lag-1 correlation negative, so 0: Var = 4/3 x 16 / 400^2, over 0.02 x 0.98 / 400.
        let effect = design_effect(&counts(&[0.0, 4.0, 0.0, 4.0]));
        assert!((effect - 4.0 / 3.0 * 16.0 / 400.0 / (0.02 * 0.98)).abs() < 1e-12, "{effect}");
        // Residuals -2, -2, 2, 2: correlation (4 - 4 + 4) / 16 = 0.25, so 5/3 as much.
        let clumped = design_effect(&counts(&[0.0, 0.0, 4.0, 4.0]));
        assert!((clumped / effect - 1.25 / 0.75).abs() < 1e-12, "{clumped}");
    }

    #[test]
    fn one_pause_in_twenty_batches_is_one_observation() {
        let mut bad = [0.0; 20];
        bad[7] = 40.0;
        let effect = design_effect(&counts(&bad));
        // 2000 requests with a share of 2%, all in one batch: about 40 times the variance of independent ones.
        assert!((38.0..42.0).contains(&effect), "{effect}");
        assert!((effective_count(2000.0, effect) - 2000.0 / effect).abs() < 1e-9);
    }

    #[test]
    fn correlation_is_capped() {
        let bad: Vec<f64> = (0..200).map(|batch| if batch < 100 { 0.0 } else { 10.0 }).collect();
        let squares = 200.0 * 25.0;
        let want = squares * 200.0 / 199.0 * 9.0 / 20_000.0 / (0.05 * 0.95);
        assert!((design_effect(&counts(&bad)) - want).abs() < 1e-9);
    }

    #[test]
    fn few_and_empty_batches() {
        assert_eq!(design_effect(&[]), 1.0);
        assert_eq!(design_effect(&counts(&[3.0])), 1.0);
        assert_eq!(design_effect(&counts(&[0.0; 20])), 1.0);
        assert_eq!(design_effect(&counts(&[100.0; 20])), 1.0);
        assert_eq!(design_effect(&counts(&[1.0; 20])), 1.0, "more even than chance counts as chance");
        let mut with_gaps = counts(&[0.0, 4.0, 0.0, 4.0]);
        let effect = design_effect(&with_gaps);
        with_gaps.push(BatchCount { n: 0.0, bad: 0.0 });
        assert_eq!(design_effect(&with_gaps), effect);
    }

    #[test]
    fn effective_counts_stay_between_ten_and_n() {
        assert_eq!(effective_count(1000.0, 4.0), 250.0);
        assert_eq!(effective_count(1000.0, 500.0), 10.0);
        assert_eq!(effective_count(4.0, 2.0), 4.0);
        assert_eq!(effective_count(0.0, 2.0), 0.0);
    }

    #[test]
    fn rate_error_of_an_even_stream_is_its_cut_ends() {
        let se = rate_standard_error(&[5.0; 20], 0.05);
        assert!((se - (1.0f64 / 6.0).sqrt()).abs() < 1e-12, "{se}");
        assert_eq!(rate_standard_error(&[], 0.1), f64::INFINITY);
        assert_eq!(rate_standard_error(&[16.0], 2.0), 2.0);
    }

    #[test]
    fn standard_errors_hold_what_they_promise() {
        // An AR(1) series with correlation 0.5: the claimed error against the one seen over many runs.
        let mut random = StdRng::seed_from_u64(1);
        let (mut squares, mut claimed) = (0.0, 0.0);
        let runs = 2000;
        for _ in 0..runs {
            let mut level = 0.0;
            for _ in 0..20 {
                level = 0.5 * level + random.random_range(-10.0..10.0);
            }
            let series: Vec<f64> = (0..200)
                .map(|_| {
                    level = 0.5 * level + random.random_range(-10.0..10.0);
                    100.0 + level
                })
                .collect();
            let rate = series.iter().sum::<f64>() / (200.0 * 0.1);
            squares += (rate - 1000.0f64).powi(2);
            claimed += rate_standard_error(&series, 0.1).powi(2);
        }
        let ratio = (claimed / squares).sqrt();
        assert!((0.93..1.07).contains(&ratio), "claimed over true: {ratio}");
    }

    #[test]
    fn mean_error_by_hand() {
        let batches = [(10.0, 20.0), (30.0, 60.0), (10.0, 30.0), (30.0, 50.0)].map(|(n, sum)| BatchSum { n, sum });
        // Mean 2; residuals 0, 0, 10, -10; correlation below 0.
        let se = mean_standard_error(&batches).unwrap();
        assert!((se - (200.0f64 * 4.0 / 3.0).sqrt() / 80.0).abs() < 1e-12, "{se}");
        assert_eq!(mean_standard_error(&batches[..1]), None);
    }
}
