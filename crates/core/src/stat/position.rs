//! Where a quantile of the response time stands against its limit, on a logarithmic scale.

use super::Latencies;
use std::time::Duration;

/// Positions are clipped here: ten times over or under the limit says no more than "far".
pub const FARTHEST: f64 = 2.3;
/// Half width, in standard deviations of a binomial count, of the interval whose ends are read off: wide enough to span several order
/// statistics, narrow enough to stay inside the sample.
const HALF_WIDTH: f64 = 1.3;
/// Smallest standard error: the histogram's own resolution.
const LEAST_ERROR: f64 = 0.001;

/// A quantile q against its limit T.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// ln(q/T), clipped to +-[`FARTHEST`]; above 0 the limit is broken. A quantile among the failed requests is +[`FARTHEST`].
    pub y: f64,
    /// Standard error of ln q.
    pub se: f64,
}

/// The position of quantile `level` (above 0, below 1) against `limit`, where `failed` further requests count as infinitely slow.
///
/// The standard error comes from the order statistics at level +- 1.3 sqrt(level (1 - level) / n_eff), a binomial interval for the rank of the
/// quantile (David and Nagaraja, Order Statistics, 7.1), so it needs no density. Where the upper one lies beyond the sample, the lower half
/// is taken for both; where it lies among the failed requests it counts as [`FARTHEST`] (or the quantile itself, if that is more). `None`
/// when nothing ended, `n_eff` is not positive or the limit is zero.
pub fn position(latencies: &Latencies, failed: u64, level: f64, limit: Duration, n_eff: f64) -> Option<Position> {
    if latencies.count() + failed == 0 || n_eff.is_nan() || n_eff <= 0.0 || limit.is_zero() {
        return None;
    }
    let at = |level: f64| -> f64 {
        let quantile = latencies.quantile(level.clamp(0.0, 1.0), failed);
        // A latency below the clock's resolution is recorded as 0; one nanosecond keeps its logarithm finite.
        quantile.map_or(f64::INFINITY, |quantile| (quantile.as_secs_f64().max(1e-9) / limit.as_secs_f64()).ln())
    };
    let half = HALF_WIDTH * (level * (1.0 - level) / n_eff).sqrt();
    let (lower, middle) = (at(level - half), at(level));
    if middle == f64::INFINITY {
        return Some(Position { y: FARTHEST, se: error_of(FARTHEST - lower.min(FARTHEST)) });
    }
    let upper = if level + half < 1.0 { at(level + half) } else { f64::NAN };
    let upper_half = if upper.is_nan() { middle - lower } else { upper.min(middle.max(FARTHEST)) - middle };
    Some(Position { y: middle.clamp(-FARTHEST, FARTHEST), se: error_of(0.5 * (middle - lower + upper_half)) })
}

fn error_of(half_interval: f64) -> f64 {
    (half_interval / HALF_WIDTH).max(LEAST_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stat::Resolution;
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    const SECOND: Duration = Duration::from_secs(1);

    fn exponential(n: usize, random: &mut StdRng, mean_s: f64) -> Latencies {
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        for _ in 0..n {
            latencies.record(Duration::from_secs_f64(-mean_s * (1.0 - random.random::<f64>()).ln()));
        }
        latencies
    }

    #[test]
    fn evenly_spread_latencies_by_hand() {
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        for ms in 1..=1000 {
            latencies.record(Duration::from_millis(ms));
        }
        let got = position(&latencies, 0, 0.5, Duration::from_millis(400), 1000.0).unwrap();
        assert!((got.y - (500.0f64 / 400.0).ln()).abs() < 0.002, "{got:?}");
        // Levels 0.5 +- 1.3 x 0.0158 = 0.479, 0.521.
        assert!((got.se - (520.6f64 / 479.4).ln() / 2.6).abs() < 0.002, "{got:?}");
    }

    #[test]
    fn failed_requests_are_infinitely_slow() {
        let latencies = exponential(1000, &mut StdRng::seed_from_u64(5), 0.1);
        let none_failed = position(&latencies, 0, 0.99, SECOND, 1000.0).unwrap();
        assert!(none_failed.y < 0.0);
        let broken = position(&latencies, 100, 0.99, SECOND, 1000.0).unwrap();
        assert_eq!(broken.y, FARTHEST);
        // 1% failed: the quantile itself is the longest answer, the upper end of the interval is not finite.
        let edge = position(&latencies, 9, 0.99, SECOND, 1000.0).unwrap();
        assert!(edge.y < 0.2 && edge.se > 5.0 * none_failed.se, "{edge:?} {none_failed:?}");
    }

    #[test]
    fn only_failed_requests_are_a_jump_and_nothing_is_nothing() {
        let empty = Latencies::with_resolution(Resolution::Fine);
        assert_eq!(position(&empty, 50, 0.99, SECOND, 50.0).unwrap().y, FARTHEST);
        assert_eq!(position(&empty, 0, 0.99, SECOND, 50.0), None);
        assert_eq!(position(&empty, 50, 0.99, SECOND, 0.0), None);
    }

    #[test]
    fn far_from_the_limit_is_clipped() {
        let latencies = exponential(1000, &mut StdRng::seed_from_u64(6), 0.1);
        assert_eq!(position(&latencies, 0, 0.5, Duration::from_micros(1), 1000.0).unwrap().y, FARTHEST);
        assert_eq!(position(&latencies, 0, 0.5, Duration::from_secs(1000), 1000.0).unwrap().y, -FARTHEST);
    }

    #[test]
    fn the_standard_error_holds_for_known_distributions() {
        let mut random = StdRng::seed_from_u64(7);
        // For exponential latencies ln q has the standard error sqrt(q/(1-q)/n) / ln(1/(1-q)); small samples, where the ends of the interval are the last few requests, are within a half.
        for (n, level, tolerance) in [(3000, 0.99, 0.1), (1000, 0.95, 0.1), (400, 0.5, 0.1), (60, 0.95, 0.5), (40, 0.99, 0.5)] {
            let runs = 400;
            let (mut squares, mut sum, mut claimed) = (0.0, 0.0, 0.0);
            for _ in 0..runs {
                let got = position(&exponential(n, &mut random, 1.0), 0, level, SECOND, n as f64).unwrap();
                sum += got.y;
                squares += got.y * got.y;
                claimed += got.se;
            }
            let mean = sum / f64::from(runs);
            let truth = (squares / f64::from(runs) - mean * mean).sqrt();
            let ratio = claimed / f64::from(runs) / truth;
            assert!((1.0 - tolerance..1.0 + tolerance).contains(&ratio), "n {n} level {level}: claimed over true {ratio}");
        }
    }

    proptest! {
        #[test]
        fn rises_with_the_level_and_with_failures(seed in 0u64..1000, a in 0.01..0.99f64, b in 0.01..0.99f64, failed in 0u64..50) {
            let latencies = exponential(200, &mut StdRng::seed_from_u64(seed), 0.1);
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            let y = |level, failed| position(&latencies, failed, level, SECOND / 10, 200.0).unwrap().y;
            prop_assert!(y(low, failed) <= y(high, failed));
            prop_assert!(y(low, 0) <= y(low, failed));
        }
    }
}
