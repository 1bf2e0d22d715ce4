//! Steps at neighbouring loads taken as one long sample: where would its quantile meet the limit?
//!
//! Near the line latency follows the load by a power `s`, so latencies divided by `load^s` are one sample. A quantile of short steps one by
//! one is biased wherever few requests or rare pauses decide it; of the merged sample it is not, and pauses weigh as often as they happen.

use super::observation::Observation;
use crate::stat::{BatchCount, design_effect, effective_count};
use statrs::distribution::{ContinuousCDF as _, Normal};

/// What one step contributes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// Good answers: ln of the response time in seconds, and how many.
    pub latencies: Vec<(f64, f64)>,
    /// The same for each batch (coarser), with the batch's failed requests.
    pub batches: Vec<(Vec<(f64, f64)>, f64)>,
    /// Failed requests, and those still in flight beyond the limit.
    pub failed: f64,
}

impl Sample {
    /// ln of a quantile in seconds, failed requests being infinitely slow, and its standard error; `None` where either lies among the failed.
    pub fn ln_quantile(&self, level: f64) -> Option<(f64, f64)> {
        let total = total(&self.latencies, self.failed);
        let half = HALF_WIDTH * (level * (1.0 - level) / total).sqrt();
        let at = |level: f64| ln_at(&self.latencies, total, level);
        Some((at(level)?, (at(level + half)? - at(level - half)?) / (2.0 * HALF_WIDTH)))
    }
}

fn total(latencies: &[(f64, f64)], failed: f64) -> f64 {
    latencies.iter().map(|&(_, n)| n).sum::<f64>() + failed
}

/// The quantile of ascending latencies, out of so many requests; `None` where it lies beyond them.
fn ln_at(latencies: &[(f64, f64)], total: f64, level: f64) -> Option<f64> {
    let rank = level.clamp(0.0, 1.0) * total;
    let mut passed = 0.0;
    latencies.iter().find_map(|&(ln, n)| {
        passed += n;
        (passed >= rank).then_some(ln)
    })
}

/// With fewer slow requests than this (effective ones) the quantile is no order statistic worth the name.
pub(crate) const FEW_SLOW: f64 = 3.0;
/// Half width, in standard deviations of the rank, of the interval that shows the error (as for a single step's position).
const HALF_WIDTH: f64 = 1.3;

/// The crossing of a merged sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root {
    /// ln of the load.
    pub ln_load: f64,
    /// Its standard error.
    pub se: f64,
    /// Whether hardly any slow request was there to see.
    pub extrapolated: bool,
}

/// The merged crossing for one quantile and limit, given the slope.
pub(crate) fn root(near: &[&Observation], slope: f64, quantile: f64, ln_limit: f64) -> Option<Root> {
    let mut all: Vec<(f64, f64)> = Vec::new();
    let mut failed = 0.0;
    for one in near {
        let shift = slope * one.load.ln();
        all.extend(one.sample.latencies.iter().map(|&(ln, n)| (ln - shift, n)));
        failed += one.sample.failed;
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total = total(&all, failed);
    let at = |level: f64| ln_at(&all, total, level);
    let middle = at(quantile)?;
    // How strongly the slow requests come together, over all batches of all steps.
    let counts: Vec<BatchCount> = near
        .iter()
        .flat_map(|one| {
            let threshold = middle + slope * one.load.ln();
            one.sample.batches.iter().map(move |(latencies, failed)| {
                let slow: f64 = latencies.iter().filter(|&&(ln, _)| ln > threshold).map(|&(_, n)| n).sum();
                BatchCount { n: latencies.iter().map(|&(_, n)| n).sum::<f64>() + failed, bad: slow + failed }
            })
        })
        .collect();
    let n_eff = effective_count(total, design_effect(&counts));
    let half = HALF_WIDTH * (quantile * (1.0 - quantile) / n_eff).sqrt();
    let lower = at(quantile - half)?;
    // Where the upper end lies beyond the sample, the lower half stands for both.
    let upper_half =
        if quantile + half < 1.0 { at(quantile + half).map_or(middle - lower, |upper| upper - middle) } else { middle - lower };
    let by_order = 0.5 * ((middle - lower) + upper_half) / HALF_WIDTH;
    // With few slow requests their order statistics say little: an exponential tail through the last decade gives the error that the
    // expected number of them allows.
    let decade = (1.0 - 10.0 * (1.0 - quantile)).max(0.5);
    let tail = (middle - at(decade)?) / ((1.0 - decade) / (1.0 - quantile)).ln();
    let direct = (middle, by_order.max(tail / (n_eff * (1.0 - quantile)).sqrt()));
    let is_extrapolated = n_eff * (1.0 - quantile) < FEW_SLOW;
    let (level, se) = if is_extrapolated { extrapolated(at, quantile, n_eff).unwrap_or(direct) } else { direct };
    Some(Root { ln_load: (ln_limit - level) / slope, se: se / slope, extrapolated: is_extrapolated })
}

/// A high quantile from the median and the ninth decile, for samples that hold hardly any request beyond it: `ln q` and its error.
///
/// Between the median and the ninth decile lies one step of the tail; to the quantile asked for it is `z_q / z_0.9` such steps under a normal
/// law and `ln(2 (1 - q)) / ln(0.2)` under an exponential one. Few requests come from slow services, whose own tail shows: at
/// the line of 4 exponential workers p99 lies 2.4 such steps above the median, where an exponential law says 2.43 and a normal one 1.8. A
/// quarter of the difference counts as the error.
fn extrapolated(at: impl Fn(f64) -> Option<f64>, quantile: f64, n_eff: f64) -> Option<(f64, f64)> {
    let half = (0.09 / n_eff).sqrt().min(0.09);
    let (median, decile) = (at(0.5)?.exp(), at(0.9)?.exp());
    let decile_se = (at(0.9 + half)?.exp() - at(0.9 - half)?.exp()) / 2.0;
    let normal = Normal::standard();
    let steps_normal = normal.inverse_cdf(quantile) / normal.inverse_cdf(0.9);
    let steps_exponential = (2.0 * (1.0 - quantile)).ln() / 0.2f64.ln();
    let value = median + (decile - median) * steps_exponential;
    let law_se = (decile - median) * (steps_exponential - steps_normal) / 4.0;
    Some((value.ln(), (decile_se * steps_exponential).hypot(law_se) / value))
}
