//! A tuning in sentences: the answer, what was carried with a value, and what came of each run.

use super::names;
use crate::report::paint::{Tone, plain};
use plimsoll_core::{
    finding::{Tried, Tuning, VariedPoint},
    units::show_count,
};

/// The answer in the sentence that a person would repeat.
pub fn headline(tuning: &Tuning) -> (Tone, String) {
    let is_good = tuning.best.is_some() && tuning.enough != Some(false);
    (if is_good { Tone::Good } else { Tone::Degraded }, format!("{}.", plain(&tuning.sentence())))
}

/// What was carried with a value: `12 [11.8, 12.2]`. Where the other settings were not those of the best it may carry more than was seen.
pub fn carried(point: &VariedPoint) -> String {
    format!("{}{}", names::interval(point.load, "", point.low, point.high), if point.beside_best { "" } else { " or more" })
}

/// `Tried 12 of 64 settings`.
pub fn heading(tuning: &Tuning) -> String {
    format!("Tried {} of {} settings", show_count(u64::from(tuning.settings_tried)), show_count(tuning.grid))
}

/// Every run, the one that carried most first.
pub fn by_load(tuning: &Tuning) -> Vec<&Tried> {
    let mut all: Vec<&Tried> = tuning.tried.iter().collect();
    let carried = |tried: &Tried| tried.load_line.as_ref().and_then(|line| line.value).unwrap_or(-1.0);
    all.sort_by(|a, b| carried(b).total_cmp(&carried(a)));
    all
}

/// What a run carried, and why it stops there; or why it gave nothing.
pub fn tried(one: &Tried) -> (String, String) {
    match (&one.load_line, &one.failed) {
        (Some(line), _) => (names::line(line), one.cause.as_deref().map(names::verdict).unwrap_or_default()),
        (None, why) => {
            let why = why.as_deref().unwrap_or("it could not be measured");
            (format!("out: {}", plain(&why.lines().collect::<Vec<_>>().join(" "))), String::new())
        }
    }
}
