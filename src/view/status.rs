//! What is being tried, what is known so far, and the time left: folded from events, shown as text.

use super::words;
use crate::{report::paint::plain, session::Event};
use plimsoll_core::{
    finding::Ending,
    search::Estimate,
    step::{StepPlan, StepResult},
    units::{show_duration, show_number, show_share},
};
use std::time::Duration;

/// The state of a run, as far as a person follows it.
#[derive(Debug, Default)]
pub struct Status {
    target: String,
    elapsed: Duration,
    step: Option<StepPlan>,
    measured: Option<Measured>,
    estimate: Option<Estimate>,
}

/// What the step at hand gave so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    good_per_s: Option<f64>,
    median: Option<Duration>,
    error_share: Option<f64>,
}

impl Measured {
    pub fn of(result: &StepResult) -> Self {
        Self { good_per_s: result.good_per_s(), median: result.quantile(0.5), error_share: result.error_share() }
    }

    pub fn text(&self) -> String {
        let rate = self.good_per_s.map_or_else(|| "settling".to_owned(), |rate| format!("{} good/s", show_number(rate)));
        let median = self.median.map(|median| format!(", median {}", show_duration(median)));
        let errors = self.error_share.filter(|share| *share > 0.0).map(|share| format!(", {} errors", show_share(share)));
        [Some(rate), median, errors].into_iter().flatten().collect()
    }
}

impl Status {
    /// Takes one event.
    pub fn fold(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { subject, .. } => self.target = plain(&subject.target),
            Event::StepBegun { plan, estimate, elapsed } => {
                self.step = Some((*plan).clone());
                self.measured = None;
                self.estimate = Some((*estimate).clone());
                self.elapsed = *elapsed;
            }
            Event::Measured { so_far, elapsed } => {
                self.measured = Some(Measured::of(so_far));
                self.elapsed = *elapsed;
            }
            Event::StepEnded { result, estimate, elapsed } => {
                self.measured = Some(Measured::of(result));
                self.estimate = Some((*estimate).clone());
                self.elapsed = *elapsed;
            }
            Event::Trouble { .. } | Event::Ended { .. } => {}
        }
    }

    /// Three lines: the run, the step at hand, what is known so far.
    pub fn block(&self) -> String {
        let trying =
            self.step.as_ref().map_or_else(String::new, |step| format!("{}: {}", words::load(&step.load), words::explained(step.purpose)));
        let measured = self.measured.map_or_else(|| "settling".to_owned(), |measured| measured.text());
        format!(
            "{}  {}, {}\ntrying   {trying}\n         {measured}\nknown    {}",
            self.target,
            show_clock(self.elapsed),
            self.left(),
            self.known()
        )
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
            Event::StepBegun { .. } | Event::Measured { .. } | Event::Ended { .. } => None,
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
        Estimate { phase: Purpose::Refine, best: low, low, high, time_left: Duration::from_secs(41) }
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
    fn the_block_has_the_step_at_hand_and_what_is_known_before_it() {
        let mut status = Status::default();
        let (result, estimate) = (step(4, 80), estimate(Some(4.0), None));
        status.fold(&Event::StepBegun { plan: &result.plan, estimate: &estimate, elapsed: Duration::from_secs(5) });
        assert!(
            status.block().contains("4 at one time: narrowing the interval\n         settling\nknown    at least 4"),
            "{}",
            status.block()
        );
        status.fold(&Event::Measured { so_far: &result, elapsed: Duration::from_secs(6) });
        assert!(
            status.block().contains("80 good/s, median 50 ms") && status.block().contains("6 s, about 41 s left"),
            "{}",
            status.block()
        );
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
