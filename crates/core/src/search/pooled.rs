//! All observations of one load taken together, and the bracket between loads that pass and loads that fail.

use super::observation::Observation;
use crate::{evidence::Evidence, step::Purpose};

/// Evidence of one load.
#[derive(Clone, Debug)]
pub(crate) struct PooledLoad {
    pub load: f64,
    /// The evidence of the objective that is broken most.
    pub z: f64,
    /// The index of that objective.
    pub worst: usize,
    /// The evidence of each objective.
    pub each: Vec<f64>,
    /// Whether a step at this load was past the gradual part of the curve: errors, or a latency far over the limit.
    pub jump: bool,
}

/// Positions (`ln(q/T)`) from here on are no part of the gradual curve (docs/METHOD.md).
pub(crate) const JUMP_Y: f64 = 1.5;
/// Share of errors from which a step is a jump.
pub(crate) const JUMP_ERRORS: f64 = 0.05;

impl PooledLoad {
    /// How surely it passes, where `index` is the objective that the target falls off a cliff of: by that one's evidence, as long as nothing
    /// speaks against the others. Few slow requests show no limit far above them beyond chance, however many there are.
    pub fn pass_at_cliff(&self, index: usize) -> f64 {
        if self.z > 0.0 { -self.z } else { -self.each[index] }
    }
}

impl Observation {
    /// Whether the step belongs to the curve of load against behaviour: gates and recoveries are transients, overshoots only show the ladder.
    pub fn is_on_curve(&self) -> bool {
        self.on_axis
            && self.health.faults.is_empty()
            && (self.ended > 0 || self.is_dead)
            && matches!(self.purpose, Purpose::Ramp | Purpose::Refine | Purpose::Hold | Purpose::Recheck)
    }

    pub fn is_jump(&self) -> bool {
        self.is_dead || self.error_share() > JUMP_ERRORS || self.worst_position().is_some_and(|position| position.y >= JUMP_Y)
    }
}

/// The curve's observations pooled by load, in ascending order.
pub(crate) fn pool<'a>(observations: impl Iterator<Item = &'a Observation>) -> Vec<PooledLoad> {
    let mut curve: Vec<&Observation> = observations.filter(|observation| observation.is_on_curve()).collect();
    curve.sort_by(|a, b| a.load.total_cmp(&b.load));
    curve.chunk_by(|a, b| (a.load - b.load).abs() <= 1e-9 * a.load).map(pool_one).collect()
}

fn pool_one(same: &[&Observation]) -> PooledLoad {
    let criteria = same[0].evidence.len();
    let each: Vec<f64> = (0..criteria).map(|index| pooled_z(same.iter().map(|observation| observation.evidence[index]))).collect();
    let (worst, z) = each.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
    PooledLoad { load: same[0].load, z, worst, each, jump: same.iter().any(|observation| observation.is_jump()) }
}

/// The z of all steps as if they were one: each z weighs by the root of its effective requests.
fn pooled_z(evidence: impl Iterator<Item = Evidence>) -> f64 {
    let (sum, n) = evidence.fold((0.0, 0.0), |(sum, n), one| (sum + one.z * one.n_eff.sqrt(), n + one.n_eff));
    if n > 0.0 { sum / f64::sqrt(n) } else { 0.0 }
}

/// The last load that passes and the first that fails: the split that most evidence agrees with.
#[derive(Clone, Debug)]
pub(crate) struct Bracket {
    pub pass: Option<PooledLoad>,
    pub fail: Option<PooledLoad>,
}

/// A jump this close above the first load that fails makes that load the edge of a cliff.
const EDGE: f64 = 1.06;

impl Bracket {
    /// Whether the target falls off a cliff just above the last load that passes, rather than becoming slower by degrees.
    pub fn is_cliff(&self, loads: &[PooledLoad]) -> bool {
        self.fail.as_ref().is_some_and(|fail| loads.iter().any(|one| one.jump && one.load >= fail.load && one.load <= EDGE * fail.load))
    }
}

/// One load alone can't outvote the others by more than this.
const CLIP: f64 = 4.0;

pub(crate) fn bracket(loads: &[PooledLoad]) -> Bracket {
    let clipped: Vec<f64> = loads.iter().map(|load| load.z.clamp(-CLIP, CLIP)).collect();
    let mut score: f64 = clipped.iter().sum();
    let mut best = (score, 0);
    for (index, z) in clipped.iter().enumerate() {
        score -= 2.0 * z;
        // A tie goes to the higher split: no evidence against a load is no failure.
        if score >= best.0 {
            best = (score, index + 1);
        }
    }
    Bracket { pass: best.1.checked_sub(1).map(|index| loads[index].clone()), fail: loads.get(best.1).cloned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loads(zs: &[(f64, f64)]) -> Vec<PooledLoad> {
        zs.iter().map(|&(load, z)| PooledLoad { load, z, worst: 0, each: vec![z], jump: false }).collect()
    }

    #[test]
    fn the_bracket_follows_the_weight_of_evidence() {
        let found = bracket(&loads(&[(1.0, -1.0), (2.0, 1.0), (4.0, -6.0), (8.0, 5.0), (16.0, 9.0)]));
        assert_eq!(found.pass.unwrap().load, 4.0, "one stray failure below does not move it");
        assert_eq!(found.fail.unwrap().load, 8.0);
    }

    #[test]
    fn all_passed_and_all_failed() {
        let passed = bracket(&loads(&[(1.0, -1.0), (2.0, -2.0)]));
        assert!(passed.fail.is_none() && passed.pass.unwrap().load == 2.0);
        let failed = bracket(&loads(&[(1.0, 3.0), (2.0, 5.0)]));
        assert!(failed.pass.is_none() && failed.fail.unwrap().load == 1.0);
    }
}
