//! Whether one step keeps an objective, breaks it, or does not tell.

use super::objective::{Evidence, position_of};
use crate::{criterion::Criterion, step::StepResult};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Evidence beyond which 95% of the chance lie on one side.
const DECIDED_Z: f64 = 1.64;

/// What one step says of an objective, with 95% confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is kept.
    Pass,
    /// It is broken.
    Fail,
    /// Too little was measured, or it lies too near the limit.
    Unsure,
}

/// The verdict of a step on one objective, given its evidence.
///
/// Few requests, none of them bad, do not prove by their number that fewer than 1% are: it takes 298 independent ones. There the distance
/// decides, a quantile that lies many standard errors below its limit. It needs as many requests as make the quantile one of them: a hundred
/// for a p99.
pub fn verdict_of(step: &StepResult, criterion: &Criterion, evidence: &Evidence) -> Verdict {
    if evidence.z >= DECIDED_Z {
        return Verdict::Fail;
    }
    if evidence.z <= -DECIDED_Z {
        return Verdict::Pass;
    }
    let has_quantile = match *criterion {
        Criterion::Latency { quantile, .. } => evidence.share == 0.0 && step.ended() as f64 * (1.0 - quantile) >= 1.0 - 1e-9,
        Criterion::Errors { .. } => false,
    };
    let is_far_below = position_of(step, criterion, evidence).is_some_and(|position| position.y <= -DECIDED_Z * position.se);
    if has_quantile && is_far_below { Verdict::Pass } else { Verdict::Unsure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evidence::{evidence_of_each, limits_of},
        outcome::Failure,
        step::{Batch, Load, Purpose, Settle, StepPlan},
    };
    use std::time::Duration;

    /// A step of 20 batches; `latency_ms` of each of `n` requests by its number, `None` for one that failed.
    fn verdict(objective: &str, n: u64, latency_ms: impl Fn(u64) -> Option<u64>) -> Verdict {
        let criteria: Vec<Criterion> = vec![objective.parse().unwrap()];
        let limits = limits_of(&criteria);
        let plan = StepPlan {
            purpose: Purpose::Hold,
            load: Load::Users { users: 1, think: Duration::ZERO },
            settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
            measure: Duration::from_secs(10),
            batches: 20,
            limits: limits.clone(),
            requests: None,
        };
        let mut step = StepResult::begin(plan, Duration::ZERO);
        step.batches = vec![Batch { duration: Duration::from_millis(500), ..Batch::empty(limits.len()) }; 20];
        for request in 0..n {
            let batch = &mut step.batches[(request * 20 / n) as usize];
            match latency_ms(request).map(Duration::from_millis) {
                Some(latency) => {
                    batch.good += 1;
                    batch.response.record(latency);
                    step.response.record(latency);
                    batch.late.iter_mut().zip(&limits).for_each(|(late, limit)| *late += u64::from(latency > *limit));
                }
                None => batch.failed.add(Failure::Reset, 1),
            }
        }
        let evidence = evidence_of_each(&step, &criteria);
        verdict_of(&step, &criteria[0], &evidence[0])
    }

    /// One request in `every` takes 900 ms, the others 40 to 59.
    fn rarely_slow(every: u64) -> impl Fn(u64) -> Option<u64> {
        move |request| Some(if request % every == every / 2 { 900 } else { 40 + request % 20 })
    }

    #[test]
    fn a_step_decides_where_it_can_and_says_where_it_can_not() {
        for (objective, n, every, wanted) in [
            // Far below the limit: enough requests to hold a p99 are enough.
            ("p99<500ms", 120, u64::MAX, Verdict::Pass),
            ("p99<500ms", 90, u64::MAX, Verdict::Unsure),
            ("p50<500ms", 10, u64::MAX, Verdict::Pass),
            ("p99<500ms", 0, u64::MAX, Verdict::Unsure),
            // One in 200, one in 20, and one in 100 itself.
            ("p99<500ms", 4_000, 200, Verdict::Pass),
            ("p99<500ms", 4_000, 20, Verdict::Fail),
            ("p99<500ms", 4_000, 100, Verdict::Unsure),
            ("p99<500ms", 150, 140, Verdict::Unsure),
        ] {
            assert_eq!(verdict(objective, n, rarely_slow(every)), wanted, "{objective}, {n} requests, one slow in {every}");
        }
    }

    #[test]
    fn errors_are_decided_by_their_number_alone() {
        for (n, every, wanted) in
            [(400, u64::MAX, Verdict::Pass), (100, u64::MAX, Verdict::Unsure), (1_000, 20, Verdict::Fail), (1_000, 100, Verdict::Unsure)]
        {
            let fails = move |request: u64| (request % every != every / 2).then_some(10);
            assert_eq!(verdict("errors<1%", n, fails), wanted, "{n} requests, one failed in {every}");
        }
    }
}
