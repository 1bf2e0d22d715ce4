//! What is being tried, what is known so far, and the time left: folded from events; shown on a screen, or as lines.

use super::{curve::Curve, generator::Generator, measured::Measured, words};
use crate::{report::paint::plain, session::Event};
use plimsoll_core::{
    finding::Ending,
    search::{Estimate, Goal},
    step::{Signals, StepPlan, StepResult},
    units::{show_duration, show_number},
};
use std::time::Duration;

/// So many sentences of trouble are kept; all of them stand in the finding.
const MOST_TROUBLES: usize = 4;
/// While a step goes on it is looked at this often: nobody reads faster.
const FRESH: Duration = Duration::from_millis(150);

/// The state of a run, as far as a person follows it.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// What is measured, as it was named.
    pub(super) target: String,
    /// What it is, where known.
    pub(super) description: Option<String>,
    /// What is sought.
    pub(super) goal: Option<Goal>,
    /// Since the session's start.
    pub(super) elapsed: Duration,
    /// The step at hand, or the one that ended last.
    pub(super) step: Option<StepPlan>,
    /// How far it is.
    pub(super) progress: Progress,
    /// What it gave so far.
    pub(super) measured: Option<Measured>,
    /// What is known of the load line.
    pub(super) estimate: Option<Estimate>,
    estimated_at: Duration,
    /// What each load gave.
    pub(super) curve: Curve,
    /// What is seen of the target.
    pub(super) signals: Signals,
    /// How the generator does.
    pub(super) generator: Option<Generator>,
    /// What went wrong without ending the run, the last of it.
    pub(super) troubles: Vec<String>,
    /// Whether it waits for the user.
    pub(super) paused: bool,
    looked_at: Option<Duration>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Progress {
    /// The target settles under the load.
    #[default]
    Settling,
    /// It is measured: this share of the longest time that may take.
    Measured(f64),
}

impl Progress {
    pub fn of(step: &StepResult) -> Self {
        match step.batches.len() {
            0 => Self::Settling,
            _ => Self::Measured((step.measured().as_secs_f64() / step.plan.measure.as_secs_f64()).min(1.0)),
        }
    }
}

impl Status {
    /// Takes one event.
    pub fn fold(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { subject, goal } => {
                self.target = plain(&subject.name());
                self.description = subject.description.as_deref().map(plain);
                self.goal = Some((*goal).clone());
            }
            Event::StepBegun { plan, estimate, elapsed } => {
                self.step = Some((*plan).clone());
                self.progress = Progress::Settling;
                self.measured = None;
                self.looked_at = None;
                self.paused = false;
                self.learn(estimate, *elapsed);
            }
            Event::Measured { so_far, elapsed } => {
                if self.looked_at.is_some_and(|last| *elapsed < last + FRESH) {
                    return;
                }
                self.looked_at = Some(*elapsed);
                self.look_at(so_far);
                self.elapsed = *elapsed;
            }
            Event::Watched { signals } => self.signals = (*signals).clone(),
            Event::StepEnded { result, estimate, elapsed } => {
                self.look_at(result);
                self.curve.take(result);
                if result.signals.watched.is_some() || result.signals.target_alive == Some(false) {
                    self.signals = result.signals.clone();
                }
                self.learn(estimate, *elapsed);
            }
            Event::Paused { elapsed } => {
                self.paused = true;
                self.elapsed = *elapsed;
            }
            Event::Trouble { text } => {
                if self.troubles.len() == MOST_TROUBLES {
                    self.troubles.remove(0);
                }
                self.troubles.push(plain(text));
            }
            Event::Placed { .. } | Event::Ended { .. } => {}
        }
    }

    fn learn(&mut self, estimate: &Estimate, elapsed: Duration) {
        self.estimate = Some(estimate.clone());
        (self.elapsed, self.estimated_at) = (elapsed, elapsed);
    }

    fn look_at(&mut self, step: &StepResult) {
        self.progress = Progress::of(step);
        self.measured = Some(Measured::of(step));
        self.generator = Generator::of(step).or_else(|| self.generator.take());
    }

    /// The line that an event is worth: one at the start, one a step, one for each trouble, one for an early end.
    pub fn line(&self, event: &Event<'_>) -> Option<String> {
        match event {
            Event::Started { goal, .. } => Some(format!("{}: searching for at most about {}", self.target, show_duration(goal.budget))),
            Event::StepEnded { result, .. } => Some(format!(
                "{:>6}  {:<9}  {:>26}  {:<40}  known: {}; {}",
                show_clock(self.elapsed),
                words::purpose(result.plan.purpose),
                words::load(&result.plan.load),
                Measured::of(result).text(),
                self.known(),
                self.left()
            )),
            Event::Trouble { text } => Some(format!("warning: {}", plain(text))),
            Event::Ended { ending: Ending::Interrupted } => Some("interrupted: reporting what was measured".to_owned()),
            Event::Placed { .. }
            | Event::StepBegun { .. }
            | Event::Measured { .. }
            | Event::Watched { .. }
            | Event::Paused { .. }
            | Event::Ended { .. } => None,
        }
    }

    fn known(&self) -> String {
        let Some(estimate) = &self.estimate else { return "nothing yet".to_owned() };
        let finite = |end: Option<f64>| end.filter(|end| end.is_finite());
        match (estimate.best, finite(estimate.low), finite(estimate.high)) {
            (_, Some(low), Some(high)) => format!("between {} and {}", show_number(low), show_number(high)),
            (_, Some(low), None) => format!("at least {}", show_number(low)),
            (_, None, Some(high)) => format!("at most {}", show_number(high)),
            (Some(best), None, None) => format!("about {}", show_number(best)),
            (None, None, None) => "nothing yet".to_owned(),
        }
    }

    fn left(&self) -> String {
        self.estimate.as_ref().map_or_else(String::new, |estimate| format!("about {} left", show_clock(estimate.time_left)))
    }

    /// Time left, at the most; `None` before the first step.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let since = self.elapsed.saturating_sub(self.estimated_at);
        self.estimate.as_ref().map(|estimate| estimate.time_left.saturating_sub(since))
    }
}

/// Whole seconds: a clock that people read while it runs.
pub(super) fn show_clock(duration: Duration) -> String {
    show_duration(Duration::from_secs(duration.as_secs_f64().round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::step::{Batch, Load, Purpose, Settle};

    fn step(users: u32, good: u64) -> StepResult {
        let settle = Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 };
        let load = Load::Users { users, think: Duration::ZERO };
        let plan = StepPlan {
            purpose: Purpose::Refine,
            load,
            settle,
            measure: Duration::from_secs(1),
            batches: 1,
            limits: Vec::new(),
            requests: None,
        };
        let mut batch = Batch { duration: Duration::from_secs(1), good, ..Batch::empty(0) };
        batch.failed.add(plimsoll_core::outcome::Failure::Refused, 20);
        let mut result = StepResult::begin(plan, Duration::ZERO);
        for _ in 0..good {
            result.response.record(Duration::from_millis(50));
        }
        result.batches.push(batch);
        result
    }

    fn estimate(low: Option<f64>, high: Option<f64>) -> Estimate {
        Estimate { phase: Purpose::Refine, best: low, low, high, time_left: Duration::from_secs(41), ladder: Vec::new() }
    }

    #[test]
    fn a_step_is_one_line_that_says_what_was_tried_what_came_of_it_and_what_is_known() {
        let mut status = Status::default();
        let (result, estimate) = (step(16, 80), estimate(Some(3.9), Some(4.1)));
        let event = Event::StepEnded { result: &result, estimate: &estimate, elapsed: Duration::from_millis(12_400) };
        status.fold(&event);
        let line = status.line(&event).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(
            words.join(" "),
            "12 s refine 16 at one time 80 good/s, median 50 ms, 20% errors known: between 3.9 and 4.1; about 41 s left"
        );
    }

    #[test]
    fn a_step_that_begins_has_measured_nothing_and_time_goes_on_within_it() {
        let mut status = Status::default();
        let (result, estimate) = (step(4, 80), estimate(Some(4.0), None));
        status.fold(&Event::StepBegun { plan: &result.plan, estimate: &estimate, elapsed: Duration::from_secs(5) });
        assert!(status.measured.is_none() && status.known() == "at least 4");
        status.fold(&Event::Measured { so_far: &result, elapsed: Duration::from_secs(11) });
        assert_eq!(status.measured.unwrap().text(), "80 good/s, median 50 ms, 20% errors");
        assert_eq!((status.time_left(), status.progress), (Some(Duration::from_secs(35)), Progress::Measured(1.0)));
    }

    #[test]
    fn a_pause_lasts_until_the_next_step() {
        let mut status = Status::default();
        let (result, estimate) = (step(4, 80), estimate(None, None));
        status.fold(&Event::Paused { elapsed: Duration::from_secs(5) });
        assert!(status.paused);
        status.fold(&Event::StepBegun { plan: &result.plan, estimate: &estimate, elapsed: Duration::from_secs(5) });
        assert!(!status.paused);
    }

    #[test]
    fn a_long_run_of_trouble_keeps_the_last_of_it() {
        let mut status = Status::default();
        for place in 0..1_000 {
            status.fold(&Event::Trouble { text: &format!("trouble {place}\u{1b}[2J") });
        }
        assert_eq!(status.troubles.len(), MOST_TROUBLES);
        assert_eq!(status.troubles.last().unwrap(), r"trouble 999\u{1b}[2J");
    }

    #[test]
    fn lines_are_worth_only_some_events() {
        let status = Status::default();
        let (result, estimate) = (step(4, 80), estimate(None, None));
        let elapsed = Duration::ZERO;
        assert_eq!(status.line(&Event::StepBegun { plan: &result.plan, estimate: &estimate, elapsed }), None);
        assert_eq!(status.line(&Event::Measured { so_far: &result, elapsed }), None);
        assert_eq!(status.line(&Event::Ended { ending: Ending::Complete }), None);
        let trouble = status.line(&Event::Trouble { text: "a\u{1b}[2Jb" }).unwrap();
        assert!(trouble.starts_with("warning: ") && !trouble.contains('\u{1b}'), "{trouble:?}");
    }
}
