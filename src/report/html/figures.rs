//! The charts of one search, with how to read each.

use super::{colour, page::Figure};
use crate::report::{
    chart::{
        drawing::Drawing,
        frame::{Mark, Size},
        load::{Course, Fit, Ink, latency, throughput},
        signals::SIGNALS,
        spread::{Curve, percentiles},
        timeline::{described, timeline},
    },
    measured::points::{Point, points},
    say::{answer::objective, names, seconds},
};
use plimsoll_core::{
    criterion::Criterion,
    finding::{Axis, Finding, Word},
    units::{show_duration, show_number},
};

/// A knee that is this near to the load line is told by its mark.
const SAME: f64 = 0.02;
/// Fewer answers show no spread.
const LEAST_ANSWERS: u64 = 10;

/// What the charts of a search are made from.
pub struct Charted<'f> {
    pub finding: &'f Finding,
    pub points: Vec<Point>,
    /// The load line, where one is told.
    pub line: Option<f64>,
    /// Objectives on latency: seconds, and what is asked for.
    pub limits: Vec<(f64, String)>,
}

impl<'f> Charted<'f> {
    /// Reads a finding.
    pub fn of(finding: &'f Finding) -> Self {
        let line = finding.load_line.value.filter(|_| finding.load_line.word != Word::Withheld);
        Self { finding, points: points(&finding.steps), line, limits: limits(finding.criteria.iter()) }
    }

    /// The mark of the load line.
    pub fn mark(&self, class: &'static str) -> Option<Mark> {
        let line = &self.finding.load_line;
        let at = self.line.filter(|value| *value > 0.0)?;
        let label = if line.word == Word::AtLeast { format!("at least {}", show_number(at)) } else { show_number(at) };
        Some(Mark { at, interval: (line.low, line.high.filter(|high| high.is_finite())), label, class })
    }

    /// Up to the line in one colour and beyond it in the other; in ink where no line is told.
    pub fn ink(&self) -> Ink {
        self.line.map_or(Ink::Of("ink"), Ink::Until)
    }

    /// What the load axis counts.
    pub fn axis(&self) -> String {
        match (self.finding.load_line.axis, self.finding.pause_s()) {
            (Axis::Users, None) => "requests at one time".to_owned(),
            (Axis::Users, Some(pause)) => format!("users who pause {} s", show_number(pause)),
            (Axis::Rate, _) => "requests a second".to_owned(),
        }
    }

    fn course(&self) -> [Course<'_>; 1] {
        [Course { name: String::new(), points: &self.points, ink: self.ink(), mark: self.mark(colour(self.finding.load_line.word)) }]
    }

    /// The knee that was fitted, where what it rests on is known.
    fn fit(&self) -> Option<Fit> {
        let knee = self.finding.knee.as_ref().filter(|_| self.finding.load_line.axis == Axis::Users)?;
        let cycle_s = self.finding.unloaded.mean_ms? / 1e3 + self.finding.pause_s().unwrap_or(0.0);
        Some(Fit { knee: knee.users, cycle_s }).filter(|fit| fit.knee > 0.0 && fit.cycle_s > 0.0)
    }

    /// Good answers a second, drawn.
    pub fn drawn_throughput(&self, size: Size) -> Option<Drawing> {
        throughput(&self.course(), &self.axis(), self.fit(), size)
    }

    /// Response times, drawn.
    pub fn drawn_latency(&self, size: Size) -> Option<Drawing> {
        latency(&self.course(), &self.axis(), &self.limits, size)
    }

    /// Good answers a second against load.
    pub fn throughput(&self) -> Option<Figure> {
        let line = &self.finding.load_line;
        let has_band = self.line.is_some() && line.low != line.high;
        let mut caption = format!("Dots were measured{}.", if has_band { "; the band is the interval of the load line" } else { "" });
        if let Some(fit) = self.fit() {
            let cycle = show_duration(seconds(fit.cycle_s));
            caption
                .push_str(&format!(" Dashed: the fit, one answer every {cycle} for each user up to the knee at {}", show_number(fit.knee)));
            let knee =
                self.finding.knee.as_ref().map(|knee| (knee.low, knee.high)).filter(|(low, high)| low.is_finite() && high.is_finite());
            caption
                .push_str(&knee.map_or_else(|| ".".to_owned(), |(low, high)| format!(" [{}, {}].", show_number(low), show_number(high))));
            if self.line.is_some_and(|line| (fit.knee / line - 1.0).abs() > SAME) {
                caption.push_str(" The knee is not the load line: beyond it users mostly wait.");
            }
        }
        if self.points.iter().any(|point| point.rate == 0.0) {
            caption.push_str(" A cross: no good answer at all.");
        }
        let said = |point: &Point| format!("{} with {}", show_number(point.rate), show_number(point.load));
        let described = format!("{}. Good answers a second: {}.", self.line_in_words(), self.each(said));
        let drawn = |size| self.drawn_throughput(size);
        Figure::of("throughput", "Throughput", &caption, &described, drawn(Size::Wide), drawn(Size::Narrow))
    }

    /// Response times against load.
    pub fn latency(&self) -> Option<Figure> {
        let mut caption = "The line is the median, the dashed one p95, and the band ends at p99.".to_owned();
        if self.points.iter().any(|point| point.failed > 0 && point.p99_s.is_none()) {
            caption.push_str(" A triangle at the top: p99 falls among requests that failed.");
        }
        let known = |value: Option<f64>| value.map_or_else(|| "failed".to_owned(), |s| show_duration(seconds(s)));
        let said = |point: &Point| format!("{} and {} with {}", known(point.p50_s), known(point.p99_s), show_number(point.load));
        let described = format!("{}. Median and p99: {}.", self.line_in_words(), self.each(said));
        let drawn = |size| self.drawn_latency(size);
        Figure::of("latency", "Response time", &caption, &described, drawn(Size::Wide), drawn(Size::Narrow))
    }

    /// How response times are spread alone, at the line and beyond it.
    pub fn spread(&self) -> Option<Figure> {
        let curves = self.curves();
        let drawn = |size| percentiles(&curves, &self.limits, size);
        let caption = "Requests from the fastest to the slowest, the slow ones spread out. A line ends at its slowest request, or where the others failed.";
        let at = |curve: &Curve<'_>, q| curve.latencies.quantile(q, curve.failed).map_or_else(|| "failed".to_owned(), show_duration);
        let said = |curve: &Curve<'_>| format!("{}: half within {}, 99% within {}", curve.name, at(curve, 0.5), at(curve, 0.99));
        let described = curves.iter().map(said).collect::<Vec<_>>().join("; ");
        Figure::of("spread", "How answers are spread", caption, &format!("{described}."), drawn(Size::Across), drawn(Size::Narrow))
    }

    fn curves(&self) -> Vec<Curve<'_>> {
        let telling: Vec<&Point> = self.points.iter().filter(|point| point.latencies.count() >= LEAST_ANSWERS).collect();
        let until = |line: f64| move |point: &&&Point| point.load <= line * 1.000_001;
        let line = self.line.unwrap_or(0.0);
        let alone = telling.first().map(|point| (*point, "faint"));
        let at_line = telling.iter().rev().find(until(line)).map(|point| (*point, "good"));
        let beyond = telling.last().filter(|point| point.load > line * 1.000_001);
        let beyond = beyond.map(|point| (*point, if self.line.is_some() { "bad" } else { "ink" }));
        let mut curves: Vec<Curve<'_>> = Vec::new();
        let mut shown = Vec::new();
        // A line at the lowest load is the more telling of the two.
        for (point, class) in [beyond, at_line, alone].into_iter().flatten() {
            if !shown.contains(&point.load.to_bits()) {
                shown.push(point.load.to_bits());
                let name = format!("at {}", show_number(point.load));
                curves.push(Curve { name, class, latencies: &point.latencies, failed: point.failed });
            }
        }
        curves
    }

    /// What the target used and held.
    pub fn signals(&self) -> Vec<Figure> {
        let mark = self.mark(colour(self.finding.load_line.word));
        let figure = |(place, signal): (usize, &crate::report::chart::signals::Signal)| {
            let drawing = signal.chart(&self.points, &self.axis(), self.ink(), mark.as_ref())?;
            let described = format!("{} against load: {}.", signal.axis, signal.described(&self.points));
            Some(Figure::small(&format!("signal-{place}"), signal.name, "", &described, drawing))
        };
        SIGNALS.iter().enumerate().filter_map(figure).collect()
    }

    /// Every step over time.
    pub fn timeline(&self) -> Option<Figure> {
        let axis = self.axis();
        let drawn = |size| timeline(&self.finding.steps, &axis, self.ink(), size);
        let caption = "Each bar is a step: thin while the target settled, thick while it was measured.";
        let described = described(&self.finding.steps, &axis);
        Figure::of("timeline", "Every step", caption, &described, drawn(Size::Across), drawn(Size::Narrow))
    }

    fn each(&self, said: impl Fn(&Point) -> String) -> String {
        self.points.iter().map(said).collect::<Vec<_>>().join(", ")
    }

    fn line_in_words(&self) -> String {
        format!("Load line: {}", names::line(&self.finding.load_line))
    }
}

/// Limits on latency, in seconds, with what is asked for.
pub fn limits<'c>(criteria: impl Iterator<Item = &'c Criterion>) -> Vec<(f64, String)> {
    let limit = |criterion: &Criterion| match criterion {
        Criterion::Latency { limit, .. } => Some((limit.as_secs_f64(), objective(&criterion.to_string()))),
        Criterion::Errors { .. } => None,
    };
    criteria.filter_map(limit).collect()
}
