//! A target that stands still for moments (a garbage collector, a checkpoint): how slow its slowest requests are is then decided by how many
//! of these moments fell into the time measured.

use super::{facts::Facts, line::median, observation::Observation};
use std::time::Duration;

/// Batches with fewer answers than this tell nothing by being empty.
const FEW_ANSWERS: f64 = 25.0;
/// So many standard deviations fewer answers than usual in a batch are no chance: with a few hundred batches, one run in ten thousand.
const STILL_Z: f64 = 5.0;
/// Standard deviations in a median absolute deviation, for a normal law.
const MAD_TO_SD: f64 = 1.4826;

/// A batch in which the target stood still.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Still {
    /// Answers in it, and in a usual one.
    pub answers: f64,
    pub usual: f64,
    pub batch: Duration,
}

/// The stillest batch of all steps near a load, if it is beyond chance.
pub(crate) fn stood_still(facts: &Facts, low: f64, high: f64) -> Option<Still> {
    let near = facts.observations.iter().filter(|one| one.is_on_curve() && !one.is_jump() && one.load >= low && one.load <= high);
    near.filter_map(stillest).max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(z, _)| *z >= STILL_Z).map(|(_, still)| still)
}

/// The batch with the fewest answers, and by how many standard deviations they are fewer than usual.
fn stillest(one: &Observation) -> Option<(f64, Still)> {
    let counts: Vec<f64> = one.sample.batches.iter().map(|(latencies, _)| latencies.iter().map(|&(_, n)| n).sum()).collect();
    let usual = median(counts.clone());
    let answers = counts.iter().copied().reduce(f64::min)?;
    let spread = MAD_TO_SD * median(counts.iter().map(|count| (count - usual).abs()).collect());
    let z = (usual - answers) / spread.max(usual.sqrt());
    (usual >= FEW_ANSWERS).then(|| (z, Still { answers, usual, batch: Duration::from_secs_f64(one.measured_s / counts.len() as f64) }))
}
