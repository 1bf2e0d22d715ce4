//! The page of a tuning.

use super::{
    super::{
        status::show_clock,
        tune::{Outcome, TuneStatus},
    },
    Head, answer,
    find::{ROOMY, at_hand, charts},
    form::Rows,
    generator,
    pen::{Ink, Pen, columns},
    target,
};
use plimsoll_core::units::show_number;
use ratatui::layout::Rect;

/// Rows of a chart that is worth the room.
const CHART: u16 = 8;
/// Room for what was carried, with its interval.
const FIGURES: u16 = 30;

pub fn head(status: &TuneStatus) -> Head {
    let (place, of) = status.place;
    let clock = format!("{}, run {place} of at most {of}", show_clock(status.elapsed()));
    Head { target: status.start.clone(), more: String::new(), clock, trouble: status.search.troubles.last().cloned() }
}

pub fn draw(pen: &mut Pen<'_>, area: Rect, status: &TuneStatus) {
    let is_roomy = area.height >= ROOMY;
    let mut rows = Rows::of(area);
    if let Some(row) = rows.take(1) {
        let text = match &status.best {
            Some((value, setting)) => format!("The most so far: {} with {setting}.", answer::amount(&status.search, *value)),
            None => "No setting has been measured yet.".to_owned(),
        };
        pen.text(row.x, row.y, row.width, &text, Ink::Strong);
    }
    if is_roomy {
        rows.take(1);
    }
    let form = 4;
    let between = rows.rest().height.saturating_sub(form);
    // Settings come first, one more and an empty row among them; charts get what they leave.
    let wanted = u16::try_from(status.tried.len()).unwrap_or(u16::MAX).saturating_add(2);
    let charts_rows = Some(between.saturating_sub(wanted)).filter(|rows| *rows >= CHART).unwrap_or(0);
    if let Some(area) = rows.take(between - charts_rows) {
        settings(pen, area, status);
    }
    if charts_rows > 0
        && let Some(area) = rows.take(charts_rows)
    {
        charts(pen, area, &status.search);
    }
    at_hand(pen, &mut rows, &status.search);
    if let Some(row) = rows.named(pen, "target") {
        target::draw_row(pen, row, &status.search.signals);
    }
    if let Some(row) = rows.named(pen, "generator") {
        generator::draw_row(pen, row, status.search.generator.as_ref());
    }
}

/// A row for each setting that was tried, the last of them where there are too many, and one for the setting at hand.
fn settings(pen: &mut Pen<'_>, area: Rect, status: &TuneStatus) {
    let mut rows = Rows::of(area);
    let room = usize::from(area.height.saturating_sub(1));
    let left_out = status.tried.len().saturating_sub(room.saturating_sub(usize::from(status.tried.len() > room)));
    if left_out > 0
        && let Some(row) = rows.take(1)
    {
        pen.text(row.x, row.y, row.width, &format!("{left_out} earlier ones"), Ink::Soft);
    }
    let names = status.tried.iter().map(|outcome| columns(&outcome.setting)).chain(status.at_hand.as_deref().map(columns));
    let named = names.max().unwrap_or(0).min(area.width * 2 / 5);
    let most = status.best.as_ref().map_or(1.0, |(best, _)| *best);
    for outcome in status.tried.iter().skip(left_out) {
        if let Some(row) = rows.take(1) {
            let is_best = status.best.as_ref().is_some_and(|(_, setting)| *setting == outcome.setting);
            setting(pen, row, outcome, named, most, is_best);
        }
    }
    if let (Some(at_hand), Some(row)) = (&status.at_hand, rows.take(1)) {
        pen.text(row.x, row.y, named, at_hand, Ink::Plain);
        let text = format!("being searched. {}", answer::sentence(&status.search).0);
        pen.text(row.x + named + 2, row.y, row.width.saturating_sub(named + 2), &text, Ink::Soft);
    }
}

fn setting(pen: &mut Pen<'_>, row: Rect, outcome: &Outcome, named: u16, most: f64, is_best: bool) {
    pen.text(row.x, row.y, named, &outcome.setting, Ink::Plain);
    let left = row.x + named + 2;
    let room = row.right().saturating_sub(left);
    let Some(value) = outcome.carries else {
        let why = outcome.failed.as_deref().map_or_else(|| "not measured".to_owned(), |why| format!("out: {why}"));
        pen.text(left, row.y, room, &why, Ink::Degraded);
        return;
    };
    let bar = room.saturating_sub(FIGURES);
    let ink = if is_best { Ink::Good } else { Ink::Plain };
    pen.bar(left, row.y, bar, value / most, ink);
    let ends = outcome.ends.map(|(low, high)| format!(" [{}, {}]", show_number(low), show_number(high))).unwrap_or_default();
    let figure = show_number(value);
    let best = if is_best { " the most" } else { "" };
    pen.pieces(
        left + bar + 1,
        row.y,
        FIGURES - 1,
        &[(&figure, if is_best { Ink::Strong } else { Ink::Plain }), (&ends, Ink::Soft), (best, ink)],
    );
}
