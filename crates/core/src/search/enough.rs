//! When a step may end before its time.

use super::{facts::Facts, line};
use crate::{
    evidence::{Evidence, evidence_of_each},
    step::StepResult,
};

/// On the way up, and at a cliff, a step may end once the evidence is this strong, from this many requests and seconds on.
const DECIDED_Z: f64 = 3.0;
const DECIDED_REQUESTS: u64 = 60;
const DECIDED_S: f64 = 0.5;
/// Failing on more than half of this many requests ends any step.
const FEW_REQUESTS: u64 = 20;
const HALF: f64 = 0.5;

/// Whether a step under way has decided every objective, one way, beyond doubt. On the way up all that counts is the side of the line, and at
/// a cliff there is nothing between the sides.
pub(crate) fn is_decided(facts: &Facts, so_far: &StepResult) -> bool {
    if is_hopeless(facts, so_far) {
        return true;
    }
    // The knee is measured by throughput, for which every second counts.
    if !is_long_enough(facts, so_far) || so_far.ended() < DECIDED_REQUESTS || !facts.has_latency_objective() {
        return false;
    }
    let evidence = evidence(facts, so_far);
    evidence.iter().any(|one| one.z >= DECIDED_Z) || evidence.iter().all(|one| one.z <= -DECIDED_Z) || passes_at_cliff(facts, &evidence)
}

/// Whether what breaks at the cliff is absent beyond chance, and nothing speaks against the other objectives: below a cliff there is no more to
/// see.
fn passes_at_cliff(facts: &Facts, evidence: &[Evidence]) -> bool {
    let Some(fail) = facts.crossing().bracket.fail.as_ref().filter(|_| facts.is_at_cliff()) else { return false };
    evidence[fail.worst].z <= -line::DECIDED_Z && evidence.iter().all(|one| one.z <= 0.0)
}

/// Whether most requests are bad. Near a gradual line nothing less may end a step: one that ends at the first run of slow requests would weigh
/// that run more than the quiet time after it.
pub(crate) fn is_hopeless(facts: &Facts, so_far: &StepResult) -> bool {
    is_long_enough(facts, so_far) && so_far.ended() >= FEW_REQUESTS && evidence(facts, so_far).iter().any(|one| one.share > HALF)
}

fn is_long_enough(facts: &Facts, so_far: &StepResult) -> bool {
    so_far.measured().as_secs_f64() >= DECIDED_S * facts.scale()
}

fn evidence(facts: &Facts, so_far: &StepResult) -> Vec<Evidence> {
    evidence_of_each(so_far, &facts.criteria)
}
