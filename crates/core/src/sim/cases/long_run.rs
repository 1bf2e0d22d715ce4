//! The truth of a case by long runs at fixed loads: for cases without a formula, and as a check on the formulas.

use super::{
    super::{Disturbance, Generator, Service, Simulation, TargetModel, steady_plan},
    Case, Truth,
};
use crate::{
    criterion::{Criterion, DEFAULT_ERROR_SHARE},
    finding::Axis,
    search::Goal,
    step::{Driver, Flow, Load, StepResult},
};
use std::time::Duration;

/// How long the long runs are.
#[derive(Clone, Copy, Debug)]
pub struct LongRun {
    /// Answers measured at each load; two million place a p99 line within about 0.5%.
    pub answers: f64,
    /// The seed of every run, so that neighbouring loads share their luck.
    pub seed: u64,
}

/// The truth of a case, measured; `None` where the case has no load line to measure.
///
/// Objectives: the largest load (whole for users) at which every objective holds. Without one: peak throughput times unloaded latency with
/// the think time (on the rate axis: peak throughput), or the largest load with errors under 1% if that is less. The generator counts as
/// perfect; a drift or a step in speed is measured at its ends.
pub fn truth_by_long_run(case: &Case, effort: LongRun) -> Option<Truth> {
    let line = |slower: f64| {
        let steady = matches!(case.target.disturbance, Disturbance::Drift { .. } | Disturbance::Step { .. });
        let disturbance = if steady { Disturbance::Steady } else { case.target.disturbance };
        let target = TargetModel { disturbance, generator: Generator::Perfect, ..slowed(&case.target, slower) };
        Bench { target, goal: &case.goal, effort }.line()
    };
    match (case.truth, case.target.disturbance) {
        (Truth::Line(_), _) => Some(Truth::Line(line(1.0))),
        (Truth::Moves { .. }, Disturbance::Drift { per_minute }) => {
            Some(Truth::Moves { from: line(1.0), after_minute: line(1.0 + per_minute) })
        }
        (Truth::Jumps { at, .. }, Disturbance::Step { factor, .. }) => Some(Truth::Jumps { before: line(1.0), after: line(factor), at }),
        _ => None,
    }
}

fn slowed(target: &TargetModel, factor: f64) -> TargetModel {
    let mut target = target.clone();
    for stage in &mut target.stages {
        stage.service = Service { mean: stage.service.mean.mul_f64(factor), ..stage.service };
    }
    target
}

struct Bench<'a> {
    target: TargetModel,
    goal: &'a Goal,
    effort: LongRun,
}

impl Bench<'_> {
    fn line(&self) -> f64 {
        if self.goal.criteria.is_empty() {
            return self.knee();
        }
        self.largest(self.goal.start)
    }

    /// Measures a load until enough answers are in, or `decided` says that more can't matter.
    fn measure(&self, load: Load, answers: f64, decided: &dyn Fn(&StepResult) -> bool) -> StepResult {
        let mut simulation = Simulation::start(self.target.clone(), self.effort.seed);
        let mut drive = |seconds: f64, watch: &mut dyn FnMut(&StepResult) -> Flow| {
            let limits = self.goal.criteria.iter().filter_map(limit).collect();
            match simulation.drive(&steady_plan(load, Duration::from_secs_f64(seconds), limits), watch) {
                Ok(result) => result,
                Err(never) => match never {},
            }
        };
        let first = drive(10.0, &mut |_| Flow::Continue);
        let per_s = first.good_per_s().unwrap_or(0.0).max(answers / 100_000.0).max(1.0);
        drive(answers / per_s, &mut |so_far| if decided(so_far) { Flow::Enough } else { Flow::Continue })
    }

    /// By how much the worst objective is missed: over 1 when one is.
    fn excess(&self, result: &StepResult) -> f64 {
        let ended = result.ended() as f64;
        let failed = result.failed().total() as f64;
        if ended == 0.0 {
            return f64::INFINITY;
        }
        let mut limit_index = 0;
        let mut worst: f64 = 0.0;
        for criterion in &self.goal.criteria {
            worst = worst.max(match *criterion {
                Criterion::Latency { quantile, .. } => {
                    let late: u64 = result.batches.iter().map(|batch| batch.late[limit_index]).sum();
                    limit_index += 1;
                    (late as f64 + failed) / ended / (1.0 - quantile)
                }
                Criterion::Errors { share } => failed / ended / share,
            });
        }
        let named = self.goal.criteria.iter().any(|criterion| matches!(criterion, Criterion::Errors { .. }));
        if named { worst } else { worst.max(failed / ended / DEFAULT_ERROR_SHARE) }
    }

    fn holds(&self, size: f64) -> bool {
        let clear = |so_far: &StepResult| {
            let excess = self.excess(so_far);
            so_far.ended() > 20_000 && !(0.4..2.5).contains(&excess)
        };
        self.excess(&self.measure(self.goal.load(size), self.effort.answers, &clear)) < 1.0
    }

    /// The largest load that holds, sought upwards from one that is taken to hold.
    fn largest(&self, from: f64) -> f64 {
        let whole = self.goal.axis == Axis::Users;
        let (mut good, mut bad) = (from, from * 2.0);
        while bad < self.goal.ceiling && self.holds(bad) {
            (good, bad) = (bad, bad * 2.0);
        }
        while bad - good > if whole { 1.0 } else { 0.002 * good } {
            let middle = if whole { ((good + bad) / 2.0).floor() } else { (good * bad).sqrt() };
            if self.holds(middle) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        good
    }

    fn knee(&self) -> f64 {
        let users = |n: f64| Load::Users { users: n.round().max(1.0) as u32, think: self.goal.think };
        let alone = self.measure(users(1.0), self.effort.answers / 8.0, &|_| false);
        let unloaded_s = alone.mean_response_s().unwrap_or(f64::INFINITY) + self.goal.think.as_secs_f64();
        let mut peak_per_s: f64 = alone.good_per_s().unwrap_or(0.0);
        let mut n: f64 = 2.0;
        // Past four times its knee no target here gains any more.
        while n < 4.0 * peak_per_s * unloaded_s + 4.0 {
            let result = self.measure(users(n), self.effort.answers / 8.0, &|_| false);
            peak_per_s = peak_per_s.max(result.good_per_s().unwrap_or(0.0));
            n = (n * 1.1).max(n + 1.0);
        }
        let knee = match self.goal.axis {
            Axis::Users => peak_per_s * unloaded_s,
            Axis::Rate => peak_per_s,
        };
        if self.holds(knee.floor() * if self.goal.axis == Axis::Rate { 0.99 } else { 1.0 }) { knee } else { self.largest(knee / 4.0) }
    }
}

fn limit(criterion: &Criterion) -> Option<Duration> {
    match *criterion {
        Criterion::Latency { limit, .. } => Some(limit),
        Criterion::Errors { .. } => None,
    }
}
