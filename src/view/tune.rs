//! A tuning as it goes on: one search after the other, each of a setting, and the most that was carried so far.

use super::{
    Status,
    display::{Display, Manner},
    page::Page,
    say,
};
use crate::{
    report::paint::plain,
    session::{Event, TuneEvent},
};
use plimsoll_core::{
    finding::{Tried, show_setting},
    units::show_number,
};
use std::time::Duration;

/// The state of a tuning, as far as a person follows it.
#[derive(Clone, Debug, Default)]
pub struct TuneStatus {
    /// The command, with the names of what is varied in braces.
    pub(super) start: String,
    /// What came of each run, in order.
    pub(super) tried: Vec<Outcome>,
    /// The setting at hand; `None` between two.
    pub(super) at_hand: Option<String>,
    /// Its place, from 1, and how many there may be.
    pub(super) place: (u32, u32),
    /// Its search.
    pub(super) search: Status,
    /// The most that was carried, and with what.
    pub(super) best: Option<(f64, String)>,
    took_before: Duration,
}

/// What came of a setting.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub setting: String,
    pub carries: Option<f64>,
    pub ends: Option<(f64, f64)>,
    /// Why it was not measured.
    pub failed: Option<String>,
}

impl TuneStatus {
    /// Takes one event.
    pub fn fold(&mut self, event: &TuneEvent<'_>) {
        match event {
            TuneEvent::Begun { start, setting, place, of } => {
                self.start = plain(start);
                self.at_hand = Some(plain(&show_setting(setting)));
                self.place = (*place, *of);
                self.search = Status::default();
            }
            TuneEvent::Search(event) => self.search.fold(event),
            TuneEvent::Tried(tried) => {
                let outcome = Outcome::of(tried);
                if let Some(value) = outcome.carries
                    && self.best.as_ref().is_none_or(|(best, _)| value > *best)
                {
                    self.best = Some((value, outcome.setting.clone()));
                }
                self.tried.push(outcome);
                self.at_hand = None;
                self.took_before += Duration::try_from_secs_f64(tried.took_s).unwrap_or_default();
                self.search.elapsed = Duration::ZERO;
            }
        }
    }

    /// The line that an event is worth.
    fn line(&self, event: &TuneEvent<'_>) -> Option<String> {
        match event {
            TuneEvent::Begun { setting, place, of, .. } => Some(format!("{place} of at most {of}: {}", plain(&show_setting(setting)))),
            TuneEvent::Search(event) => self.search.line(event),
            TuneEvent::Tried(_) => {
                let best = self.best.as_ref().map(|(best, setting)| format!("; the most so far: {} with {setting}", show_number(*best)));
                self.tried.last().map(|outcome| format!("  {}{}", outcome.sentence(), best.unwrap_or_default()))
            }
        }
    }

    /// Since the beginning.
    pub(super) fn elapsed(&self) -> Duration {
        self.took_before + self.search.elapsed
    }
}

impl Outcome {
    fn of(tried: &Tried) -> Self {
        let line = tried.load_line.as_ref();
        Self {
            setting: plain(&show_setting(&tried.setting)),
            carries: line.and_then(|line| line.value),
            ends: line.and_then(|line| line.low.zip(line.high)),
            failed: tried.failed.as_ref().map(|why| plain(why.lines().next().unwrap_or_default())),
        }
    }

    fn sentence(&self) -> String {
        let carried = match (self.carries, &self.failed) {
            (Some(value), _) => format!("carries {}", show_number(value)),
            (None, Some(why)) => format!("out: {why}"),
            (None, None) => "not measured".to_owned(),
        };
        format!("{} {carried}", self.setting)
    }
}

/// How the progress of a tuning is shown.
#[derive(Debug)]
pub struct TuneView {
    status: TuneStatus,
    display: Display,
}

impl TuneView {
    /// Shows it in this manner.
    pub fn new(manner: Manner) -> Self {
        Self { status: TuneStatus::default(), display: Display::of(manner) }
    }

    /// Shows one event.
    pub fn show(&mut self, event: &TuneEvent<'_>) {
        if let TuneEvent::Search(Event::Placed { generator }) = event {
            self.display.keep_off(generator);
            return;
        }
        self.status.fold(event);
        if !self.display.show(|| Page::Tune(self.status.clone()))
            && let Some(line) = self.status.line(event)
        {
            say(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::finding::{Axis, LoadLine, Word};
    use std::collections::BTreeMap;

    #[test]
    fn what_came_of_each_stands_beside_the_best_so_far() {
        let mut status = TuneStatus::default();
        let setting = |workers: &str| BTreeMap::from([("workers".to_owned(), workers.to_owned())]);
        let failed =
            Tried { setting: setting("4"), load_line: None, cause: None, failed: Some("it ended\nat once".to_owned()), took_s: 1.0 };
        status.fold(&TuneEvent::Tried(&failed));
        assert_eq!(status.line(&TuneEvent::Tried(&failed)).unwrap(), "  workers=4 out: it ended");
        let line = LoadLine {
            axis: Axis::Users,
            value: Some(8.0),
            low: Some(7.5),
            high: Some(8.5),
            confidence: 0.95,
            word: Word::Firm,
            binding: "knee".to_owned(),
            reasons: Vec::new(),
        };
        let tried = Tried { setting: setting("8"), load_line: Some(line), cause: None, failed: None, took_s: 20.0 };
        status.fold(&TuneEvent::Tried(&tried));
        assert_eq!(status.line(&TuneEvent::Tried(&tried)).unwrap(), "  workers=8 carries 8; the most so far: 8 with workers=8");
        assert_eq!((status.elapsed(), status.tried[1].ends), (Duration::from_secs(21), Some((7.5, 8.5))));
    }
}
