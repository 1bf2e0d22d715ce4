//! The search for the load line: a pure state machine. [`Search::next`] says what to do, [`Search::observe`] takes what came of it.
//!
//! It knows neither clock nor target: time is what the steps took, so a simulation, the engine and a journal replayed later drive it alike, and
//! equal results lead to equal findings. docs/METHOD.md tells the method in words; each state has a file here.

mod compose;
mod drift;
mod enough;
mod facts;
mod gate;
mod generator;
mod goal;
mod hold;
mod knee;
mod ladder;
mod line;
mod merged;
mod observation;
mod overshoot;
mod pace;
mod pauses;
mod plan;
mod pooled;
mod ramp;
mod recheck;
mod refine;
mod refine_knee;
mod refine_line;
mod refusals;
mod retrograde;
mod sag;
mod state;
mod verdict;

pub use goal::Goal;

use crate::{
    finding::{Axis, Ending, Finding, LadderRung, StepRecord, Subject},
    step::{Flow, Purpose, StepPlan, StepResult},
};
use facts::Facts;
use observation::Observation;
use state::Phase;
use std::time::Duration;

/// What the search wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Carry out this step and hand its result to [`Search::observe`].
    Step(StepPlan),
    /// Nothing more: take the finding.
    Done,
}

/// What is known in mid search, for whoever shows progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// What the search is doing.
    pub phase: Purpose,
    /// The load line as it looks.
    pub best: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval; `None` while nothing has failed.
    pub high: Option<f64>,
    /// Time left, at the most.
    pub time_left: Duration,
    /// The ways in which the target degrades as far as they are seen, in order; empty before the first step.
    pub ladder: Vec<LadderRung>,
}

/// A search for the load line.
#[derive(Debug)]
pub struct Search {
    facts: Facts,
    phase: Phase,
}

impl Search {
    /// A search that has seen nothing.
    pub fn new(goal: Goal) -> Self {
        let criteria = goal.objectives();
        let phase = match goal.axis {
            Axis::Users => Phase::Ramp(ramp::Ramp::starting(goal.start.max(1.0).min(goal.ceiling))),
            Axis::Rate => Phase::Unloaded,
        };
        Self { facts: Facts::of(goal, criteria), phase }
    }

    /// What to do next. Asking again without observing gives the same answer.
    pub fn next(&self) -> Move {
        match self.phase.plan(&self.facts) {
            Some(plan) => Move::Step(plan),
            None => Move::Done,
        }
    }

    /// Whether a step that is under way should go on: pass this to [`crate::step::Driver::drive`].
    pub fn watch(&self, so_far: &StepResult) -> Flow {
        if self.phase.has_enough(&self.facts, so_far) { Flow::Enough } else { Flow::Continue }
    }

    /// Takes the result of the step that [`Search::next`] asked for.
    pub fn observe(&mut self, result: &StepResult) {
        let observation = Observation::of(result, &self.facts.goal, &self.facts.criteria, self.facts.patience_s());
        self.facts.take(observation, StepRecord::from(result));
        let phase = std::mem::replace(&mut self.phase, Phase::Done);
        self.phase = phase.advance(&mut self.facts);
    }

    /// What is known so far.
    pub fn estimate(&self) -> Estimate {
        let line = self.facts.line();
        let estimate = line.as_ref().map(|line| &line.estimate);
        Estimate {
            phase: self.phase.purpose(),
            best: estimate.map(|estimate| self.facts.whole(estimate.value)).or_else(|| self.facts.highest_pass()),
            low: estimate.map(|estimate| estimate.low).or_else(|| self.facts.highest_pass()),
            high: estimate.map(|estimate| estimate.high),
            time_left: Duration::from_secs_f64((self.facts.goal.budget.as_secs_f64() - self.facts.elapsed_s()).max(0.0)),
            ladder: if self.facts.observations.is_empty() { Vec::new() } else { ladder::ladder(&self.facts) },
        }
    }

    /// A sentence on what was wrong, when the target was broken at the smallest load already.
    pub fn target_broken(&self) -> Option<String> {
        self.facts.broken.clone()
    }

    /// The result so far: complete once [`Search::next`] says so, and as good as the steps allow before.
    pub fn finding(&self, subject: Subject, ending: Ending) -> Finding {
        compose::finding(&self.facts, subject, ending)
    }
}
