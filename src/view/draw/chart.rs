//! A chart of characters: points on two scales, the mark with its interval at the head of the load line, ticks on both axes.

use super::{
    pen::{Glyphs, Ink, Pen, columns},
    scale::Scale,
};
use plimsoll_core::units::show_number;
use ratatui::layout::Rect;

/// Room for the labels of the upright axis.
const MARGIN: u16 = 6;
/// The head of a line, the axis with its ticks, and the title, as rows; what is left is for points.
const AROUND: u16 = 3;
/// A chart of fewer rows shows nothing.
pub const LEAST_ROWS: u16 = AROUND + 3;
/// From so many rows on the level axis is named in a row of its own.
const ROOMY: u16 = 9;

/// A point.
#[derive(Clone, Debug)]
pub struct Dot {
    pub x: f64,
    pub y: f64,
    pub glyph: &'static str,
    pub ink: Ink,
    /// Up to where it has a stem.
    pub stem: Option<f64>,
}

/// A load line.
#[derive(Clone, Debug)]
pub struct Line {
    pub value: f64,
    /// Its interval, where it has both ends.
    pub ends: Option<(f64, f64)>,
    pub label: String,
    pub ink: Ink,
}

/// What there is to draw. Both scales are `None` while there is nothing to put on them.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// What the upright axis counts, with the points that show it.
    pub title: Vec<(String, Ink)>,
    pub x: Option<Scale>,
    pub y: Option<Scale>,
    /// What the level axis counts.
    pub x_name: &'a str,
    pub y_label: fn(f64) -> String,
    pub dots: Vec<Dot>,
    pub lines: Vec<Line>,
    /// The load at hand.
    pub here: Option<f64>,
    /// Rows above the points for the heads of lines.
    pub heads: u16,
}

/// Where the points go.
#[derive(Clone, Copy)]
struct Field {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

impl Chart<'_> {
    /// Draws it into this area.
    pub fn draw(&self, pen: &mut Pen<'_>, area: Rect) {
        let pieces: Vec<(&str, Ink)> = self.title.iter().map(|(text, ink)| (text.as_str(), *ink)).collect();
        pen.pieces(area.x, area.y, area.width, &pieces);
        let name_row = u16::from(area.height >= ROOMY);
        let around = AROUND + self.heads + name_row;
        if area.height <= around || area.width < MARGIN + 8 {
            return;
        }
        let field =
            Field { left: area.x + MARGIN + 1, top: area.y + 1 + self.heads, width: area.width - MARGIN - 2, height: area.height - around };
        self.axes(pen, area, field, name_row > 0);
        let (Some(x), Some(y)) = (self.x, self.y) else { return };
        for (place, line) in (0..).zip(&self.lines) {
            line.draw(pen, field, &x, field.top - self.heads + self.heads.saturating_sub(1).min(place));
        }
        for dot in &self.dots {
            dot.draw(pen, field, (&x, &y));
        }
    }

    fn axes(&self, pen: &mut Pen<'_>, area: Rect, field: Field, is_named_below: bool) {
        let Glyphs { upright, level, corner, tick, side_tick, grid, here, .. } = pen.glyphs;
        let base = field.top + field.height;
        (field.top..base).for_each(|row| pen.put(field.left - 1, row, upright, Ink::Soft));
        pen.put(field.left - 1, base, corner, Ink::Soft);
        pen.run(field.left, base, field.width, level, Ink::Soft);
        if let Some(y) = self.y {
            let mut free_below = u16::MAX;
            for value in y.ticks(usize::from(field.height / 2) + 1) {
                let Some(up) = y.cell(value, field.height) else { continue };
                if free_below != u16::MAX && up < free_below + 2 {
                    continue;
                }
                free_below = up;
                let row = base - 1 - up;
                pen.text_to(field.left - 1, row, &(self.y_label)(value), Ink::Soft);
                pen.put(field.left - 1, row, side_tick, Ink::Soft);
                (field.left..field.left + field.width).skip(3).step_by(4).for_each(|column| pen.put(column, row, grid, Ink::Soft));
            }
        }
        let name_row = if is_named_below { base + 2 } else { base + 1 };
        let name_width = columns(self.x_name);
        let right = (field.left + field.width).min(area.right());
        pen.text_to(right, name_row, self.x_name, Ink::Soft);
        let Some(x) = self.x else { return };
        let room = if is_named_below { right + 1 } else { right.saturating_sub(name_width + 1) };
        let mut free_from = area.x;
        for value in self.x_ticks(&x, field.width) {
            let Some(along) = x.cell(value, field.width) else { continue };
            let label = show_tick(value);
            let start = (field.left + along).saturating_sub(columns(&label) / 2);
            if start < free_from || start + columns(&label) > room {
                continue;
            }
            pen.put(field.left + along, base, tick, Ink::Soft);
            free_from = start + 1 + pen.text(start, base + 1, columns(&label), &label, Ink::Soft);
        }
        if let Some(along) = self.here.and_then(|load| x.cell(load, field.width)) {
            pen.put(field.left + along, base, here, Ink::Strong);
        }
    }

    fn x_ticks(&self, x: &Scale, width: u16) -> Vec<f64> {
        if x.is_linear() { x.ticks(usize::from(width / 8)) } else { x.powers_of_four() }
    }
}

impl Dot {
    fn draw(&self, pen: &mut Pen<'_>, field: Field, (x, y): (&Scale, &Scale)) {
        let base = field.top + field.height - 1;
        let Some(column) = x.cell(self.x, field.width).map(|along| field.left + along) else { return };
        let up = y.nearest(self.y, field.height);
        if let Some(end) = self.stem {
            let to = y.nearest(end, field.height);
            let (stem, tail) = (pen.glyphs.stem, pen.glyphs.tail);
            (up + 1..to).for_each(|up| pen.put(column, base - up, stem, Ink::Soft));
            if to > up {
                pen.put(column, base - to, tail, self.ink);
            }
        }
        pen.text(column, base - up, 1, self.glyph, self.ink);
    }
}

impl Line {
    /// The line through the field, and its head in this row: the interval, the mark in it, and the number beside.
    fn draw(&self, pen: &mut Pen<'_>, field: Field, x: &Scale, head: u16) {
        let Glyphs { line, disc, dash, low, high, .. } = pen.glyphs;
        let at = x.nearest(self.value, field.width);
        (head + 1..field.top + field.height).for_each(|row| pen.put(field.left + at, row, line, self.ink));
        let (from, to) =
            self.ends.map_or((at, at), |(from, to)| (x.nearest(from, field.width).min(at), x.nearest(to, field.width).max(at)));
        // The mark itself is three columns wide.
        let (left, right) = ((field.left + from).min(field.left + at - 1), (field.left + to).max(field.left + at + 1));
        pen.run(left, head, right - left + 1, dash, self.ink);
        if from + 2 < at {
            pen.put(left, head, low, self.ink);
        }
        if at + 2 < to {
            pen.put(right, head, high, self.ink);
        }
        pen.put(field.left + at, head, disc, self.ink);
        let width = columns(&self.label);
        if right + 2 + width <= field.left + field.width {
            pen.text(right + 2, head, width, &self.label, self.ink);
        } else {
            pen.text_to(left.saturating_sub(1), head, &self.label, self.ink);
        }
    }
}

/// A number at a tick: `500`, `1 k`, `20 k`, `1 M`.
pub fn show_tick(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{} M", show_number(value * 1e-6)),
        value if value >= 1e3 => format!("{} k", show_number(value * 1e-3)),
        value => show_number(value),
    }
}

/// Seconds at a tick: `500 us`, `20 ms`, `5 s`.
pub fn show_seconds(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 0.999e-3 => format!("{} us", show_number(seconds * 1e6)),
        seconds if seconds < 0.999 => format!("{} ms", show_number(seconds * 1e3)),
        seconds => format!("{} s", show_number(seconds)),
    }
}
