//! One trial: a load put on for a time, and whether the target degraded under it.

use plimsoll_core::{
    criterion::{Criterion, DEFAULT_ERROR_SHARE},
    finding::Axis,
    search::Goal,
    sim::Simulation,
    step::{Driver, Flow, Purpose, Settle, StepPlan, StepResult},
};
use std::time::Duration;

/// Without an objective, a load is good while each user gets this share of the rate of a user alone.
const GOOD_EFFICIENCY: f64 = 0.9;
/// Without an objective, a rate is good while this share of it is answered, but for one standard deviation of what happens to be in flight.
const GOOD_SHARE: f64 = 0.97;
/// How long the smallest load is measured for that.
const ALONE: Duration = Duration::from_secs(20);
/// How long an open loop without an objective fills the target before a trial.
const FILL: Duration = Duration::from_millis(500);
/// Between looks at whether an overloaded open loop has drained, and for how many of them.
const REST: Duration = Duration::from_millis(500);
const MOST_RESTS: usize = 20;

/// Trials on one simulation.
pub struct Trials<'a> {
    goal: &'a Goal,
    simulation: &'a mut Simulation,
    /// Without an objective: good answers, and user-seconds, of the trials that were good, which give what a user gets while nobody waits.
    good: f64,
    user_s: f64,
}

impl<'a> Trials<'a> {
    pub fn on(goal: &'a Goal, simulation: &'a mut Simulation) -> Self {
        Self { goal, simulation, good: 0.0, user_s: 0.0 }
    }

    /// Begins, where there is no objective, with a longer trial at the smallest load.
    pub fn with_baseline(goal: &'a Goal, simulation: &'a mut Simulation) -> Self {
        let mut trials = Self::on(goal, simulation);
        if goal.criteria.is_empty() && goal.axis == Axis::Users {
            let alone = trials.run(goal.start, ALONE);
            trials.exceeded(&alone);
        }
        trials
    }

    pub fn took(&self) -> Duration {
        self.simulation.now()
    }

    /// Puts a load on and measures for `measure`.
    pub fn run(&mut self, size: f64, measure: Duration) -> StepResult {
        self.run_settled(size, Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 }, measure)
    }

    /// Puts a load on, discards what settling takes and measures for `measure`.
    pub fn run_settled(&mut self, size: f64, mut settle: Settle, measure: Duration) -> StepResult {
        // Where good answers are held against offered requests, those in flight at the first border must not count as lost.
        if self.goal.axis == Axis::Rate && self.goal.criteria.is_empty() {
            settle.least = settle.least.max(FILL);
        }
        let limits = self.goal.criteria.iter().filter_map(|criterion| match criterion {
            Criterion::Latency { limit, .. } => Some(*limit),
            Criterion::Errors { .. } => None,
        });
        let plan = StepPlan {
            purpose: Purpose::Refine,
            load: self.goal.load(size),
            settle,
            measure,
            batches: 1,
            limits: limits.collect(),
            requests: None,
        };
        match self.simulation.drive(&plan, &mut |_: &StepResult| Flow::Continue) {
            Ok(result) => result,
            Err(never) => match never {},
        }
    }

    /// Lets the queue of an overloaded open loop drain, so that it does not spoil the next trial: RFC 9971 waits for late answers too.
    pub fn rest(&mut self) {
        if self.goal.axis == Axis::Rate {
            for _ in 0..MOST_RESTS {
                if self.run(self.goal.start, REST).pending.count() <= 1 {
                    return;
                }
            }
        }
    }

    /// Whether the target degraded in a trial.
    pub fn degraded(&mut self, result: &StepResult) -> bool {
        self.exceeded(result) > 0.0
    }

    /// The share of bad requests beyond what the worst objective allows; above 0 when it is broken. Offered but not answered is all bad.
    pub fn exceeded(&mut self, result: &StepResult) -> f64 {
        let ended = result.ended() as f64;
        if ended == 0.0 {
            return if result.offered() > 0 { 1.0 } else { -1.0 };
        }
        let failed = result.failed().total() as f64;
        // A request that already waits for longer than the limit is late too, though it has no answer.
        let mut late = result.plan.limits.iter().enumerate().map(|(index, limit)| {
            let answered: u64 = result.batches.iter().map(|batch| batch.late[index]).sum();
            (answered + result.pending.count_above(*limit)) as f64
        });
        let mut worst = failed / ended - DEFAULT_ERROR_SHARE;
        if self.goal.criteria.iter().any(|criterion| matches!(criterion, Criterion::Errors { .. })) {
            worst = f64::NEG_INFINITY;
        }
        for criterion in &self.goal.criteria {
            worst = worst.max(match *criterion {
                Criterion::Latency { quantile, .. } => (late.next().unwrap_or(0.0) + failed) / ended - (1.0 - quantile),
                Criterion::Errors { share } => failed / ended - share,
            });
        }
        if self.goal.criteria.is_empty() { worst.max(self.inefficiency(result)) } else { worst }
    }

    fn inefficiency(&mut self, result: &StepResult) -> f64 {
        let size = result.plan.load.size();
        let good = result.good() as f64;
        if self.goal.axis == Axis::Rate {
            let offered = result.offered() as f64;
            return GOOD_SHARE - (good + offered.sqrt()) / offered.max(1.0);
        }
        let user_s = size * result.measured().as_secs_f64();
        let efficiency = if self.user_s > 0.0 { good / user_s / (self.good / self.user_s) } else { 1.0 };
        if efficiency >= GOOD_EFFICIENCY {
            self.good += good;
            self.user_s += user_s;
        }
        GOOD_EFFICIENCY - efficiency
    }
}
