//! What the search keeps of a step: evidence against each objective, throughput and latency with their errors, the generator's health.

use crate::{
    criterion::Criterion,
    evidence::{
        Assessment, Evidence, PerRequest, Waiting, assess, evidence_of_each, per_request, position_of, response_sums, starving_share,
    },
    finding::Axis,
    outcome::{FailureClass, FailureCounts},
    search::{Goal, merged::Sample},
    stat::{Latencies, Position, mean_standard_error},
    step::{Load, Purpose, StepResult},
};

/// One step, digested.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    pub purpose: Purpose,
    /// The load, on the goal's axis.
    pub load: f64,
    /// Whether the step was on the goal's axis (the first step of a rate search is one user).
    pub on_axis: bool,
    /// Seconds since the session's start.
    pub started_s: f64,
    pub ended_s: f64,
    pub measured_s: f64,
    /// Requests that ended.
    pub ended: u64,
    pub failed: FailureCounts,
    /// One for each objective of the search, in order.
    pub evidence: Vec<Evidence>,
    /// One for each latency objective; `None` for an error objective or without requests.
    pub positions: Vec<Option<Position>>,
    pub per_request: Option<PerRequest>,
    pub good_per_s: f64,
    pub mean_s: Option<f64>,
    /// Standard error of the mean.
    pub mean_se_s: Option<f64>,
    /// Median response time; `None` when half or more failed.
    pub median_s: Option<f64>,
    /// Users who are left without an answer, as a share of all; `None` on the rate axis, and with too few answers to tell.
    pub starving_share: Option<f64>,
    /// The longest stretch without a good answer, in seconds, while requests were in flight.
    pub silence_s: f64,
    /// Whether anything was asked of the target: at a slow pace a step may pass without a request.
    pub asked: bool,
    /// Not one request ended for longer than the target's unloaded pace explains, though some were in flight.
    pub is_dead: bool,
    /// Whether the target's process was seen to be gone.
    pub gone: bool,
    pub health: Assessment,
    /// The latencies themselves, for taking steps together.
    pub sample: Sample,
}

impl Observation {
    pub fn of(step: &StepResult, goal: &Goal, criteria: &[Criterion], patience_s: Option<f64>) -> Self {
        let failed = step.failed();
        let silence_s = silence_s(step);
        // The oldest request tells how long nothing came, however short the step.
        let waited_s = step.pending.max().map_or(0.0, |oldest| oldest.as_secs_f64());
        // Answers that came while it settled are of the load before, where none came for as long as patience lasts.
        let has_stopped = step.settle_good == 0 || patience_s.is_some_and(|patience_s| silence_s >= patience_s);
        let is_silent = step.ended() == 0 && has_stopped;
        let is_dead = is_silent && patience_s.is_some_and(|patience_s| waited_s >= patience_s);
        let on_axis = matches!((goal.axis, step.plan.load), (Axis::Users, Load::Users { .. }) | (Axis::Rate, Load::Rate { .. }));
        let per_request = per_request(step);
        let mut evidence = evidence_of_each(step, criteria);
        let positions = criteria.iter().zip(&evidence).map(|(criterion, evidence)| position_of(step, criterion, evidence)).collect();
        if is_dead {
            evidence.fill(DEAD);
        }
        Self {
            purpose: step.plan.purpose,
            load: step.plan.load.size(),
            on_axis,
            started_s: step.started.as_secs_f64(),
            ended_s: step.ended_at().as_secs_f64(),
            measured_s: step.measured().as_secs_f64(),
            ended: step.ended(),
            evidence,
            positions,
            per_request,
            good_per_s: step.good_per_s().unwrap_or(0.0),
            mean_s: step.mean_response_s(),
            mean_se_s: mean_standard_error(&response_sums(step)),
            median_s: step.quantile(0.5).map(|median| median.as_secs_f64()),
            starving_share: starving_share(step),
            silence_s,
            asked: step.ended() > 0 || step.pending.count() > 0,
            is_dead,
            gone: step.signals.target_alive == Some(false),
            health: assess(step, Waiting::Asleep),
            sample: sample(step),
            failed,
        }
    }

    /// The evidence of the objective that is broken most.
    pub fn z(&self) -> f64 {
        self.evidence.iter().map(|evidence| evidence.z).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The largest share of bad requests over the objectives.
    pub fn bad_share(&self) -> f64 {
        self.evidence.iter().map(|evidence| evidence.share).fold(0.0, f64::max)
    }

    /// The highest position over the latency objectives.
    pub fn worst_position(&self) -> Option<Position> {
        self.positions.iter().flatten().copied().max_by(|a, b| a.y.total_cmp(&b.y))
    }

    pub fn error_share(&self) -> f64 {
        if self.ended == 0 { 0.0 } else { self.failed.total() as f64 / self.ended as f64 }
    }

    /// The share of requests that ended on this rung of the ladder.
    pub fn class_share(&self, class: FailureClass) -> f64 {
        let n: u64 = self.failed.seen().filter(|(kind, _)| kind.class() == class).map(|(_, n)| n).sum();
        if self.ended == 0 { 0.0 } else { n as f64 / self.ended as f64 }
    }

    /// No good answer at all although requests were in flight, for longer than the target's own pace explains.
    pub fn is_silent(&self, patience_s: f64) -> bool {
        self.gone || self.is_dead || self.silence_s >= patience_s
    }
}

fn sample(step: &StepResult) -> Sample {
    let logs = |latencies: &Latencies| -> Vec<(f64, f64)> {
        latencies.buckets().map(|(latency, n)| (latency.as_secs_f64().max(1e-9).ln(), n as f64)).collect()
    };
    Sample {
        latencies: logs(&step.response),
        batches: step.batches.iter().map(|batch| (logs(&batch.response), batch.failed.total() as f64)).collect(),
        failed: step.failed().total() as f64,
    }
}

/// A step without a single ended request speaks against every objective as loudly as 20 failed ones.
const DEAD: Evidence = Evidence { n_eff: 20.0, share: 1.0, z: 8.0 };

/// The longest run of batches without a good answer during which requests failed, or that ends the step with a request in flight for as long.
/// Users who pause make no silence.
fn silence_s(step: &StepResult) -> f64 {
    let oldest_s = step.pending.max().map_or(0.0, |oldest| oldest.as_secs_f64());
    let settling_failed = step.settle_failed.total() > 0;
    let start = (if step.settle_good == 0 { step.settled.as_secs_f64() } else { 0.0 }, settling_failed);
    let (mut longest, mut run) = (0.0_f64, start);
    for batch in &step.batches {
        let has_failed = batch.failed.total() > 0;
        run = if batch.good == 0 { (run.0 + batch.duration.as_secs_f64(), run.1 || has_failed) } else { (0.0, false) };
        if run.1 {
            longest = longest.max(run.0);
        }
    }
    longest.max(run.0.min(oldest_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Admission, Service, Spread, TargetModel, measure_steady};
    use std::time::Duration;

    /// 150 users for two seconds at a target that answers 100 of them in 100 ms, and the others as this door says.
    fn observed(admission: Admission) -> Observation {
        Observation::of(&step(admission), &Goal::default(), &[], None)
    }

    fn step(admission: Admission) -> StepResult {
        let service = Service { mean: Duration::from_millis(100), spread: Spread::Jitter { cv: 0.05 }, tail: None };
        let target = TargetModel::delay(service).admitting(admission);
        let load = Load::Users { users: 150, think: Duration::ZERO };
        measure_steady(&target, load, Duration::from_secs(2), Vec::new(), 1)
    }

    #[test]
    fn users_whom_nobody_answers_lengthen_the_round() {
        let round_s = |one: &Observation| one.per_request.unwrap().ln.exp();
        let starved = observed(Admission::IgnoreAbove { inside: 100 });
        assert!((round_s(&starved) / 0.15 - 1.0).abs() < 0.02, "{}", round_s(&starved));
        assert!((starved.mean_s.unwrap() / 0.1 - 1.0).abs() < 0.01 && starved.health.faults.is_empty(), "{:?}", starved.health);
        assert!((starved.starving_share.unwrap() - 1.0 / 3.0).abs() < 0.01, "{:?}", starved.starving_share);
        // A few who were dropped got in when they came back after three seconds: the longest of the answers, which say nothing of the others.
        let mut let_in = step(Admission::IgnoreAbove { inside: 100 });
        let_in.response.record_many_ns(3_100_000_000, let_in.good() / 400);
        let share = Observation::of(&let_in, &Goal::default(), &[], None).starving_share.unwrap();
        assert!((0.25..0.34).contains(&share), "{share}");
        let served = observed(Admission::Everyone);
        assert!((round_s(&served) / 0.1 - 1.0).abs() < 0.01 && served.starving_share.unwrap() < 0.01, "{}", round_s(&served));
    }

    #[test]
    fn answers_that_come_regularly_and_take_any_time_are_counted() {
        let mut step = step(Admission::Everyone);
        let round_s = |step: &StepResult| Observation::of(step, &Goal::default(), &[], None).per_request.unwrap().ln.exp();
        // A tenth of the batches had the answers that waited for many turns, or had not.
        let long: Vec<usize> = (0..step.batches.len()).step_by(10).collect();
        for index in long {
            step.batches[index].response_sum_ns *= 15;
        }
        let counted_s = 150.0 / step.good_per_s().unwrap();
        assert!((round_s(&step) / counted_s - 1.0).abs() < 1e-9, "{} {counted_s}", round_s(&step));
    }
}
