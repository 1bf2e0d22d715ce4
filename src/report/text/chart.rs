//! Throughput and latency against load, as a small chart of characters; both axes are logarithmic.

use crate::report::{
    measured::points::{Point, points},
    paint::{Look, Tone},
    say::{self, names},
};
use plimsoll_core::{
    finding::{Finding, Word},
    units::{show_duration, show_load, show_number},
};
use std::time::Duration;

/// Lines of the chart, and those of one beside a cause: both together are one screen.
const ROWS: usize = 8;
const FEWER_ROWS: usize = 6;
/// Fewer points show no course.
const LEAST_POINTS: usize = 3;
/// Room for the labels on either side.
const MARGIN: usize = 9;

/// A logarithmic scale onto whole cells.
struct Scale {
    low: f64,
    high: f64,
    cells: usize,
}

impl Scale {
    /// A scale over these positive values, at least a factor of four wide. Values that hardly differ lie at its top, or at its bottom.
    fn over(values: impl Iterator<Item = f64> + Clone, at_top: bool, cells: usize) -> Option<Self> {
        let positive = values.filter(|value| *value > 0.0 && value.is_finite());
        let low = positive.clone().min_by(f64::total_cmp)?;
        let high = positive.max_by(f64::total_cmp)?;
        Some(if at_top { Self { low: low.min(high / 4.0), high, cells } } else { Self { low, high: high.max(low * 4.0), cells } })
    }

    fn cell(&self, value: f64) -> Option<usize> {
        let place = (value / self.low).ln() / (self.high / self.low).ln() * (self.cells - 1) as f64;
        (place > -0.5 && place < self.cells as f64 - 0.5).then(|| place.round().max(0.0) as usize)
    }
}

/// The chart with its headings; empty where too few loads gave a good answer.
pub fn chart(finding: &Finding, look: &Look) -> String {
    let points: Vec<Point> = points(&finding.steps).into_iter().filter(|point| point.rate > 0.0).collect();
    let width = look.columns.min(100).saturating_sub(2 * MARGIN + 4).max(16);
    let rows = if finding.cause.is_some() { FEWER_ROWS } else { ROWS };
    let scales = (
        Scale::over(points.iter().map(|point| point.load), false, width),
        Scale::over(points.iter().map(|point| point.rate), true, rows),
        Scale::over(points.iter().filter_map(|point| point.p50_s), false, rows),
    );
    let (Some(x), Some(rate), Some(median)) = scales else { return String::new() };
    if points.len() < LEAST_POINTS {
        return String::new();
    }
    let line = finding.load_line.value.filter(|_| finding.load_line.word != Word::Withheld).and_then(|value| x.cell(value));
    let glyphs = Glyphs::of(look);
    let mut grid = vec![vec![Cell::Empty; width]; rows];
    for row in &mut grid {
        line.into_iter().for_each(|column| row[column] = Cell::Line);
    }
    for point in &points {
        let Some(column) = x.cell(point.load) else { continue };
        if let Some(up) = point.p50_s.and_then(|seconds| median.cell(seconds)) {
            grid[rows - 1 - up][column] = Cell::Median;
        }
        if let Some(up) = rate.cell(point.rate) {
            let cell = &mut grid[rows - 1 - up][column];
            *cell = if *cell == Cell::Median { Cell::Both } else { Cell::Rate };
        }
    }
    let mut out = headings(look, &glyphs, width);
    out.push_str(&head_of_line(finding, look, line, width));
    for (place, row) in grid.iter().enumerate() {
        let (left, right) = match place {
            0 => (show_number(rate.high), show_duration(Duration::from_secs_f64(median.high))),
            last if last == rows - 1 => (show_number(rate.low), show_duration(Duration::from_secs_f64(median.low))),
            _ => (String::new(), String::new()),
        };
        let cells: String = row.iter().map(|cell| glyphs.show(*cell, look)).collect();
        let bar = glyphs.bar;
        out.push_str(format!("{left:>MARGIN$} {bar}{cells}{bar} {right}").trim_end());
        out.push('\n');
    }
    out.push_str(&ticks(&x, names::axis(finding), width));
    out
}

#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Empty,
    Line,
    Rate,
    Median,
    Both,
}

struct Glyphs {
    rate: &'static str,
    median: &'static str,
    both: &'static str,
    line: &'static str,
    bar: &'static str,
}

impl Glyphs {
    fn of(look: &Look) -> Self {
        if look.unicode {
            Self { rate: "●", median: "○", both: "◉", line: "┊", bar: "│" }
        } else {
            Self { rate: "*", median: "o", both: "@", line: ":", bar: "|" }
        }
    }

    fn show(&self, cell: Cell, look: &Look) -> String {
        match cell {
            Cell::Empty => " ".to_owned(),
            Cell::Line => look.paint(Tone::Soft, self.line),
            Cell::Rate => look.paint(Tone::Good, self.rate),
            Cell::Median => look.paint(Tone::Degraded, self.median),
            Cell::Both => look.paint(Tone::Strong, self.both),
        }
    }
}

fn headings(look: &Look, glyphs: &Glyphs, width: usize) -> String {
    let (left, right) = ("good answers a second", "median");
    let both = format!(", {} both", glyphs.both);
    let gap = (width + 2 * MARGIN).saturating_sub(left.len() + right.len() + both.chars().count() + 4);
    let left = format!("{} {left}", look.paint(Tone::Good, glyphs.rate));
    format!("{left}{}{} {right}{both}\n", " ".repeat(gap), look.paint(Tone::Degraded, glyphs.median))
}

/// The mark above the load line, with the number beside it.
fn head_of_line(finding: &Finding, look: &Look, column: Option<usize>, width: usize) -> String {
    let (Some(column), Some(value)) = (column, finding.load_line.value) else { return String::new() };
    let number = show_number(value);
    let middle = MARGIN + 2 + column;
    let mark = look.paint(say::tone(finding.load_line.word), look.mark());
    // Near the right edge the number stands before the mark.
    if column + 3 + number.len() > width {
        format!("{}{number} {mark}\n", " ".repeat(middle.saturating_sub(2 + number.len())))
    } else {
        format!("{}{mark} {number}\n", " ".repeat(middle - 1))
    }
}

/// Ticks at powers of four, the axis named at the end.
fn ticks(x: &Scale, axis: &str, width: usize) -> String {
    let mut line = vec![' '; width + MARGIN];
    let mut free_from = 0;
    let first = (x.low.ln() / 4f64.ln()).floor() as i32 - 1;
    for power in first..first + 40 {
        let value = 4f64.powi(power);
        let Some(column) = x.cell(value) else { continue };
        let label = show_load(value);
        let start = column.saturating_sub(label.len() / 2);
        if start < free_from || start + label.len() > width {
            continue;
        }
        line[start..start + label.len()].iter_mut().zip(label.chars()).for_each(|(cell, c)| *cell = c);
        free_from = start + label.len() + 1;
    }
    let labels: String = line.into_iter().collect();
    let labels = format!("{}{}", " ".repeat(MARGIN + 2), labels.trim_end());
    format!("{labels}  {axis}\n")
}
