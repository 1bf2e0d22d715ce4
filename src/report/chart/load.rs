//! Throughput and response time against load.

use super::{
    drawing::{Anchor, Drawing},
    frame::{Frame, Mark, Size, Unit, Upright, name_ends, room_for},
    scale::Scale,
};
use crate::report::measured::points::Point;

/// In which colour a course is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ink {
    /// In one.
    Of(&'static str),
    /// Up to this load as good, beyond it as degraded.
    Until(f64),
}

impl Ink {
    /// The colour at a load.
    pub fn at(self, load: f64) -> &'static str {
        match self {
            Self::Of(class) => class,
            Self::Until(line) if load <= line * 1.000_001 => "good",
            Self::Until(_) => "bad",
        }
    }
}

/// One system's course.
pub struct Course<'p> {
    /// Its name; empty where it is the only one.
    pub name: String,
    pub points: &'p [Point],
    pub ink: Ink,
    pub mark: Option<Mark>,
}

/// A fit of good answers a second: in proportion to the load up to the knee, and level beyond it.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// The load at the knee.
    pub knee: f64,
    /// Seconds between two answers to one user while nobody waits.
    pub cycle_s: f64,
}

/// Room for what is written in the plot, at least a factor of four wide.
const LEAST: f64 = 4.0;

/// Good answers a second against load; `None` with fewer than two loads, or no good answer at any.
pub fn throughput(courses: &[Course<'_>], load: &str, fit: Option<Fit>, size: Size) -> Option<Drawing> {
    let all = || courses.iter().flat_map(|course| course.points);
    if all().count() < 2 {
        return None;
    }
    let x = of_loads(courses)?;
    let fitted = fit.map(|fit| fit.knee / fit.cycle_s);
    let y = Scale::logarithmic(all().map(|point| point.rate).chain(fitted), LEAST)?;
    let upright = Upright { name: "good answers a second", unit: Unit::Number };
    let mut frame =
        Frame::of_load(size, x, y, load, &upright, &marks(courses), room_for(courses.iter().map(|course| course.name.as_str())));
    if let Some(fit) = fit {
        let (low, high) = (*frame.x.values.start(), *frame.x.values.end());
        let rate = |load: f64| load.min(fit.knee) / fit.cycle_s;
        // What lies below the axis is not drawn at its end.
        let begin = low.max(frame.y.values.start() * fit.cycle_s);
        let course = [begin, fit.knee.max(begin), high].map(|load| frame.at(load, rate(load)));
        frame.drawing.course("fit", &course);
    }
    for course in courses {
        course_of(&mut frame, course, "", |point| Some(point.rate).filter(|rate| *rate > 0.0));
        for point in course.points.iter().filter(|point| point.rate == 0.0) {
            cross(&mut frame, course.ink.at(point.load), point.load);
        }
        dots(&mut frame, course, |point| Some(point.rate).filter(|rate| *rate > 0.0));
    }
    names(&mut frame, courses, |point| Some(point.rate).filter(|rate| *rate > 0.0));
    Some(frame.drawing)
}

/// Response times against load: the median as the line, up to p99 as the band, p95 where there is one course. `None` with fewer than two loads,
/// or no good answer at any.
pub fn latency(courses: &[Course<'_>], load: &str, limits: &[(f64, String)], size: Size) -> Option<Drawing> {
    let all = || courses.iter().flat_map(|course| course.points);
    if all().count() < 2 {
        return None;
    }
    let x = of_loads(courses)?;
    let seen = all().flat_map(|point| [point.p50_s, point.p99_s]).flatten();
    let y = Scale::logarithmic(seen.chain(limits.iter().map(|(limit, _)| *limit)), LEAST)?;
    let upright = Upright { name: "response time", unit: Unit::Seconds };
    let is_one = courses.len() == 1;
    let room = if is_one { room_for(["median"].into_iter()) } else { room_for(courses.iter().map(|course| course.name.as_str())) };
    let mut frame = Frame::of_load(size, x, y, load, &upright, &marks(courses), room);
    for course in courses {
        bands(&mut frame, course);
    }
    for (limit, label) in limits {
        let (y, (from, to)) = (frame.y.at(*limit), frame.x.places);
        frame.drawing.line("limit", (from, y), (to, y));
        frame.drawing.text_where_free("name ink", (from + 6.0, y - 5.0), Anchor::Start, label);
    }
    for course in courses {
        if is_one {
            course_of(&mut frame, course, " thin", |point| point.p95_s);
        }
        course_of(&mut frame, course, "", |point| point.p50_s);
        dots(&mut frame, course, |point| point.p50_s);
        for point in course.points.iter().filter(|point| point.failed > 0 && point.p99_s.is_none()) {
            failed(&mut frame, course.ink.at(point.load), point.load);
        }
    }
    match courses {
        [course] => percentiles(&mut frame, course),
        _ => names(&mut frame, courses, |point| point.p50_s),
    }
    Some(frame.drawing)
}

/// An axis of all loads that were measured, and of the marks.
fn of_loads(courses: &[Course<'_>]) -> Option<Scale> {
    let loads = courses.iter().flat_map(|course| course.points.iter().map(|point| point.load));
    Scale::logarithmic(loads.chain(courses.iter().filter_map(|course| course.mark.as_ref()).map(|mark| mark.at)), LEAST)
}

fn marks(courses: &[Course<'_>]) -> Vec<Mark> {
    courses.iter().filter_map(|course| course.mark.clone()).collect()
}

/// The line through what was measured, broken where there is nothing; in pieces of one colour each, of which each begins where the last one ends.
fn course_of(frame: &mut Frame, course: &Course<'_>, kind: &str, of: impl Fn(&Point) -> Option<f64>) {
    let mut piece: Vec<(f64, f64)> = Vec::new();
    let mut class = "";
    for point in course.points {
        let Some(value) = of(point) else {
            frame.drawing.course(&format!("{class}{kind}"), &std::mem::take(&mut piece));
            continue;
        };
        let at = frame.at(point.load, value);
        let ink = course.ink.at(point.load);
        if ink != class && !piece.is_empty() {
            let last = piece.last().copied();
            frame.drawing.course(&format!("{class}{kind}"), &std::mem::replace(&mut piece, last.into_iter().collect()));
        }
        class = ink;
        piece.push(at);
    }
    frame.drawing.course(&format!("{class}{kind}"), &piece);
}

fn dots(frame: &mut Frame, course: &Course<'_>, of: impl Fn(&Point) -> Option<f64>) {
    for (point, value) in course.points.iter().filter_map(|point| of(point).map(|value| (point, value))) {
        let at = frame.at(point.load, value);
        frame.drawing.circle(&format!("{} dot", course.ink.at(point.load)), at, 3.2);
    }
}

/// Between the median and p99, wherever both are known at two loads in turn; where p99 falls among failed requests it has no upper edge to show.
fn bands(frame: &mut Frame, course: &Course<'_>) {
    let edges: Vec<Option<(f64, f64, f64)>> =
        course.points.iter().map(|point| point.p50_s.zip(point.p99_s).map(|(p50, p99)| (point.load, p50, p99))).collect();
    let of_colour = |a: &Option<(f64, f64, f64)>, b: &Option<(f64, f64, f64)>| {
        a.zip(*b).is_some_and(|(_, b)| a.is_some_and(|a| course.ink.at(a.0) == course.ink.at(b.0)))
    };
    for run in edges.chunk_by(of_colour) {
        let run: Vec<(f64, f64, f64)> = run.iter().copied().flatten().collect();
        let Some(first) = run.first() else { continue };
        let class = format!("{} band", course.ink.at(first.0));
        area(frame, &class, &run);
    }
    for pair in edges.windows(2) {
        if let [Some(a), Some(b)] = pair
            && course.ink.at(a.0) != course.ink.at(b.0)
        {
            area(frame, &format!("{} band", course.ink.at(b.0)), &[*a, *b]);
        }
    }
}

fn area(frame: &mut Frame, class: &str, run: &[(f64, f64, f64)]) {
    let upper = run.iter().map(|&(load, _, p99)| frame.at(load, p99));
    let lower = run.iter().rev().map(|&(load, p50, _)| frame.at(load, p50));
    let edge: Vec<(f64, f64)> = upper.chain(lower).collect();
    frame.drawing.area(class, &edge);
}

/// A load at which nothing was answered well: a cross on the axis.
fn cross(frame: &mut Frame, class: &str, load: f64) {
    const ARM: f64 = 5.0;
    let (x, y) = (frame.x.at(load), frame.floor());
    for side in [-ARM, ARM] {
        frame.drawing.line(class, (x - ARM, y - side), (x + ARM, y + side));
    }
}

/// A load at which p99 fell among the failed requests: an arrow at the top.
fn failed(frame: &mut Frame, class: &str, load: f64) {
    let (x, top) = (frame.x.at(load), frame.y.places.1);
    frame.drawing.area(&format!("{class} fill"), &[(x - 5.0, top + 9.0), (x + 5.0, top + 9.0), (x, top)]);
}

/// Each percentile named where its line ends.
fn percentiles(frame: &mut Frame, course: &Course<'_>) {
    let last = |of: &dyn Fn(&Point) -> Option<f64>| course.points.iter().rev().find_map(|point| of(point).map(|value| (point.load, value)));
    let ends = [("median", last(&|point| point.p50_s)), ("p95", last(&|point| point.p95_s)), ("p99", last(&|point| point.p99_s))];
    let names = ends
        .into_iter()
        .filter_map(|(name, end)| end.map(|(load, value)| (course.ink.at(load), frame.y.at(value), name.to_owned())))
        .collect();
    let (floor, top) = frame.y.places;
    let right = frame.x.places.1 + 6.0;
    name_ends(&mut frame.drawing, right, names, (top + 6.0, floor - 4.0));
}

/// Each system named where its line ends.
fn names(frame: &mut Frame, courses: &[Course<'_>], of: impl Fn(&Point) -> Option<f64>) {
    let end = |course: &Course<'_>| {
        let (load, value) = course.points.iter().rev().find_map(|point| of(point).map(|value| (point.load, value)))?;
        Some((course.ink.at(load), frame.y.at(value), course.name.clone()))
    };
    let names = courses.iter().filter(|course| !course.name.is_empty()).filter_map(end).collect();
    let (floor, top) = frame.y.places;
    let right = frame.x.places.1 + 6.0;
    name_ends(&mut frame.drawing, right, names, (top + 6.0, floor - 4.0));
}
