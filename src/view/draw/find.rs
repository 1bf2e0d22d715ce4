//! The page of a search.

use super::{
    super::{
        Status,
        curve::Point,
        status::{Progress, show_clock},
        words,
    },
    Head, answer,
    chart::{self, Chart, Dot, Line, show_seconds, show_tick},
    form::{NAMED, Rows, halves},
    generator, ladder,
    pen::{Glyphs, Ink, Pen, columns},
    scale::Scale,
    target,
};
use plimsoll_core::units::show_number;
use ratatui::layout::Rect;

/// From so many rows and columns on, ladder and target have room for details.
const SPACIOUS: (u16, u16) = (98, 30);
/// From so many rows on, the ladder has three.
pub const ROOMY: u16 = 19;
const PANEL: u16 = 7;
/// Room for the bar of a step.
const BAR: u16 = 16;

pub fn head(status: &Status) -> Head {
    let more = status.description.as_ref().map(|what| format!(": {what}")).unwrap_or_default();
    Head { target: status.target.clone(), more, clock: clock(status), trouble: status.troubles.last().cloned() }
}

/// `12 s, 18 s left at the most`.
pub fn clock(status: &Status) -> String {
    match status.time_left() {
        None => show_clock(status.elapsed),
        Some(left) if left.as_secs_f64() < 0.5 => format!("{}, nearly done", show_clock(status.elapsed)),
        Some(left) => format!("{}, about {} left", show_clock(status.elapsed), show_clock(left)),
    }
}

pub fn draw(pen: &mut Pen<'_>, area: Rect, status: &Status) {
    let is_roomy = area.height >= ROOMY;
    let mut rows = Rows::of(area);
    answered(pen, &mut rows, status);
    if is_roomy {
        rows.take(1);
    }
    let is_spacious = area.width >= SPACIOUS.0 && area.height >= SPACIOUS.1;
    let form = if is_spacious { 5 + PANEL } else { 4 + ladder::rows(area.width, is_roomy) };
    let charts_rows = rows.rest().height.saturating_sub(form);
    if charts_rows >= chart::LEAST_ROWS
        && let Some(area) = rows.take(charts_rows)
    {
        charts(pen, area, status);
    }
    at_hand(pen, &mut rows, status);
    if is_spacious {
        rows.take(1);
        panels(pen, &mut rows, status);
        rows.take(1);
    } else {
        ladder::draw_across(pen, &mut rows, status, is_roomy);
        if let Some(row) = rows.named(pen, "target") {
            target::draw_row(pen, row, &status.signals);
        }
    }
    if let Some(row) = rows.named(pen, "generator") {
        generator::draw_row(pen, row, status.generator.as_ref());
    }
}

/// The answer, and how well it is known.
fn answered(pen: &mut Pen<'_>, rows: &mut Rows, status: &Status) {
    let Some(row) = rows.take(1) else { return };
    let (sentence, beside) = answer::sentence(status);
    let taken = pen.text(row.x, row.y, row.width, &sentence, Ink::Strong);
    if taken + 2 + columns(&beside) <= row.width {
        pen.text_to(row.right(), row.y, &beside, Ink::Soft);
    }
}

/// The step at hand: what it is for, how far it is, what it gave.
pub fn at_hand(pen: &mut Pen<'_>, rows: &mut Rows, status: &Status) {
    let Some(row) = rows.named(pen, "now") else { return };
    let Some(step) = &status.step else {
        pen.text(row.x, row.y, row.width, "the target stands ready", Ink::Plain);
        rows.take(1);
        return;
    };
    let what = format!("{}: {}", words::load(&step.load), words::explained(step.purpose));
    let bar = BAR.min(row.width / 4);
    pen.text(row.x, row.y, row.width.saturating_sub(bar + 2), &what, Ink::Plain);
    if let Progress::Measured(share) = status.progress {
        pen.bar(row.right() - bar, row.y, bar, share, Ink::Plain);
    }
    if let Some(row) = rows.take(1) {
        let text = match (status.paused, status.progress, status.measured) {
            (true, ..) => "paused: no load is on it".to_owned(),
            (false, Progress::Measured(_), Some(measured)) => measured.sentence(),
            _ => "settling".to_owned(),
        };
        pen.text(row.x + NAMED, row.y, row.width.saturating_sub(NAMED), &text, Ink::Plain);
    }
}

/// The ladder on the left, the target on the right, with their details.
fn panels(pen: &mut Pen<'_>, rows: &mut Rows, status: &Status) {
    let Some(area) = rows.take(PANEL) else { return };
    let left = Rect { width: area.width * 4 / 7, ..area };
    let right = Rect { x: area.x + left.width + 2, width: area.width - left.width - 2, ..area };
    ladder::draw_down(pen, left, status);
    target::draw_down(pen, right, &status.signals);
}

/// Throughput on the left, response times on the right.
pub fn charts(pen: &mut Pen<'_>, area: Rect, status: &Status) {
    let (left, right) = halves(area);
    let glyphs = pen.glyphs;
    let points = status.curve.points();
    let here = status.step.as_ref().map(|step| step.load.size()).filter(|_| !status.paused);
    let x = Scale::log_from(points.iter().map(|point| point.load).chain(here));
    let lines = line(status);
    let frame =
        Chart { title: Vec::new(), x, y: None, x_name: answer::axis(status), y_label: show_tick, dots: Vec::new(), lines, here, heads: 1 };
    let throughput = Chart {
        title: vec![("good answers a second".to_owned(), Ink::Soft)],
        y: Scale::log(points.iter().map(|point| point.good_per_s)).map(Scale::rounded),
        dots: points.iter().map(|point| throughput_dot(status, point, &glyphs)).collect(),
        ..frame.clone()
    };
    throughput.draw(pen, left);
    let times = points.iter().flat_map(|point| [point.p50, point.p99]).flatten().map(|time| time.as_secs_f64());
    let latency = Chart {
        title: latency_title(&glyphs, right.width),
        y: Scale::log(times).map(Scale::rounded),
        y_label: show_seconds,
        dots: points.iter().filter_map(|point| latency_dot(status, point, &glyphs)).collect(),
        ..frame
    };
    latency.draw(pen, right);
}

/// `response time  ● median  × p99`, as much of it as has room.
pub fn latency_title(glyphs: &Glyphs, room: u16) -> Vec<(String, Ink)> {
    let name = if room < 32 { "" } else { "response time  " };
    vec![
        (name.to_owned(), Ink::Soft),
        (glyphs.point.to_owned(), Ink::Plain),
        (" median  ".to_owned(), Ink::Soft),
        (glyphs.tail.to_owned(), Ink::Plain),
        (" p99".to_owned(), Ink::Soft),
    ]
}

/// The load line, once both of its ends are known.
fn line(status: &Status) -> Vec<Line> {
    let value = status.estimate.as_ref().and_then(|estimate| estimate.best);
    let known = value.zip(answer::interval(status));
    let draw = |(value, ends): (f64, (f64, f64))| Line { value, ends: Some(ends), label: show_number(value), ink: Ink::Strong };
    known.map(draw).into_iter().collect()
}

/// Up to the load line a point is full and teal; beyond it, hollow and orange.
fn side(status: &Status, load: f64, glyphs: &Glyphs) -> (&'static str, Ink) {
    let best = status.estimate.as_ref().and_then(|estimate| estimate.best);
    match (best, answer::interval(status)) {
        (Some(best), Some((_, high))) if load > best.max(high) * 1.001 => (glyphs.beyond, Ink::Degraded),
        _ => (glyphs.point, Ink::Good),
    }
}

fn throughput_dot(status: &Status, point: &Point, glyphs: &Glyphs) -> Dot {
    let (glyph, ink) = side(status, point.load, glyphs);
    Dot { x: point.load, y: point.good_per_s, glyph, ink, stem: None }
}

fn latency_dot(status: &Status, point: &Point, glyphs: &Glyphs) -> Option<Dot> {
    let (glyph, ink) = side(status, point.load, glyphs);
    let p50 = point.p50?.as_secs_f64();
    Some(Dot { x: point.load, y: p50, glyph, ink, stem: point.p99.map(|p99| p99.as_secs_f64()) })
}
