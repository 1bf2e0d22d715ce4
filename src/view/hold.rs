//! A hold as it goes on: folded from events, shown on a screen or as lines.

use super::{
    display::{Display, Manner},
    generator::Generator,
    measured::Measured,
    page::Page,
    say,
    status::show_clock,
    words,
};
use crate::{report::paint::plain, session::HoldEvent};
use plimsoll_core::{
    criterion::Criterion,
    evidence::{Verdict, Waiting, evidence_of_each, verdict_of},
    finding::Ending,
    step::{Batch, Signals, StepPlan, StepResult},
    units::{show_count, show_duration},
};
use std::time::Duration;

/// The first lines come this far apart.
const FIRST_LINES: Duration = Duration::from_secs(1);
/// Later ones after this share of the time that has passed, so that a day makes no more lines than fit a few screens.
const RARER: f64 = 0.1;

/// The state of a hold, as far as a person follows it.
#[derive(Clone, Debug)]
pub struct HoldStatus {
    pub(super) target: String,
    pub(super) description: Option<String>,
    pub(super) plan: Option<StepPlan>,
    criteria: Vec<Criterion>,
    waiting: Waiting,
    pub(super) elapsed: Duration,
    /// When measuring began, since the load was put on.
    pub(super) settled: Duration,
    pub(super) measured: Option<Measured>,
    /// What each batch gave, in order.
    pub(super) moments: Vec<Moment>,
    pub(super) counts: Counts,
    /// What each objective looks like so far.
    pub(super) objectives: Vec<(String, Verdict)>,
    pub(super) signals: Signals,
    pub(super) generator: Option<Generator>,
    next_line: Duration,
}

/// What one batch gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Its middle, in seconds since measuring began.
    pub at_s: f64,
    pub good_per_s: f64,
    pub p50: Option<Duration>,
    pub p99: Option<Duration>,
}

/// Requests so far, and for how long they were counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub offered: u64,
    pub sent: u64,
    pub answered: u64,
    pub good: u64,
    pub failed: u64,
    pub measured: Duration,
}

impl Counts {
    fn of(step: &StepResult) -> Self {
        Self {
            offered: step.offered(),
            sent: step.sent(),
            answered: step.answered(),
            good: step.good(),
            failed: step.failed().total(),
            measured: step.measured(),
        }
    }

    /// Requests that ended, well or badly.
    pub fn ended(&self) -> u64 {
        self.good + self.failed
    }
}

impl Default for HoldStatus {
    fn default() -> Self {
        Self {
            target: String::new(),
            description: None,
            plan: None,
            criteria: Vec::new(),
            waiting: Waiting::Asleep,
            elapsed: Duration::ZERO,
            settled: Duration::ZERO,
            measured: None,
            moments: Vec::new(),
            counts: Counts::default(),
            objectives: Vec::new(),
            signals: Signals::default(),
            generator: None,
            next_line: Duration::ZERO,
        }
    }
}

impl HoldStatus {
    /// Takes one event.
    pub fn fold(&mut self, event: &HoldEvent<'_>) {
        match event {
            HoldEvent::Begun { subject, plan, criteria, waiting } => {
                self.target = plain(&subject.name());
                self.description = subject.description.as_deref().map(plain);
                self.plan = Some((*plan).clone());
                self.criteria = criteria.to_vec();
                self.waiting = *waiting;
            }
            HoldEvent::Measured { so_far, elapsed } => {
                self.elapsed = *elapsed;
                if so_far.batches.is_empty() {
                    return;
                }
                self.settled = so_far.settled;
                self.measured = Some(Measured::of(so_far));
                self.counts = Counts::of(so_far);
                self.generator = Generator::waiting(so_far, self.waiting).or_else(|| self.generator.take());
                let weighed = self.criteria.iter().zip(evidence_of_each(so_far, &self.criteria));
                self.objectives =
                    weighed.map(|(criterion, evidence)| (words::objective(criterion), verdict_of(so_far, criterion, &evidence))).collect();
                for batch in &so_far.batches[self.moments.len().min(so_far.batches.len())..] {
                    let moment = Moment::after(self.moments.last(), batch);
                    self.moments.extend(moment);
                }
            }
            HoldEvent::Watched { signals } => self.signals = (*signals).clone(),
            HoldEvent::Placed { .. } | HoldEvent::Trouble { .. } | HoldEvent::Ended { .. } => {}
        }
    }

    /// The line that an event is worth: one at the start, then rarer as time goes on, one for an early end.
    pub fn line(&mut self, event: &HoldEvent<'_>) -> Option<String> {
        match event {
            HoldEvent::Begun { plan, .. } => {
                self.next_line = FIRST_LINES;
                Some(format!("{}: {}, {}", self.target, words::load(&plan.load), aim(plan)))
            }
            HoldEvent::Measured { elapsed, .. } if *elapsed >= self.next_line => {
                self.next_line = *elapsed + FIRST_LINES.max(elapsed.mul_f64(RARER));
                let so_far = self.measured.map_or_else(|| "settling".to_owned(), |measured| measured.text());
                Some(format!("{:>6}  {so_far}", show_clock(*elapsed)))
            }
            HoldEvent::Trouble { text } => Some(format!("warning: {}", plain(text))),
            HoldEvent::Ended { ending: Ending::Interrupted } => Some("interrupted: reporting what was measured".to_owned()),
            HoldEvent::Placed { .. } | HoldEvent::Measured { .. } | HoldEvent::Watched { .. } | HoldEvent::Ended { .. } => None,
        }
    }

    /// How far it is towards what ends it, from 0 to 1; `None` while it settles.
    pub(super) fn share_done(&self) -> Option<f64> {
        let plan = self.plan.as_ref()?;
        self.measured?;
        let by_time = self.counts.measured.as_secs_f64() / plan.measure.as_secs_f64();
        let by_number = plan.requests.map_or(0.0, |requests| self.counts.ended() as f64 / requests.max(1) as f64);
        Some(by_time.max(by_number).min(1.0))
    }
}

impl Moment {
    /// The moment of a batch that follows this one; `None` for one without time.
    fn after(before: Option<&Self>, batch: &Batch) -> Option<Self> {
        let seconds = batch.duration.as_secs_f64();
        let begun_s = before.map_or(0.0, |before| before.at_s + seconds / 2.0);
        let failed = batch.failed.total();
        (seconds > 0.0).then(|| Self {
            at_s: begun_s + seconds / 2.0,
            good_per_s: batch.good as f64 / seconds,
            p50: batch.response.quantile(0.5, failed),
            p99: batch.response.quantile(0.99, failed),
        })
    }
}

/// What ends it: `10 s`, or `5,000 requests`.
pub(super) fn aim(plan: &StepPlan) -> String {
    match plan.requests {
        Some(requests) => format!("{} requests", show_count(requests)),
        None => show_duration(plan.measure),
    }
}

/// How the progress of a hold is shown.
#[derive(Debug)]
pub struct HoldView {
    status: HoldStatus,
    display: Display,
}

impl HoldView {
    /// Shows it in this manner.
    pub fn new(manner: Manner) -> Self {
        Self { status: HoldStatus::default(), display: Display::of(manner) }
    }

    /// Shows one event. Progress is a courtesy: where standard error is closed, the run goes on without it.
    pub fn show(&mut self, event: &HoldEvent<'_>) {
        self.status.fold(event);
        if let HoldEvent::Placed { generator } = event {
            self.display.keep_off(generator);
            return;
        }
        if !self.display.show(|| Page::Hold(self.status.clone()))
            && let Some(line) = self.status.line(event)
        {
            say(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::{
        finding::Subject,
        outcome::Failure,
        step::{Batch, Load, Purpose, Settle},
    };

    fn plan(requests: Option<u64>) -> StepPlan {
        StepPlan {
            purpose: Purpose::Hold,
            load: Load::Users { users: 50, think: Duration::ZERO },
            settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
            measure: Duration::from_secs(10),
            batches: 20,
            limits: Vec::new(),
            requests,
        }
    }

    fn subject() -> Subject {
        let text = String::new;
        Subject {
            target: "http://a\u{1b}[2J/".to_owned(),
            url: text(),
            description: None,
            start: None,
            command: text(),
            started_at: text(),
            version: text(),
        }
    }

    /// The lines of a hold that goes on for so many seconds, told of twice a second.
    fn lines(seconds: u64) -> Vec<String> {
        let (mut status, mut result) = (HoldStatus::default(), StepResult::begin(plan(None), Duration::ZERO));
        let mut lines: Vec<String> = Vec::new();
        let mut show = |event: &HoldEvent<'_>| {
            status.fold(event);
            lines.extend(status.line(event));
        };
        show(&HoldEvent::Begun { subject: &subject(), plan: &plan(None), criteria: &[], waiting: Waiting::Asleep });
        show(&HoldEvent::Measured { so_far: &result, elapsed: Duration::from_secs(1) });
        result.batches.push(Batch { duration: Duration::from_secs(1), good: 80, ..Batch::empty(0) });
        result.response.record(Duration::from_millis(50));
        for half in 3..=2 * seconds {
            show(&HoldEvent::Measured { so_far: &result, elapsed: Duration::from_millis(500 * half) });
        }
        show(&HoldEvent::Ended { ending: Ending::Interrupted });
        lines
    }

    #[test]
    fn lines_tell_the_load_then_what_was_measured_and_become_rare() {
        let few = lines(5);
        assert_eq!(few[0], r"http://a\u{1b}[2J/: 50 at one time, 10 s");
        assert_eq!(few[1].trim(), "1 s  settling");
        assert_eq!(few[2].trim(), "2 s  80 good/s, median 50 ms");
        assert_eq!((few.len(), few[6].as_str()), (7, "interrupted: reporting what was measured"));
        assert!(lines(24 * 3600).len() < 120, "{} lines", lines(24 * 3600).len());
    }

    #[test]
    fn each_batch_is_a_moment_and_objectives_are_weighed_as_they_go() {
        let mut status = HoldStatus::default();
        let mut result = StepResult::begin(plan(None), Duration::ZERO);
        let criteria = ["errors<1%".parse().unwrap()];
        status.fold(&HoldEvent::Begun { subject: &subject(), plan: &plan(None), criteria: &criteria, waiting: Waiting::Asleep });
        for second in 1..=3 {
            let mut batch = Batch { duration: Duration::from_secs(1), offered: 100, sent: 100, good: 100, ..Batch::empty(0) };
            batch.failed.add(Failure::Refused, 50);
            result.batches.push(batch);
            status.fold(&HoldEvent::Measured { so_far: &result, elapsed: Duration::from_secs(second) });
        }
        assert_eq!(
            status.moments.iter().map(|moment| (moment.at_s, moment.good_per_s)).collect::<Vec<_>>(),
            [(0.5, 100.0), (1.5, 100.0), (2.5, 100.0)]
        );
        assert_eq!(status.objectives, [("errors < 1%".to_owned(), Verdict::Fail)]);
        assert_eq!((status.counts.good, status.counts.failed, status.share_done()), (300, 150, Some(0.3)));
    }

    #[test]
    fn a_number_of_requests_is_done_by_their_number() {
        let mut status = HoldStatus::default();
        let mut result = StepResult::begin(plan(Some(5_000)), Duration::ZERO);
        result.batches.push(Batch { duration: Duration::from_secs(1), good: 1_250, ..Batch::empty(0) });
        status.fold(&HoldEvent::Begun { subject: &subject(), plan: &plan(Some(5_000)), criteria: &[], waiting: Waiting::Asleep });
        assert_eq!(status.share_done(), None);
        status.fold(&HoldEvent::Measured { so_far: &result, elapsed: Duration::from_secs(3) });
        assert_eq!(status.share_done(), Some(0.25));
    }
}
