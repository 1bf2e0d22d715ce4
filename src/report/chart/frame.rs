//! The ground of a chart: both axes, the grid, ticks and units, and the marks of load lines above it.

use super::{
    drawing::{Anchor, Drawing, Room, width},
    scale::Scale,
};
use plimsoll_core::units::{show_duration, show_load, show_number};
use std::time::Duration;

/// How large a chart is drawn: for a page beside another chart, for a telephone, or across a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Wide,
    Narrow,
    Small,
    Across,
}

impl Size {
    /// Width and height.
    pub fn units(self) -> (f64, f64) {
        match self {
            Self::Wide => (480.0, 310.0),
            Self::Narrow => (340.0, 280.0),
            Self::Small => (340.0, 190.0),
            Self::Across => (980.0, 280.0),
        }
    }

    /// How many labels the vertical axis has room for.
    fn levels(self) -> usize {
        if self == Self::Small { 3 } else { 6 }
    }
}

/// Where a load line stands.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The load.
    pub at: f64,
    /// The ends of its interval, where they are known; no upper end where none was found.
    pub interval: (Option<f64>, Option<f64>),
    /// What stands beside the mark.
    pub label: String,
    /// Its colour.
    pub class: &'static str,
}

/// What an axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Number,
    Seconds,
    MebiBytes,
}

impl Unit {
    /// A value in words.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Number => show_number(value),
            Self::Seconds => show_duration(Duration::try_from_secs_f64(value).unwrap_or_default()),
            Self::MebiBytes => format!("{} MiB", show_number(value)),
        }
    }
}

/// What is written at the vertical axis.
pub struct Upright<'t> {
    /// What it counts, in words.
    pub name: &'t str,
    /// And in which unit.
    pub unit: Unit,
}

/// The radius of the mark's disc, half the length of its line, and the height of a row of marks.
const DISC: f64 = 7.5;
const BAR: f64 = 12.5;
const ROW: f64 = 22.0;
/// Room above the plot for the name of the vertical axis, and below it for ticks and the name of the other.
const HEAD: f64 = 26.0;
const FOOT: f64 = 44.0;
/// The least gap between two ticks' texts.
const GAP: f64 = 8.0;
/// The least room between two lines of the grid.
const LEVEL: f64 = 20.0;

/// A chart with its axes drawn.
#[derive(Debug)]
pub struct Frame {
    pub drawing: Drawing,
    pub x: Scale,
    pub y: Scale,
}

impl Frame {
    /// Draws the axes. `x` and `y` are laid into the room that labels, marks and `right` units beside the plot leave.
    pub fn of_load(size: Size, x: Scale, y: Scale, load: &str, upright: &Upright<'_>, marks: &[Mark], right: f64) -> Self {
        let ticks = x.powers_of_four();
        Self::new(size, x, y, (load, &ticks, &show_load), upright, marks, right)
    }

    /// The same for another horizontal axis: its name, its ticks, and how they are written.
    pub fn new(
        size: Size,
        x: Scale,
        y: Scale,
        (name, ticks, show): (&str, &[f64], &dyn Fn(f64) -> String),
        upright: &Upright<'_>,
        marks: &[Mark],
        right: f64,
    ) -> Self {
        let (wide, high) = size.units();
        let levels: Vec<(f64, String)> = y.round(size.levels()).into_iter().map(|value| (value, upright.unit.show(value))).collect();
        let left = levels.iter().map(|(_, label)| width("tick", label)).fold(0.0, f64::max) + 12.0;
        let x = x.between(left, wide - right.max(10.0));
        let rows = rows(&x, marks);
        let top = HEAD + ROW * rows.iter().max().map_or(0.0, |last| (last + 1) as f64);
        let y = y.between(high - FOOT, top + 4.0);
        let mut frame = Self { drawing: Drawing::new(wide, high), x, y };
        frame.upright(&levels, upright.name);
        frame.level(name, ticks, show);
        for (mark, row) in marks.iter().zip(rows) {
            frame.mark(mark, HEAD + ROW * (row as f64 + 0.5));
        }
        frame
    }

    /// The bottom of the plot.
    pub fn floor(&self) -> f64 {
        self.y.places.0
    }

    /// The place of a point.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x.at(x), self.y.at(y))
    }

    fn upright(&mut self, levels: &[(f64, String)], name: &str) {
        let (from, to) = self.x.places;
        let mut last: Option<f64> = None;
        for (value, label) in levels {
            let y = self.y.at(*value);
            if last.is_some_and(|last| (last - y).abs() < LEVEL) {
                continue;
            }
            last = Some(y);
            self.drawing.line("grid", (from, y), (to, y));
            self.drawing.text("tick", (from - 8.0, y + 4.5), Anchor::End, label);
        }
        self.drawing.text("unit", (0.0, 13.0), Anchor::Start, name);
    }

    fn level(&mut self, name: &str, ticks: &[f64], show: &dyn Fn(f64) -> String) {
        let (floor, (from, to)) = (self.floor(), self.x.places);
        self.drawing.line("axis", (from, floor), (to, floor));
        for tick in thinned(&self.x, ticks, show) {
            let x = self.x.at(tick);
            self.drawing.line("axis", (x, floor), (x, floor + 5.0));
            let label = show(tick);
            // A label at the end of the axis stays within the drawing.
            let half = width("tick", &label) / 2.0;
            let at = x.clamp(half, (self.drawing.width - half).max(half));
            self.drawing.text("tick", (at, floor + 19.0), Anchor::Middle, &label);
        }
        self.drawing.text("unit", (to, floor + 38.0), Anchor::End, name);
    }

    /// A disc crossed by a line at the head of a dotted line, its interval as a band, its label beside it.
    fn mark(&mut self, mark: &Mark, y: f64) {
        let (x, class, floor, top) = (self.x.at(mark.at), mark.class, self.floor(), self.y.places.1);
        if let Some(low) = mark.interval.0 {
            let high = mark.interval.1.map_or(self.x.places.1, |high| self.x.at(high));
            let low = self.x.at(low);
            if high - low >= 1.0 {
                self.drawing.rectangle(&format!("{class} band"), (low, top), (high, floor));
            }
        }
        self.drawing.line(&format!("{class} loadline"), (x, y + DISC), (x, floor));
        self.drawing.circle(&format!("{class} disc"), (x, y), DISC);
        self.drawing.line(&format!("{class} disc"), (x - BAR, y), (x + BAR, y));
        let (anchor, at) = if is_left(&self.x, mark) { (Anchor::End, x - BAR - 5.0) } else { (Anchor::Start, x + BAR + 5.0) };
        self.drawing.text(&format!("mark {class}"), (at, y + 5.0), anchor, &mark.label);
    }
}

/// Whether the label of a mark stands before it, because there is no room behind it.
fn is_left(x: &Scale, mark: &Mark) -> bool {
    x.at(mark.at) + BAR + 5.0 + width("mark", &mark.label) > x.places.1 + 8.0
}

/// For each mark the row in which it meets no other.
fn rows(x: &Scale, marks: &[Mark]) -> Vec<usize> {
    let mut taken: Vec<(usize, Room)> = Vec::new();
    let mut rows = Vec::new();
    for mark in marks {
        let (at, label) = (x.at(mark.at), width("mark", &mark.label) + 5.0);
        let (left, right) = if is_left(x, mark) { (at - BAR - label, at + BAR) } else { (at - BAR, at + BAR + label) };
        let room = Room { left: left - 4.0, right: right + 4.0, top: 0.0, bottom: 1.0, text: String::new() };
        let row = (0..).find(|row| !taken.iter().any(|(of, other)| of == row && other.meets(&room))).unwrap_or_default();
        taken.push((row, room));
        rows.push(row);
    }
    rows
}

/// The ticks whose texts have room beside each other: all of them, or of those at equal distances every second, third and so on.
fn thinned(x: &Scale, ticks: &[f64], show: &dyn Fn(f64) -> String) -> Vec<f64> {
    let of_each = |n: usize| ticks.iter().copied().step_by(n).collect::<Vec<_>>();
    let fits = |ticks: &[f64]| {
        let ends = |tick: f64| (x.at(tick), width("tick", &show(tick)) / 2.0);
        ticks.windows(2).all(|pair| {
            let ((a, half_a), (b, half_b)) = (ends(pair[0]), ends(pair[1]));
            a + half_a + GAP <= b - half_b
        })
    };
    if is_even(x, ticks) {
        return (1..=ticks.len().max(1)).map(of_each).find(|ticks| fits(ticks)).unwrap_or_default();
    }
    // Uneven ticks are taken as they come.
    ticks.iter().fold(Vec::new(), |mut taken: Vec<f64>, tick| {
        taken.push(*tick);
        if !fits(&taken) {
            taken.pop();
        }
        taken
    })
}

/// Whether ticks lie at equal distances.
fn is_even(x: &Scale, ticks: &[f64]) -> bool {
    let gaps: Vec<f64> = ticks.windows(2).map(|pair| x.at(pair[1]) - x.at(pair[0])).collect();
    gaps.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.5)
}

/// Names at the ends of lines, moved apart where they would lie over one another: each with its class and the height it belongs to.
pub fn name_ends(drawing: &mut Drawing, x: f64, mut names: Vec<(&'static str, f64, String)>, (top, bottom): (f64, f64)) {
    const APART: f64 = 17.0;
    names.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut places: Vec<f64> = names.iter().map(|(_, y, _)| y.clamp(top, bottom)).collect();
    for place in 1..places.len() {
        places[place] = places[place].max(places[place - 1] + APART);
    }
    // What was pushed out at the bottom pushes the others up again.
    let mut most = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - APART;
    }
    for ((class, _, name), y) in names.into_iter().zip(places) {
        drawing.text(&format!("name {class}"), (x, y + 4.5), Anchor::Start, &name);
    }
}

/// The room that such names take beside a plot.
pub fn room_for<'n>(names: impl Iterator<Item = &'n str>) -> f64 {
    names.map(|name| width("name", name)).fold(0.0, f64::max) + 10.0
}
