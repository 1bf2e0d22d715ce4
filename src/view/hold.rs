//! A hold as it goes on: folded from events, shown as a block or as lines.

use super::{
    live,
    status::{Measured, show_clock},
    words,
};
use crate::{report::paint::plain, session::HoldEvent};
use indicatif::ProgressBar;
use plimsoll_core::{
    finding::Ending,
    step::{StepPlan, StepResult},
    units::{show_count, show_duration},
};
use std::{
    io::{self, Write},
    time::Duration,
};

/// The first lines come this far apart.
const FIRST_LINES: Duration = Duration::from_secs(1);
/// Later ones after this share of the time that has passed, so that a day makes no more lines than fit a few screens.
const RARER: f64 = 0.1;

/// The state of a hold, as far as a person follows it.
#[derive(Debug, Default)]
pub struct HoldStatus {
    target: String,
    plan: Option<StepPlan>,
    elapsed: Duration,
    measured: Option<Measured>,
    ended: u64,
    next_line: Duration,
}

impl HoldStatus {
    /// Takes one event.
    pub fn fold(&mut self, event: &HoldEvent<'_>) {
        match event {
            HoldEvent::Begun { subject, plan } => {
                self.target = plain(&subject.target);
                self.plan = Some((*plan).clone());
            }
            HoldEvent::Measured { so_far, elapsed } => {
                self.elapsed = *elapsed;
                self.ended = so_far.ended();
                self.measured = has_begun(so_far).then(|| Measured::of(so_far));
            }
            HoldEvent::Trouble { .. } | HoldEvent::Ended { .. } => {}
        }
    }

    /// Two lines: the load and how far it is, and what was measured so far.
    pub fn block(&self) -> String {
        format!("{}  {}\n         {}", self.target, self.progress(), self.so_far())
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
                Some(format!("{:>6}  {}", show_clock(*elapsed), self.so_far()))
            }
            HoldEvent::Trouble { text } => Some(format!("warning: {}", plain(text))),
            HoldEvent::Ended { ending: Ending::Interrupted } => Some("interrupted: reporting what was measured".to_owned()),
            HoldEvent::Measured { .. } | HoldEvent::Ended { .. } => None,
        }
    }

    fn so_far(&self) -> String {
        self.measured.map_or_else(|| "settling".to_owned(), |measured| measured.text())
    }

    fn progress(&self) -> String {
        let Some(plan) = &self.plan else { return String::new() };
        let done = match plan.requests {
            Some(_) => format!("{} requests", show_count(self.ended)),
            None => show_clock(self.elapsed),
        };
        format!("{}, {done} of {}", words::load(&plan.load), aim(plan))
    }
}

fn has_begun(so_far: &StepResult) -> bool {
    !so_far.batches.is_empty()
}

/// What ends it: `10 s`, or `5,000 requests`.
fn aim(plan: &StepPlan) -> String {
    match plan.requests {
        Some(requests) => format!("{} requests", show_count(requests)),
        None => show_duration(plan.measure),
    }
}

/// How the progress of a hold is shown.
#[derive(Debug)]
pub enum HoldView {
    /// A block at the foot of the terminal.
    Live(HoldStatus, ProgressBar),
    /// Lines, now and then.
    Lines(HoldStatus),
}

impl HoldView {
    /// A block that redraws itself, when `live`; otherwise lines.
    pub fn new(live: bool) -> Self {
        if live { Self::Live(HoldStatus::default(), live::block()) } else { Self::Lines(HoldStatus::default()) }
    }

    /// Shows one event. Progress is a courtesy: where standard error is closed, the run goes on without it.
    pub fn show(&mut self, event: &HoldEvent<'_>) {
        match self {
            Self::Live(status, block) => {
                status.fold(event);
                match event {
                    HoldEvent::Trouble { text } => block.println(plain(text)),
                    HoldEvent::Ended { .. } => block.finish_and_clear(),
                    _ => block.set_message(status.block()),
                }
            }
            Self::Lines(status) => {
                status.fold(event);
                if let Some(line) = status.line(event) {
                    let _ = writeln!(io::stderr().lock(), "{line}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::{
        finding::Subject,
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
        show(&HoldEvent::Begun { subject: &subject(), plan: &plan(None) });
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
    fn the_block_says_how_far_it_is_in_the_measure_that_ends_it() {
        let mut result = StepResult::begin(plan(Some(5_000)), Duration::ZERO);
        result.batches.push(Batch { duration: Duration::from_secs(1), good: 1_234, ..Batch::empty(0) });
        for (requests, part) in [(Some(5_000), "1,234 requests of 5,000 requests"), (None, "3 s of 10 s")] {
            let mut status = HoldStatus::default();
            status.fold(&HoldEvent::Begun { subject: &subject(), plan: &plan(requests) });
            assert!(status.block().ends_with("settling"), "{}", status.block());
            status.fold(&HoldEvent::Measured { so_far: &result, elapsed: Duration::from_secs(3) });
            assert!(status.block().contains(part) && status.block().contains("1,230 good/s"), "{}", status.block());
        }
    }
}
