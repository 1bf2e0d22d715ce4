//! The ways in which the target degrades, as they are seen.

use super::{
    super::Status,
    answer,
    form::Rows,
    pen::{Ink, Pen, columns},
};
use crate::report::paint::plain;
use plimsoll_core::{
    finding::{LadderRung, Rung},
    units::show_number,
};
use ratatui::layout::Rect;

/// All rungs, in order.
const RUNGS: [(Rung, &str); 6] = [
    (Rung::Knee, "knee"),
    (Rung::Slow, "slow"),
    (Rung::TimeOuts, "time-outs"),
    (Rung::Refusals, "refusals"),
    (Rung::Errors, "errors"),
    (Rung::Crash, "crash"),
];
/// From so many columns on the rungs stand side by side.
const ACROSS: u16 = 76;

/// Rows that the ladder takes where it has little room.
pub fn rows(width: u16, is_roomy: bool) -> u16 {
    if width >= ACROSS && is_roomy { 3 } else { 1 }
}

fn seen(status: &Status, which: Rung) -> Option<&LadderRung> {
    status.estimate.as_ref()?.ladder.iter().find(|rung| rung.rung == which && rung.seen)
}

fn up_to(status: &Status) -> Option<f64> {
    status.estimate.as_ref()?.ladder.first().map(|rung| rung.up_to).filter(|load| *load > 0.0)
}

fn ink(which: Rung) -> Ink {
    if which == Rung::Knee { Ink::Good } else { Ink::Degraded }
}

/// Where it was seen: `4`, `from 8`; what was not seen is said to be so.
fn at(status: &Status, which: Rung) -> Option<String> {
    let rung = seen(status, which)?;
    let load = rung.users.map_or_else(|| "seen".to_owned(), show_number);
    Some(if which == Rung::Knee { load } else { format!("from {load}") })
}

/// The rungs side by side, or in a sentence where there is no room for that.
pub fn draw_across(pen: &mut Pen<'_>, rows: &mut Rows, status: &Status, is_roomy: bool) {
    let wide = rows.rest().width >= ACROSS && is_roomy;
    let Some(area) = rows.named_rows(pen, "degrades", if wide { 3 } else { 1 }) else { return };
    if !wide {
        pen.text(area.x, area.y, area.width, &sentence(status), Ink::Plain);
        return;
    }
    let width = (area.width + 2) / 6;
    for (place, (which, name)) in (0..).zip(RUNGS) {
        let x = area.x + place * width;
        pen.text(x, area.y, width - 2, name, Ink::Plain);
        let (top, ink, text) = match at(status, which) {
            Some(text) => (pen.glyphs.reached, ink(which), text),
            None => (pen.glyphs.unreached, Ink::Soft, if up_to(status).is_some() { "not seen" } else { "not tried" }.to_owned()),
        };
        pen.run(x, area.y + 1, width - 2, top, ink);
        // "from 1,000" is wider than a narrow rung.
        let text = if columns(&text) > width - 2 { text.replace("from ", "") } else { text };
        pen.text(x, area.y + 2, width - 2, &text, ink);
    }
}

fn sentence(status: &Status) -> String {
    let named = |(which, name): (Rung, &str)| at(status, which).map(|at| format!("{name} {at}"));
    let all: Vec<String> = RUNGS.into_iter().filter_map(named).collect();
    match (all.is_empty(), up_to(status)) {
        (_, None) => "not known yet".to_owned(),
        (true, Some(load)) => format!("not seen up to {}", answer::amount(status, load)),
        (false, Some(load)) => format!("{}; tried up to {}", all.join(", "), show_number(load)),
    }
}

/// A row for each rung, with what was seen there.
pub fn draw_down(pen: &mut Pen<'_>, area: Rect, status: &Status) {
    let tried = up_to(status).map(|load| format!(", tried up to {}", show_number(load))).unwrap_or_default();
    pen.text(area.x, area.y, area.width, &format!("How it degrades ({}{tried})", answer::axis(status)), Ink::Soft);
    for (row, (which, name)) in (area.y + 1..).zip(RUNGS) {
        pen.text(area.x, row, 10, name, Ink::Plain);
        let (end, detail) = (area.x + 21, area.x + 23);
        match (at(status, which), seen(status, which)) {
            (Some(at), Some(rung)) => {
                pen.text_to(end, row, &at, ink(which));
                let room = area.width.saturating_sub(23);
                let text = rung.detail.as_deref().map(plain).unwrap_or_default();
                // The first half of a sentence says what it is.
                let text = if columns(&text) > room { text.split(';').next().unwrap_or_default() } else { &text };
                pen.text(detail, row, room, text, Ink::Plain);
            }
            _ => pen.text_to(end, row, if up_to(status).is_some() { "not seen" } else { "not tried" }, Ink::Soft),
        }
    }
}
