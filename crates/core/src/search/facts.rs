//! What the search has learnt: the observations, and what follows from them whatever the state.

use super::{
    Goal,
    knee::{self, Knee},
    line::{self, Crossing, Estimate},
    observation::Observation,
    plan,
};
use crate::{
    criterion::Criterion,
    finding::{Axis, Recovery, StepRecord},
    step::{Purpose, StepPlan},
    units::show_number,
};
use std::cell::OnceCell;

/// This share of errors, or a latency this far over its limit (`ln(q/T)`), leaves a queue that the next step must not inherit.
const GATE_ERRORS: f64 = 0.05;
const GATE_Y: f64 = 0.4;
/// So does, on the rate axis, a mean response time this many times the unloaded one.
const GATE_SLOWER: f64 = 3.0;

/// A mean of this many response times is good enough to compare others with.
const FEW_REQUESTS: f64 = 10.0;

/// What was learnt, whatever the state.
#[derive(Debug)]
pub(crate) struct Facts {
    pub goal: Goal,
    /// The user's objectives and the implied error limit.
    pub criteria: Vec<Criterion>,
    pub observations: Vec<Observation>,
    pub records: Vec<StepRecord>,
    /// Whether the last hold passed; `None` before one ran.
    pub held: Option<bool>,
    pub holds: u32,
    /// Set when the base point answered differently at the end.
    pub shifted: Option<String>,
    pub rechecked: bool,
    pub recovery: Option<Recovery>,
    /// The load after which the target did not become healthy again.
    pub stuck_after: Option<f64>,
    /// Why the target counts as broken at the smallest load.
    pub broken: Option<String>,
    /// Why the generator counts as the limit.
    pub generator_limit: Option<String>,
    /// Why the search ended on its way up, before anything failed.
    pub at_least: Option<String>,
    /// The estimates, computed once after each step.
    crossing: OnceCell<Crossing>,
    knee: OnceCell<Option<Knee>>,
}

/// The load line as it looks.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub estimate: Estimate,
    /// Whether the knee, not an objective, is what binds.
    pub at_knee: bool,
}

impl Facts {
    pub fn of(goal: Goal, criteria: Vec<Criterion>) -> Self {
        Self {
            goal,
            criteria,
            observations: Vec::new(),
            records: Vec::new(),
            held: None,
            holds: 0,
            shifted: None,
            rechecked: false,
            recovery: None,
            stuck_after: None,
            broken: None,
            generator_limit: None,
            at_least: None,
            crossing: OnceCell::new(),
            knee: OnceCell::new(),
        }
    }

    pub fn take(&mut self, observation: Observation, record: StepRecord) {
        self.observations.push(observation);
        self.records.push(record);
        self.crossing = OnceCell::new();
        self.knee = OnceCell::new();
    }

    /// The step that was just observed.
    pub fn last(&self) -> Option<&Observation> {
        self.observations.last()
    }

    pub fn elapsed_s(&self) -> f64 {
        self.last().map_or(0.0, |last| last.ended_s)
    }

    pub fn budget_s(&self) -> f64 {
        self.goal.budget.as_secs_f64()
    }

    pub fn has_latency_objective(&self) -> bool {
        self.criteria.iter().any(|criterion| matches!(criterion, Criterion::Latency { .. }))
    }

    pub fn crossing(&self) -> &Crossing {
        self.crossing.get_or_init(|| line::crossing(&self.observations, &self.criteria, self.goal.axis))
    }

    pub fn knee(&self) -> Option<&Knee> {
        self.knee.get_or_init(|| knee::knee(&self.observations, self.goal.axis, !self.goal.think.is_zero())).as_ref()
    }

    /// The load line: where an objective breaks; without a latency objective, the knee if that comes first.
    pub fn line(&self) -> Option<Line> {
        let crossing = self.crossing().estimate.clone().map(|estimate| Line { estimate, at_knee: false });
        if self.has_latency_objective() {
            return crossing;
        }
        let knee = self.knee().filter(|knee| self.is_saturated(knee)).map(|knee| Line { estimate: knee.estimate.clone(), at_knee: true });
        match (crossing, knee) {
            (Some(crossing), Some(knee)) => Some(if knee.estimate.value < crossing.estimate.value { knee } else { crossing }),
            (crossing, knee) => crossing.or(knee),
        }
    }

    /// Whether load was put on well beyond the knee: before that the fit has nothing to lean on.
    pub fn is_saturated(&self, knee: &Knee) -> bool {
        knee.estimate.high.is_finite() && self.highest_on_curve() >= 1.3 * knee.estimate.value
    }

    pub fn highest_on_curve(&self) -> f64 {
        self.observations.iter().filter(|one| one.is_on_curve()).map(|one| one.load).fold(0.0, f64::max)
    }

    /// Whether the target falls off a cliff at the line, as far as is known.
    pub fn is_at_cliff(&self) -> bool {
        self.goal.axis == Axis::Users && self.crossing().bracket.is_cliff(&self.crossing().loads)
    }

    /// The highest rate of good answers on the curve, a second.
    pub fn peak_per_s(&self) -> f64 {
        self.observations.iter().filter(|one| one.is_on_curve()).map(|one| one.good_per_s).fold(0.0, f64::max)
    }

    /// The highest load of the bracket that passes.
    pub fn highest_pass(&self) -> Option<f64> {
        self.crossing().bracket.pass.as_ref().map(|pass| pass.load)
    }

    /// Users are whole: the knee to the nearest, an objective's crossing down to the last that holds.
    pub fn whole(&self, value: f64) -> f64 {
        match (self.goal.axis, self.line().is_some_and(|line| line.at_knee)) {
            (Axis::Rate, _) => value,
            (Axis::Users, true) => value.round().max(1.0),
            // A hundredth of slack, so that a bracket's middle of 7.999 is 8.
            (Axis::Users, false) => (value + 0.01).floor().max(1.0),
        }
    }

    /// The largest ramp load at most half of the last pass: where the target is certainly at ease.
    pub fn base(&self) -> Option<f64> {
        let pass = self.line().map(|line| line.estimate.value).or_else(|| self.highest_pass())?;
        let ramp = || self.observations.iter().filter(|one| one.purpose == Purpose::Ramp && one.is_on_curve()).map(|one| one.load);
        ramp().filter(|&load| load <= pass / 2.0).reduce(f64::max).or_else(|| ramp().reduce(f64::min))
    }

    /// Mean response time at the lowest loads, in seconds, and of how many requests.
    fn unloaded(&self) -> Option<(f64, f64)> {
        let steady = || self.observations.iter().filter(|one| one.mean_s.is_some() && one.error_share() < 0.5);
        if self.goal.axis == Axis::Rate
            && let Some(alone) = steady().find(|one| !one.on_axis)
        {
            return alone.mean_s.map(|mean_s| (mean_s, alone.ended as f64));
        }
        // The lowest loads, as many as it takes: with a pause one user alone asks for little.
        let mut lowest: Vec<&Observation> = steady().filter(|one| one.on_axis).collect();
        lowest.sort_by(|a, b| a.load.total_cmp(&b.load));
        let (mut sum_s, mut requests) = (0.0, 0.0);
        for one in lowest {
            let ended = one.ended as f64;
            sum_s += one.mean_s? * ended;
            requests += ended;
            if requests >= FEW_REQUESTS {
                break;
            }
        }
        (requests > 0.0).then(|| (sum_s / requests, requests))
    }

    /// Mean response time at the lowest loads, in seconds.
    pub fn unloaded_s(&self) -> Option<f64> {
        self.unloaded().map(|(mean_s, _)| mean_s)
    }

    /// How long the target may be silent before it counts as crashed: 1 s, or five unloaded response times (docs/METHOD.md). While those are
    /// known from a few requests only, they may be far longer than they look.
    pub fn patience_s(&self) -> Option<f64> {
        self.unloaded().map(|(mean_s, requests)| if requests >= FEW_REQUESTS { (5.0 * mean_s).max(1.0) } else { (10.0 * mean_s).max(8.0) })
    }

    /// The mean response time at a load, in seconds, over all visits.
    pub fn mean_at(&self, load: f64) -> Option<f64> {
        let visits: Vec<f64> =
            self.observations.iter().filter(|one| one.is_on_curve() && one.load == load).filter_map(|one| one.mean_s).collect();
        (!visits.is_empty()).then(|| visits.iter().sum::<f64>() / visits.len() as f64)
    }

    /// Steps shrink with a budget below a minute, to a quarter at the least.
    pub fn scale(&self) -> f64 {
        (self.budget_s() / 60.0).clamp(0.25, 1.0)
    }

    /// A load with its unit, for sentences.
    pub fn show_load(&self, load: f64) -> String {
        match self.goal.axis {
            Axis::Users => format!("{} at one time", show_number(load)),
            Axis::Rate => format!("{} requests/s", show_number(load)),
        }
    }

    pub fn step(&self, purpose: Purpose, load: f64, measure_s: f64) -> StepPlan {
        // A slow target may stretch a step, but no step may eat more than a twelfth of the time.
        let most_s = (self.budget_s() / 12.0).max(measure_s);
        plan::step(&self.goal, &self.criteria, purpose, self.goal.load(load), measure_s, most_s, self.pace_at(load, purpose))
    }

    /// Whether the last step left the target in a state that the next one must not inherit.
    pub fn needs_gate(&self) -> bool {
        let Some(last) = self.last() else { return false };
        let is_unanswered = last.ended == 0 && last.asked;
        let has_failed = last.error_share() > GATE_ERRORS || is_unanswered;
        let is_slow = last.worst_position().is_some_and(|position| position.y > GATE_Y);
        // Arrivals beyond the capacity leave a queue behind.
        let has_queue =
            self.goal.axis == Axis::Rate && last.mean_s.zip(self.unloaded_s()).is_some_and(|(mean, alone)| mean > GATE_SLOWER * alone);
        has_failed || is_slow || has_queue
    }
}
