//! A comparison as it goes on: the searches one after the other, then the random turns.

use super::{View, live, say, status::show_clock};
use crate::{
    report::paint::plain,
    session::{CompareEvent, Event},
};
use indicatif::ProgressBar;
use plimsoll_core::finding::{Ending, Pair};
use std::time::Duration;

/// So many lines tell of the turns where nothing redraws itself.
const LINES: u32 = 4;

/// How the progress of a comparison is shown.
#[derive(Debug)]
pub struct CompareView {
    is_live: bool,
    search: View,
    turns: Turns,
    block: Option<ProgressBar>,
}

/// The state of the turns.
#[derive(Debug, Default)]
struct Turns {
    lines: u32,
}

impl Turns {
    /// The line that these probes are worth.
    fn line(&mut self, done: u32, of: u32, pairs: &[Pair], elapsed: Duration) -> Option<String> {
        let due = (done * LINES).checked_div(of).unwrap_or(LINES);
        if due <= self.lines {
            return None;
        }
        self.lines = due;
        Some(format!("{:>6}  turns {done} of about {of}: {}", show_clock(elapsed), known(pairs)))
    }
}

/// What is known of the pairs, in one line.
fn known(pairs: &[Pair]) -> String {
    pairs.iter().map(|pair| plain(&pair.sentence())).collect::<Vec<_>>().join(" ")
}

impl CompareView {
    /// A block that redraws itself, when `is_live`; otherwise lines.
    pub fn new(is_live: bool) -> Self {
        Self { is_live, search: View::new(is_live), turns: Turns::default(), block: None }
    }

    /// Shows one event.
    pub fn show(&mut self, event: &CompareEvent<'_>) {
        match event {
            CompareEvent::Search { system, place, of, event } => {
                if let Event::Started { .. } = event {
                    self.search = View::new(self.is_live);
                    say(&format!("{place} of {of}: {}", plain(system)));
                }
                self.search.show(event);
            }
            CompareEvent::Turns { done, of, pairs, elapsed } if self.is_live => {
                let block = self.block.get_or_insert_with(live::block);
                block.set_message(format!("in turns {done} of about {of}, {}\nknown    {}", show_clock(*elapsed), known(pairs)));
            }
            CompareEvent::Turns { done, of, pairs, elapsed } => {
                if let Some(line) = self.turns.line(*done, *of, pairs, *elapsed) {
                    say(&line);
                }
            }
            CompareEvent::Ended { ending } => {
                if let Some(block) = self.block.take() {
                    block.finish_and_clear();
                    if *ending == Ending::Interrupted {
                        say("interrupted: reporting what was measured");
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_worth_four_lines() {
        let mut turns = Turns::default();
        let said = (1..=60).filter_map(|done| turns.line(done, 60, &[], Duration::from_secs(u64::from(done)))).count();
        assert_eq!(said, 4);
    }
}
