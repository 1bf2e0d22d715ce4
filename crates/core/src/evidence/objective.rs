//! Evidence of one step against an objective: the share of bad requests, and how far above or below the allowed share it lies.

use crate::{
    criterion::Criterion,
    stat::{BatchCount, Position, design_effect, effective_count, exact_evidence, position},
    step::StepResult,
};
use std::time::Duration;

/// With fewer bad requests than this, their clustering is not seen.
const FEW_BAD: f64 = 5.0;
/// The share of the fastest requests beyond which the rest stand in for the bad ones then.
const MILDER: f64 = 0.85;

/// Evidence of one step against one objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Effective requests: as many independent ones would tell as much.
    pub n_eff: f64,
    /// The share of bad ones.
    pub share: f64,
    /// The normal score of the share of bad requests against the objective's: above 0 speaks for "broken", below for "held".
    pub z: f64,
}

/// The latency limits of these objectives, in order: what a plan's `limits` must be for [`evidence_of_each`].
pub fn limits_of(criteria: &[Criterion]) -> Vec<Duration> {
    criteria
        .iter()
        .filter_map(|criterion| match criterion {
            Criterion::Latency { limit, .. } => Some(*limit),
            Criterion::Errors { .. } => None,
        })
        .collect()
}

/// The evidence of a step against each objective, in order. The plan's limits must be those of [`limits_of`].
pub fn evidence_of_each(step: &StepResult, criteria: &[Criterion]) -> Vec<Evidence> {
    let mut limits = 0..;
    criteria
        .iter()
        .map(|criterion| match *criterion {
            Criterion::Errors { share } => of_errors(step, share),
            Criterion::Latency { quantile, limit } => of_latency(step, limits.next().unwrap_or(0), quantile, limit),
        })
        .collect()
}

/// Where the objective's quantile stands against its limit, given the evidence of the step against it; `None` for an error objective or without
/// requests.
pub fn position_of(step: &StepResult, criterion: &Criterion, evidence: &Evidence) -> Option<Position> {
    match *criterion {
        Criterion::Errors { .. } => None,
        Criterion::Latency { quantile, limit } => position(&step.response, step.failed().total(), quantile, limit, evidence.n_eff),
    }
}

/// Evidence that at least `1 - quantile` of the requests are slower than `limit`, requests still in flight beyond it included.
fn of_latency(step: &StepResult, index: usize, quantile: f64, limit: Duration) -> Evidence {
    let counts: Vec<BatchCount> = step
        .batches
        .iter()
        .map(|batch| BatchCount {
            n: batch.ended() as f64,
            bad: (batch.failed.total() + batch.late.get(index).copied().unwrap_or(0)) as f64,
        })
        .collect();
    // A request that is already older than the limit has lost, whenever it ends.
    let overdue = step.pending.count_above(limit) as f64;
    let n = counts.iter().map(|count| count.n).sum::<f64>() + overdue;
    let bad = counts.iter().map(|count| count.bad).sum::<f64>() + overdue;
    let mut deff = design_effect(&counts);
    if bad < FEW_BAD {
        // Too few bad requests show no clustering: borrow that of the slowest 15%.
        if let Some(own) = step.response.quantile(MILDER, 0) {
            let slow: Vec<BatchCount> =
                step.batches.iter().map(|batch| BatchCount { n: batch.good as f64, bad: batch.response.count_above(own) as f64 }).collect();
            deff = deff.max(design_effect(&slow));
        }
    }
    evidence(n, bad, deff, 1.0 - quantile)
}

/// Evidence that at least `share` of the requests fail.
fn of_errors(step: &StepResult, share: f64) -> Evidence {
    let counts: Vec<BatchCount> =
        step.batches.iter().map(|batch| BatchCount { n: batch.ended() as f64, bad: batch.failed.total() as f64 }).collect();
    let n = counts.iter().map(|count| count.n).sum::<f64>();
    let bad = counts.iter().map(|count| count.bad).sum::<f64>();
    evidence(n, bad, design_effect(&counts), share)
}

fn evidence(n: f64, bad: f64, deff: f64, p0: f64) -> Evidence {
    if n <= 0.0 {
        return Evidence { n_eff: 0.0, share: 0.0, z: 0.0 };
    }
    let n_eff = effective_count(n, deff);
    Evidence { n_eff, share: bad / n, z: exact_evidence(bad / n, p0, n_eff) }
}
