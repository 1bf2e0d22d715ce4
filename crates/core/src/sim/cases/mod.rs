//! The acceptance suite as data: targets whose load line is known, and what to ask of each.
//!
//! docs/METHOD.md lists the cases; docs/ACCURACY.md gives what the search, and others, make of them. Truths come from formulas (workers,
//! Erlang C, the machine repairman, the USL, a limiter's rate) or, where there is none, from long runs at fixed loads that
//! [`truth_by_long_run`] repeats.

mod flags;
mod knees;
mod long_run;
mod objectives;
mod rates;

pub use long_run::{LongRun, truth_by_long_run};

use super::{Service, Spread, TargetModel};
use crate::{criterion::Criterion, finding::Axis, search::Goal};
use std::time::Duration;

/// What is true of a target, on the axis of the case's goal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Truth {
    /// The load line.
    Line(f64),
    /// The load line moves steadily. An answer is judged by where the line was in the middle of the run that gave it.
    Moves {
        /// The line at the start.
        from: f64,
        /// The line after a minute.
        after_minute: f64,
    },
    /// The line jumps. An answer from a run that ended before is judged by the first value; any later one must be flagged.
    Jumps {
        /// The line at first.
        before: f64,
        /// The line then.
        after: f64,
        /// When.
        at: Duration,
    },
    /// It does not degrade up to the goal's ceiling: "at least" is the answer.
    Beyond,
    /// No number is the target's. "At least" is right up to this load (0: only "withheld" is right).
    NotToBeFound {
        /// The largest load up to which the target is known not to degrade.
        at_least: f64,
    },
}

impl Truth {
    /// The load line that an answer after a run of this length is judged by, where there is one.
    pub fn line(&self, took: Duration) -> Option<f64> {
        match *self {
            Self::Line(line) => Some(line),
            Self::Moves { from, after_minute } => Some(from + (after_minute - from) * took.as_secs_f64() / 2.0 / 60.0),
            Self::Jumps { before, .. } => Some(before),
            Self::Beyond | Self::NotToBeFound { .. } => None,
        }
    }
}

/// What may be asked of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Stationary, with an objective: silently wrong in at most 2% of runs, the interval holds the truth in at least 90%.
    WellBehaved,
    /// Without an objective: never silently wrong.
    Knee,
    /// Pauses, drift, wobble, heavy tails, few requests: a wide interval or a flag is right where the truth can't be had.
    WeakSpot,
    /// Only a flag is right.
    MustFlag,
}

impl Class {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WellBehaved => "well-behaved",
            Self::Knee => "knee",
            Self::WeakSpot => "weak spot",
            Self::MustFlag => "must flag",
        }
    }
}

/// A target, what is asked of it, and the right answer.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, unique.
    pub name: &'static str,
    /// The target.
    pub target: TargetModel,
    /// What to find.
    pub goal: Goal,
    /// The right answer.
    pub truth: Truth,
    /// What may be asked.
    pub class: Class,
    /// Whether "firm" is a wrong word whatever the number: the target does not stay the same.
    pub never_firm: bool,
}

impl Case {
    fn new(name: &'static str, class: Class, target: TargetModel, goal: Goal, truth: Truth) -> Self {
        Self { name, target, goal, truth, class, never_firm: class == Class::MustFlag }
    }

    fn class(self, class: Class) -> Self {
        Self { class, ..self }
    }

    fn never_firm(self) -> Self {
        Self { never_firm: true, ..self }
    }
}

/// Every case.
pub fn all() -> Vec<Case> {
    [objectives::cases(), knees::cases(), rates::cases(), flags::cases()].concat()
}

fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1e3)
}

fn exponential(mean_ms: f64) -> Service {
    Service::exponential(ms(mean_ms))
}

fn jittered(mean_ms: f64, cv: f64) -> Service {
    Service { mean: ms(mean_ms), spread: Spread::Jitter { cv }, tail: None }
}

/// Users at one time under these objectives.
///
/// # Panics
/// When one of them is no objective: the cases are constants, and a test reads them all.
fn users(objectives: &[&str]) -> Goal {
    let criteria = objectives.iter().map(|text| text.parse::<Criterion>().unwrap_or_else(|error| panic!("{error}"))).collect();
    Goal { criteria, ..Goal::default() }
}

/// Requests a second under these objectives.
fn rate(objectives: &[&str]) -> Goal {
    Goal { axis: Axis::Rate, ceiling: 1e6, ..users(objectives) }
}

/// Users who pause.
fn thinking(think_ms: f64, objectives: &[&str]) -> Goal {
    Goal { think: ms(think_ms), ..users(objectives) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_truths_lie_within_the_goals_bounds() {
        let cases = all();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        for case in &cases {
            if let Some(line) = case.truth.line(Duration::from_secs(60)) {
                assert!(line >= case.goal.start && line < case.goal.ceiling, "{}: {line}", case.name);
            }
            assert!(!case.target.stages.is_empty(), "{}", case.name);
        }
    }

    #[test]
    fn a_moving_line_is_judged_in_the_middle_of_the_run() {
        let truth = Truth::Moves { from: 99.0, after_minute: 89.0 };
        assert_eq!(truth.line(Duration::from_secs(60)), Some(94.0));
        assert_eq!(truth.line(Duration::ZERO), Some(99.0));
    }
}
