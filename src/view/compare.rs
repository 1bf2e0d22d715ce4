//! A comparison as it goes on: the searches one after the other, then the random turns.

use super::{
    Status,
    display::{Display, Manner},
    page::Page,
    say,
    status::show_clock,
};
use crate::{
    report::paint::plain,
    session::{CompareEvent, Event},
};
use plimsoll_core::finding::{Ending, Pair};
use std::time::Duration;

/// So many lines tell of the turns where nothing redraws itself.
const LINES: u32 = 4;

/// The state of a comparison, as far as a person follows it.
#[derive(Clone, Debug, Default)]
pub struct CompareStatus {
    /// The systems in order, each with its search.
    pub(super) systems: Vec<Competitor>,
    /// Which is searched, or was last.
    pub(super) at: usize,
    /// How the turns go; `None` while systems are searched.
    pub(super) turns: Option<Turns>,
    /// Since the beginning.
    pub(super) elapsed: Duration,
    before_search: Duration,
    paused: bool,
}

/// One of the systems.
#[derive(Clone, Debug, Default)]
pub(super) struct Competitor {
    pub name: String,
    /// `None` before it is searched.
    pub search: Option<Status>,
    pub is_done: bool,
}

/// Random turns so far.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    pub done: u32,
    pub of: u32,
    pub pairs: Vec<Pair>,
}

impl CompareStatus {
    /// Takes one event.
    pub fn fold(&mut self, event: &CompareEvent<'_>) {
        match event {
            CompareEvent::Begun { names } => {
                self.systems = names.iter().map(|name| Competitor { name: plain(name), ..Competitor::default() }).collect();
            }
            CompareEvent::Search { place, event, .. } => {
                self.at = place.saturating_sub(1);
                let Some(system) = self.systems.get_mut(self.at) else { return };
                if let Event::Started { .. } = event {
                    system.search = None;
                    self.before_search = self.elapsed;
                }
                let search = system.search.get_or_insert_with(Status::default);
                search.fold(event);
                system.is_done = matches!(event, Event::Ended { .. });
                self.elapsed = self.before_search + search.elapsed;
                self.paused = search.paused;
            }
            CompareEvent::Turns { done, of, pairs, elapsed } => {
                self.turns = Some(Turns { done: *done, of: *of, pairs: pairs.to_vec() });
                self.elapsed = *elapsed;
                self.paused = false;
            }
            CompareEvent::Paused { elapsed } => {
                self.elapsed = *elapsed;
                self.paused = true;
            }
            CompareEvent::Ended { .. } => {}
        }
    }

    /// Whether it waits for the user.
    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// The search at hand, or the last one.
    pub(super) fn search(&self) -> Option<&Status> {
        self.systems.get(self.at)?.search.as_ref()
    }
}

/// How the progress of a comparison is shown.
#[derive(Debug)]
pub struct CompareView {
    status: CompareStatus,
    lines: Lines,
    display: Display,
}

/// What was said of the turns already.
#[derive(Debug, Default)]
struct Lines(u32);

impl Lines {
    /// The line that these probes are worth.
    fn line(&mut self, done: u32, of: u32, pairs: &[Pair], elapsed: Duration) -> Option<String> {
        let due = (done * LINES).checked_div(of).unwrap_or(LINES);
        if due <= self.0 {
            return None;
        }
        self.0 = due;
        Some(format!("{:>6}  turns {done} of about {of}: {}", show_clock(elapsed), known(pairs)))
    }
}

/// What is known of the pairs, in one line.
fn known(pairs: &[Pair]) -> String {
    pairs.iter().map(|pair| plain(&pair.sentence())).collect::<Vec<_>>().join(" ")
}

impl CompareView {
    /// Shows it in this manner.
    pub fn new(manner: Manner) -> Self {
        Self { status: CompareStatus::default(), lines: Lines::default(), display: Display::of(manner) }
    }

    /// Shows one event.
    pub fn show(&mut self, event: &CompareEvent<'_>) {
        if let CompareEvent::Search { event: Event::Placed { generator }, .. } = event {
            self.display.keep_off(generator);
            return;
        }
        self.status.fold(event);
        if !self.display.show(|| Page::Compare(self.status.clone())) {
            self.say(event);
        }
    }

    fn say(&mut self, event: &CompareEvent<'_>) {
        match event {
            CompareEvent::Search { system, place, of, event } => {
                if let Event::Started { .. } = event {
                    say(&format!("{place} of {of}: {}", plain(system)));
                }
                if let Some(line) = self.status.search().and_then(|search| search.line(event)) {
                    say(&line);
                }
            }
            CompareEvent::Turns { done, of, pairs, elapsed } => {
                if let Some(line) = self.lines.line(*done, *of, pairs, *elapsed) {
                    say(&line);
                }
            }
            CompareEvent::Ended { ending: Ending::Interrupted } if self.status.turns.is_some() => {
                say("interrupted: reporting what was measured");
            }
            CompareEvent::Begun { .. } | CompareEvent::Paused { .. } | CompareEvent::Ended { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_worth_four_lines() {
        let mut lines = Lines::default();
        let said = (1..=60).filter_map(|done| lines.line(done, 60, &[], Duration::from_secs(u64::from(done)))).count();
        assert_eq!(said, 4);
    }

    #[test]
    fn systems_wait_then_are_searched_then_take_turns() {
        let mut status = CompareStatus::default();
        let names = ["a\u{1b}".to_owned(), "b".to_owned()];
        status.fold(&CompareEvent::Begun { names: &names });
        assert!(status.systems.iter().all(|system| system.search.is_none()) && status.systems[0].name == r"a\u{1b}");
        let paused = Event::Paused { elapsed: Duration::from_secs(4) };
        status.fold(&CompareEvent::Search { system: "b", place: 2, of: 2, event: paused });
        assert!(status.is_paused() && status.at == 1 && status.elapsed == Duration::from_secs(4));
        let ended = Event::Ended { ending: Ending::Complete };
        status.fold(&CompareEvent::Search { system: "b", place: 2, of: 2, event: ended });
        assert!(status.systems[1].is_done && !status.systems[0].is_done);
        status.fold(&CompareEvent::Turns { done: 1, of: 8, pairs: &[], elapsed: Duration::from_secs(9) });
        assert!(!status.is_paused() && status.turns.is_some());
    }
}
