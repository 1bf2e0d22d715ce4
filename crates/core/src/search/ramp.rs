//! RAMP: doubling the load until something gives.

use super::{facts::Facts, hold::Hold, refine::Refine, state::Phase};
use crate::{
    evidence::PerRequest,
    finding::Axis,
    step::{Purpose, StepPlan},
    units::show_share,
};

/// One ramp step, in seconds, and its repetition when a failure is only suspected.
const STEP_S: f64 = 1.2;
const AGAIN_S: f64 = 5.0;
/// A failure at once needs this much evidence from this many requests; a suspicion is measured again.
const FAIL_Z: f64 = 3.0;
const FAIL_REQUESTS: u64 = 100;
const CLEAR_Z: f64 = 4.5;
const SMALLEST_VISITS: usize = 4;
const AGAIN_Z: f64 = 2.0;
const SUSPECT_Z: f64 = 0.5;
/// Throughput that grows by less than this power of the load is flat.
const FLAT_ELASTICITY: f64 = 0.2;
/// Growth by this power of the load must be excluded, at two standard errors, and a step's error is no less than that of requests with this
/// coefficient of variation.
const RISING_ELASTICITY: f64 = 0.7;
const FEW_CV: f64 = 0.5;
/// So few requests in a step of users who pause tell nothing.
const FEW_REQUESTS: u64 = 12;
/// Response times beyond this many unloaded ones are mostly wait.
const QUEUE: f64 = 8.0;
/// On the rate axis: unanswered arrivals (in ln) from which the target no longer keeps up.
const BEHIND_LN: f64 = 0.25;
/// A step that was silent is repeated for so many times the target's patience.
const PATIENCES: f64 = 1.2;
/// Share of the budget after which the ramp ends.
const MOST_BUDGET: f64 = 0.55;
/// Steps without a single ended request before a silent target counts as broken; with the time-out they last beyond 10 s.
const SILENT_STEPS: usize = 3;
/// A share of a single server's throughput at which an open-loop ramp begins.
const FIRST_UTILIZATION: f64 = 0.1;

#[derive(Clone, Debug)]
pub(crate) struct Ramp {
    load: f64,
    again: bool,
}

/// The first load of an open loop follows from what one user saw.
pub(crate) fn after_unloaded(facts: &mut Facts) -> Phase {
    let Some(last) = facts.last() else { return Phase::Unloaded };
    if let Some(broken) = broken_at_smallest(facts) {
        return give_up(facts, broken);
    }
    match last.mean_s {
        None => Phase::Unloaded,
        Some(alone_s) => {
            // 1/s at the least: slower probing would spend the budget on waiting for arrivals.
            let start = (FIRST_UTILIZATION / alone_s).max(1.0).max(facts.goal.start).min(facts.goal.ceiling);
            Phase::Ramp(Ramp::starting(start))
        }
    }
}

impl Ramp {
    pub fn starting(load: f64) -> Self {
        Self { load, again: false }
    }

    pub fn plan(&self, facts: &Facts) -> StepPlan {
        let silent = facts.observations.iter().any(|one| one.ended == 0 && one.asked);
        let measure_s = if self.again || (silent && facts.crossing().loads.is_empty()) { AGAIN_S } else { STEP_S };
        let hung = facts.last().is_some_and(|last| last.load == self.load && last.ended == 0 && last.asked);
        // Long enough to tell a target that hangs from one that is slow, where its pace is known.
        let known_s = facts.patience_s().filter(|patience_s| hung && *patience_s <= AGAIN_S);
        let least_s = known_s.map_or(0.0, |patience_s| PATIENCES * patience_s);
        facts.step(Purpose::Ramp, self.load, (measure_s * facts.scale()).max(least_s))
    }

    pub fn advance(self, facts: &mut Facts) -> Phase {
        if facts.crossing().bracket.pass.is_none()
            && let Some(broken) = broken_at_smallest(facts)
        {
            return give_up(facts, broken);
        }
        let Some(last) = facts.last() else { return Phase::Ramp(self) };
        if last.ended == 0 && !last.is_on_curve() {
            // Nothing was asked: nothing is to be waited for.
            if !last.asked {
                return self.climb(facts);
            }
            return Phase::Ramp(self);
        }
        let z = facts.crossing().loads.iter().find(|one| one.load == last.load).map_or(0.0, |one| one.z);
        let bad_half = last.ended >= 20 && last.bad_share() > 0.5;
        let has_failed =
            (z >= FAIL_Z && (last.ended >= FAIL_REQUESTS || bad_half || z >= CLEAR_Z)) || (self.again && z >= AGAIN_Z) || last.is_jump();
        if has_failed {
            let is_smallest = facts.crossing().loads.first().is_some_and(|least| self.load <= least.load);
            if is_smallest && facts.crossing().bracket.pass.is_none() {
                // To give no number at all takes more: a rare slow request or two at the start is no broken target.
                let visits = facts.observations.iter().filter(|one| one.load == last.load).count();
                if !bad_half && visits < SMALLEST_VISITS {
                    return Phase::Ramp(Self { load: self.load, again: true });
                }
                let sentence = format!("{} is broken at the smallest load already", facts.criteria[worst(facts)]);
                return give_up(facts, sentence);
            }
            return Phase::Refine(Refine::default());
        }
        if z > SUSPECT_Z && !self.again {
            return Phase::Ramp(Self { load: self.load, again: true });
        }
        if !facts.has_latency_objective() && has_flattened(facts) {
            return Phase::Refine(Refine::default());
        }
        self.climb(facts)
    }

    fn climb(self, facts: &mut Facts) -> Phase {
        let ceiling = facts.goal.ceiling;
        if self.load >= ceiling {
            facts.at_least = Some(format!("nothing failed up to the ceiling of {}", facts.show_load(ceiling)));
            return Phase::Hold(Hold::at_estimate(facts));
        }
        if facts.elapsed_s() > MOST_BUDGET * facts.budget_s() {
            facts.at_least = Some(format!("the time ran out on the way up, at {}", facts.show_load(self.load)));
            return Phase::Hold(Hold::at_estimate(facts));
        }
        // Users who pause and hardly ask for anything yet tell nothing: they are passed in larger steps.
        let tells_nothing = !facts.goal.think.is_zero() && facts.last().is_some_and(|last| last.ended < FEW_REQUESTS);
        let factor = if tells_nothing { 4.0 } else { 2.0 };
        Phase::Ramp(Self::starting((self.load * factor).min(ceiling)))
    }

    /// Further up, when the knee turns out to lie beyond what was measured.
    pub fn beyond(facts: &mut Facts) -> Phase {
        Self::starting(facts.highest_on_curve()).climb(facts)
    }
}

fn worst(facts: &Facts) -> usize {
    facts.crossing().bracket.fail.as_ref().map_or(0, |fail| fail.worst)
}

/// Two octaves in a row without more throughput (users); arrivals that are no longer answered (rate).
fn has_flattened(facts: &Facts) -> bool {
    let mut ramp: Vec<(f64, PerRequest)> = facts
        .observations
        .iter()
        .filter(|one| one.purpose == Purpose::Ramp && one.is_on_curve())
        .filter_map(|one| {
            // Few requests hide how variable they are.
            let least_se = FEW_CV / (one.ended.max(1) as f64).sqrt();
            one.per_request.map(|per| (one.load, PerRequest { ln: per.ln, se: per.se.max(least_se) }))
        })
        .collect();
    if facts.goal.axis == Axis::Rate {
        return ramp.last().is_some_and(|(_, per)| per.ln > BEHIND_LN && per.ln > 3.0 * per.se);
    }
    ramp.dedup_by(|later, earlier| later.0 == earlier.0);
    let flat = ramp.windows(2).rev().take_while(|pair| is_flat(pair[0], pair[1])).count();
    // Users who pause show their queue themselves: where an answer takes this many times as long, one octave says it.
    let is_queue = !facts.goal.think.is_zero()
        && facts.last().and_then(|last| last.mean_s).zip(facts.unloaded_s()).is_some_and(|(mean, alone)| mean > QUEUE * alone);
    ramp.len() >= 3 && flat >= if is_queue { 1 } else { 2 }
}

/// Whether throughput did not grow from the first load to the second, and that is no accident.
fn is_flat((low, before): (f64, PerRequest), (high, after): (f64, PerRequest)) -> bool {
    let octave = (high / low).ln();
    // X = N / exp(ln(N/X)).
    let elasticity = 1.0 - (after.ln - before.ln) / octave;
    let noise = before.se.hypot(after.se) / octave;
    octave > 0.0 && elasticity < FLAT_ELASTICITY + noise.min(0.1) && elasticity + 2.0 * noise < RISING_ELASTICITY
}

/// A sentence when the smallest load gets no answers, or mostly bad ones.
fn broken_at_smallest(facts: &Facts) -> Option<String> {
    let last = facts.last()?;
    let failed = last.failed.total();
    if last.ended >= 3 && failed * 2 > last.ended {
        let kinds: Vec<String> = last.failed.seen().map(|(kind, n)| format!("{} x {n}", kind.name())).collect();
        return Some(format!("{} of the first {} requests failed ({})", show_share(last.error_share()), last.ended, kinds.join(", ")));
    }
    let silent = facts.observations.iter().filter(|one| one.ended == 0).count();
    (last.ended == 0 && (silent >= SILENT_STEPS || last.gone))
        .then(|| format!("no answer to the first request within {:.0} s", facts.elapsed_s()))
}

fn give_up(facts: &mut Facts, broken: String) -> Phase {
    facts.broken = Some(broken);
    Phase::Done
}
