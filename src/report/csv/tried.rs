//! A tuning: a row for each run, with a column for each of what was varied.

use super::{figure, heading, name, table, text};
use crate::report::RenderError;
use plimsoll_core::finding::{Tried, Tuning, Word};

const COLUMNS: [&str; 7] = ["load_line", "low", "high", "word", "cause", "failed", "took_s"];

/// The runs in the order in which they were made.
pub fn tuning(tuning: &Tuning) -> Result<String, RenderError> {
    let knobs: Vec<&str> = tuning.knobs.iter().map(|knob| knob.name.as_str()).collect();
    let names = [vec!["run".to_owned()], knobs.iter().map(|knob| text(knob)).collect(), heading(&COLUMNS)].concat();
    let rows = tuning.tried.iter().enumerate().map(|(place, tried)| row(place + 1, &knobs, tried));
    table(&names, rows.collect::<Result<Vec<_>, _>>()?.into_iter())
}

fn row(place: usize, knobs: &[&str], tried: &Tried) -> Result<Vec<String>, RenderError> {
    let line = tried.load_line.as_ref();
    let mut row = vec![place.to_string()];
    row.extend(knobs.iter().map(|knob| tried.setting.get(*knob).map_or_else(String::new, |value| text(value))));
    row.extend([
        figure(line.filter(|line| line.word != Word::Withheld).and_then(|line| line.value)),
        figure(line.and_then(|line| line.low)),
        figure(line.and_then(|line| line.high)),
        line.map(|line| name(line.word)).transpose()?.unwrap_or_default(),
        tried.cause.as_deref().map_or_else(String::new, text),
        tried.failed.as_deref().map_or_else(String::new, text),
        figure(Some(tried.took_s)),
    ]);
    Ok(row)
}
