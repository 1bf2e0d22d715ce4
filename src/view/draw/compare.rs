//! The page of a comparison.

use super::{
    super::{
        compare::{CompareStatus, Competitor, Turns},
        status::show_clock,
    },
    Head, answer,
    chart::{self, Chart, Dot, Line, show_seconds, show_tick},
    find::{ROOMY, at_hand, latency_title},
    form::{Rows, halves},
    generator,
    pen::{Glyphs, Ink, Pen, columns},
    scale::Scale,
    target,
};
use crate::report::paint::plain;
use plimsoll_core::{finding::Pair, units::show_number};
use ratatui::layout::Rect;

/// More systems than these have no rows of their own.
const MOST_ROWS: usize = 6;
/// Room for a name, and for the bar of the turns.
const NAMED: u16 = 14;
const BAR: u16 = 16;

pub fn head(status: &CompareStatus) -> Head {
    let names: Vec<&str> = status.systems.iter().map(|system| system.name.as_str()).collect();
    let trouble = status.search().and_then(|search| search.troubles.last().cloned());
    Head { target: names.join(" against "), more: String::new(), clock: clock(status), trouble }
}

fn clock(status: &CompareStatus) -> String {
    let all = show_clock(status.elapsed);
    match &status.turns {
        None => format!("{all}, search {} of {}", status.at + 1, status.systems.len()),
        Some(turns) => format!("{all}, turns {} of about {}", turns.done, turns.of),
    }
}

pub fn draw(pen: &mut Pen<'_>, area: Rect, status: &CompareStatus) {
    let is_roomy = area.height >= ROOMY;
    let mut rows = Rows::of(area);
    answered(pen, &mut rows, status);
    if is_roomy {
        rows.take(1);
    }
    for (place, system) in status.systems.iter().enumerate().take(MOST_ROWS) {
        if let Some(row) = rows.take(1) {
            system_row(pen, row, system, place);
        }
    }
    let form = if status.turns.is_some() { 1 } else { 4 };
    let charts_rows = rows.rest().height.saturating_sub(form + u16::from(is_roomy));
    if charts_rows >= chart::LEAST_ROWS {
        if is_roomy {
            rows.take(1);
        }
        if let Some(area) = rows.take(charts_rows) {
            charts(pen, area, status);
        }
    }
    match (&status.turns, status.search()) {
        (Some(turns), _) => turns_row(pen, &mut rows, turns),
        (None, Some(search)) => {
            at_hand(pen, &mut rows, search);
            if let Some(row) = rows.named(pen, "target") {
                target::draw_row(pen, row, &search.signals);
            }
            if let Some(row) = rows.named(pen, "generator") {
                generator::draw_row(pen, row, search.generator.as_ref());
            }
        }
        (None, None) => {}
    }
}

/// What is known of the pairs: a sentence each, with the interval of the ratio.
fn answered(pen: &mut Pen<'_>, rows: &mut Rows, status: &CompareStatus) {
    let Some(turns) = &status.turns else {
        if let Some(row) = rows.take(1) {
            pen.text(row.x, row.y, row.width, "Each is searched by itself; then they are measured in random turns.", Ink::Strong);
        }
        return;
    };
    for pair in &turns.pairs {
        for (line, text) in textwrap::wrap(&plain(&pair.sentence()), usize::from(rows.rest().width.max(20))).iter().enumerate() {
            let Some(row) = rows.take(1) else { return };
            let taken = pen.text(row.x, row.y, row.width, text, Ink::Strong);
            let ends = interval(pair);
            if line == 0 && taken + 2 + columns(&ends) <= row.width {
                pen.text_to(row.right(), row.y, &ends, Ink::Soft);
            }
        }
    }
}

fn interval(pair: &Pair) -> String {
    let times = |value: Option<f64>| value.filter(|value| value.is_finite()).map(show_number);
    match (times(pair.low), times(pair.high)) {
        (Some(low), Some(high)) => format!("{low} to {high} times"),
        (Some(low), None) => format!("at least {low} times"),
        (None, Some(high)) => format!("at most {high} times"),
        (None, None) => String::new(),
    }
}

/// The ink and the point of a system: the first is orange, the second teal.
fn signs(place: usize, glyphs: &Glyphs) -> (Ink, &'static str) {
    let ink = match place {
        0 => Ink::Degraded,
        1 => Ink::Good,
        _ => Ink::Plain,
    };
    (ink, glyphs.systems[place % glyphs.systems.len()])
}

fn system_row(pen: &mut Pen<'_>, row: Rect, system: &Competitor, place: usize) {
    let (ink, glyph) = signs(place, &pen.glyphs);
    pen.pieces(row.x, row.y, NAMED - 1, &[(glyph, ink), (" ", ink), (&system.name, ink)]);
    let room = row.width.saturating_sub(NAMED);
    let (text, ink) = match &system.search {
        None => ("not searched yet".to_owned(), Ink::Soft),
        Some(search) if system.is_done && search.estimate.as_ref().is_none_or(|estimate| estimate.best.is_none()) => {
            ("no load line was found".to_owned(), Ink::Degraded)
        }
        Some(search) if system.is_done => (answer::sentence(search).0.replace(" so far.", "."), Ink::Plain),
        Some(search) => (answer::sentence(search).0, Ink::Plain),
    };
    pen.text(row.x + NAMED, row.y, room, &text, ink);
}

fn turns_row(pen: &mut Pen<'_>, rows: &mut Rows, turns: &Turns) {
    let Some(row) = rows.named(pen, "now") else { return };
    let text = format!("random turns of the systems, {} of about {}", turns.done, turns.of);
    let bar = BAR.min(row.width / 4);
    pen.text(row.x, row.y, row.width.saturating_sub(bar + 2), &text, Ink::Plain);
    pen.bar(row.right() - bar, row.y, bar, f64::from(turns.done) / f64::from(turns.of.max(1)), Ink::Plain);
}

/// All systems on the same axes.
fn charts(pen: &mut Pen<'_>, area: Rect, status: &CompareStatus) {
    let (left, right) = halves(area);
    let glyphs = pen.glyphs;
    let searches: Vec<_> =
        (0..).zip(&status.systems).filter_map(|(place, system)| Some((signs(place, &glyphs), system, system.search.as_ref()?))).collect();
    let points =
        || searches.iter().flat_map(|((ink, glyph), _, search)| search.curve.points().iter().map(move |point| (*ink, *glyph, point)));
    let search = status.search();
    let here = search
        .and_then(|search| search.step.as_ref())
        .map(|step| step.load.size())
        .filter(|_| status.turns.is_none() && !status.is_paused());
    let lines: Vec<Line> = searches
        .iter()
        .filter_map(|((ink, _), system, search)| {
            let value = search.estimate.as_ref()?.best?;
            let ends = answer::interval(search)?;
            Some(Line { value, ends: Some(ends), label: format!("{} {}", system.name, show_number(value)), ink: *ink })
        })
        .collect();
    let frame = Chart {
        title: Vec::new(),
        x: Scale::log_from(points().map(|(.., point)| point.load).chain(here)),
        y: None,
        x_name: search.map_or("", answer::axis),
        y_label: show_tick,
        dots: Vec::new(),
        lines,
        here,
        heads: u16::try_from(status.systems.len()).unwrap_or(u16::MAX).clamp(1, area.height / 4),
    };
    let throughput = Chart {
        title: vec![("good answers a second".to_owned(), Ink::Soft)],
        y: Scale::log(points().map(|(.., point)| point.good_per_s)).map(Scale::rounded),
        dots: points().map(|(ink, glyph, point)| Dot { x: point.load, y: point.good_per_s, glyph, ink, stem: None }).collect(),
        ..frame.clone()
    };
    throughput.draw(pen, left);
    let times = points().flat_map(|(.., point)| [point.p50, point.p99]).flatten().map(|time| time.as_secs_f64());
    let dot = |(ink, glyph, point): (Ink, &'static str, &super::super::curve::Point)| {
        let stem = point.p99.map(|p99| p99.as_secs_f64());
        Some(Dot { x: point.load, y: point.p50?.as_secs_f64(), glyph, ink, stem })
    };
    let latency = Chart {
        title: latency_title(&glyphs, right.width),
        y: Scale::log(times).map(Scale::rounded),
        y_label: show_seconds,
        dots: points().filter_map(dot).collect(),
        ..frame
    };
    latency.draw(pen, right);
}
