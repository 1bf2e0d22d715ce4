//! When the generator was at fault, a step says nothing about the target: it is made again, and in the end nothing is blamed on the target.

use super::{facts::Facts, overshoot::Overshoot, state::Phase};

/// Steps with a fault at one load before the generator counts as the limit, and the share of the budget for which a passing neighbour is waited
/// out.
const FAULTS_AT_ONE_LOAD: usize = 3;
const PATIENCE: f64 = 0.2;
/// The share of the budget that may go into steps with a fault, all loads together.
const MOST_LOST: f64 = 0.4;

/// The phase to go on with after a step during which the generator was at fault; `None` when it was not.
pub(crate) fn after_fault(phase: &Phase, facts: &mut Facts) -> Option<Phase> {
    let last = facts.last()?;
    let fault = last.health.faults.first()?.clone();
    let faulty = || facts.observations.iter().filter(|one| !one.health.faults.is_empty());
    let here = faulty().filter(|one| one.load == last.load && one.purpose == last.purpose);
    let since_s = here.clone().map(|one| one.started_s).fold(last.started_s, f64::min);
    let is_lasting = here.count() >= FAULTS_AT_ONE_LOAD && last.ended_s - since_s > PATIENCE * facts.budget_s();
    let lost_s: f64 = faulty().map(|one| one.ended_s - one.started_s).sum();
    if !is_lasting && lost_s <= MOST_LOST * facts.budget_s() {
        return Some(phase.clone());
    }
    if matches!(phase, Phase::Recheck(_)) {
        // The line is held already; that nothing was checked again is said beside it.
        return Some(Overshoot::or_done(facts));
    }
    facts.generator_limit = Some(limit_at(facts, last.load, &fault));
    Some(Phase::Done)
}

/// Why the generator counts as the limit: what ended the search, or, where it was cut short, that it was at fault in every step there was.
pub(crate) fn limit(facts: &Facts) -> Option<String> {
    let all_at_fault = || {
        let faults = facts.observations.iter().map(|one| Some((one.load, one.health.faults.first()?)));
        faults.collect::<Option<Vec<_>>>()?.pop().map(|(load, fault)| limit_at(facts, load, fault))
    };
    facts.generator_limit.clone().or_else(all_at_fault)
}

fn limit_at(facts: &Facts, load: f64, fault: &str) -> String {
    format!("at {}, {fault}", facts.show_load(load))
}
