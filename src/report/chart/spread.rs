//! How response times are spread: percentiles at chosen loads, and a histogram.

use super::{
    drawing::{Anchor, Drawing},
    frame::{Frame, Size, Unit, Upright},
    scale::{Scale, Spread},
};
use crate::report::measured::bars::Bars;
use plimsoll_core::{stat::Latencies, units::show_duration};

/// Response times of good answers, with how many further requests failed.
pub struct Curve<'l> {
    pub name: String,
    pub class: &'static str,
    pub latencies: &'l Latencies,
    pub failed: u64,
}

/// So many places along the axis are read off.
const PLACES: usize = 90;
/// One request in so many is the slowest percentile that is drawn.
const RAREST: f64 = 1e5;
/// Percentiles that are named at the axis, each with its odds: of so many requests one is slower.
const NAMED: [(f64, &str); 7] =
    [(1.0, "0%"), (2.0, "50%"), (10.0, "90%"), (100.0, "99%"), (1e3, "99.9%"), (1e4, "99.99%"), (1e5, "99.999%")];

/// The percentiles of each curve, the slow ones spread out; `None` without a good answer. A curve ends where the failed requests begin.
pub fn percentiles(curves: &[Curve<'_>], limits: &[(f64, String)], size: Size) -> Option<Drawing> {
    let read: Vec<Vec<(f64, f64)>> = curves.iter().map(points).collect();
    let all = || read.iter().flatten();
    let y = Scale::logarithmic(all().map(|&(_, seconds)| seconds).chain(limits.iter().map(|(limit, _)| *limit)), 4.0)?;
    let rarest = all().map(|&(odds, _)| odds).fold(10.0, f64::max);
    let x = Scale { spread: Spread::Logarithmic, values: 1.0..=rarest, places: (0.0, 1.0) };
    let ticks: Vec<f64> = NAMED.iter().map(|(odds, _)| *odds).filter(|odds| *odds <= rarest * 1.001).collect();
    let show = |odds: f64| NAMED.iter().find(|(of, _)| *of == odds).map_or_else(String::new, |(_, name)| (*name).to_owned());
    let upright = Upright { name: "response time", unit: Unit::Seconds };
    let mut frame = Frame::new(size, x, y, ("share of requests that were as fast", &ticks, &show), &upright, &[], 18.0);
    for (limit, label) in limits {
        let (y, (from, to)) = (frame.y.at(*limit), frame.x.places);
        frame.drawing.line("limit", (from, y), (to, y));
        frame.drawing.text_where_free("name ink", (from + 6.0, y - 5.0), Anchor::Start, label);
    }
    let mut ends = Vec::new();
    for (curve, points) in curves.iter().zip(&read) {
        let course: Vec<(f64, f64)> = points.iter().map(|&(odds, seconds)| frame.at(odds, seconds)).collect();
        frame.drawing.course(curve.class, &course);
        ends.extend(course.last().map(|end| (curve, *end)));
    }
    for (curve, end) in ends {
        name(&mut frame.drawing, curve, end);
    }
    Some(frame.drawing)
}

/// Names a curve where it ends: above its end, or else beside it or below.
fn name(drawing: &mut Drawing, curve: &Curve<'_>, (x, y): (f64, f64)) {
    let class = format!("name {}", curve.class);
    let tried =
        [((x, y - 8.0), Anchor::End), ((x + 7.0, y + 4.5), Anchor::Start), ((x, y + 19.0), Anchor::End), ((x, y - 25.0), Anchor::End)];
    for (at, anchor) in tried {
        if drawing.text_where_free(&class, at, anchor, &curve.name) {
            return;
        }
    }
}

/// Odds and seconds.
fn points(curve: &Curve<'_>) -> Vec<(f64, f64)> {
    let ended = (curve.latencies.count() + curve.failed) as f64;
    let rarest = ended.clamp(2.0, RAREST);
    let mut points: Vec<(f64, f64)> = Vec::new();
    for place in 0..=PLACES {
        let odds = rarest.powf(place as f64 / PLACES as f64);
        let Some(latency) = curve.latencies.quantile(1.0 - 1.0 / odds, curve.failed) else { break };
        points.push((odds, latency.as_secs_f64()));
    }
    points
}

/// How many answers took how long; `None` without a good one.
pub fn histogram(latencies: &Latencies, limits: &[(f64, String)], size: Size) -> Option<Drawing> {
    let rows = if matches!(size, Size::Narrow | Size::Small) { 14 } else { 24 };
    let bars = Bars::of(latencies, rows).0;
    let shortest = latencies.min()?.as_secs_f64();
    let ends: Vec<f64> = bars.iter().map(|(end, _)| end.as_secs_f64()).collect();
    let longest = *ends.last()?;
    let x = if ends.len() < 2 {
        Scale::logarithmic([shortest, longest].into_iter(), 1.5)?
    } else if is_even(&ends) {
        Scale { spread: Spread::Even, values: (2.0 * ends[0] - ends[1]).max(0.0)..=longest, places: (0.0, 1.0) }
    } else {
        Scale { spread: Spread::Logarithmic, values: ends[0] * ends[0] / ends[1]..=longest, places: (0.0, 1.0) }
    };
    let y = Scale::from_zero(bars.iter().map(|(_, n)| *n as f64));
    let ticks = x.round(6);
    let show = |seconds: f64| show_duration(std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default());
    let upright = Upright { name: "good answers", unit: Unit::Number };
    let mut frame = Frame::new(size, x, y, ("response time", &ticks, &show), &upright, &[], 14.0);
    let floor = frame.floor();
    let mut from = frame.x.places.0;
    for (end, (_, n)) in ends.iter().zip(&bars) {
        let to = frame.x.at(*end);
        let (from_x, to_x) = if ends.len() < 2 { (to - 12.0, to + 12.0) } else { (from + 0.75, to - 0.75) };
        if *n > 0 {
            // Whatever is there at all is seen.
            let top = frame.y.at(*n as f64).min(floor - 1.5);
            let is_late = limits.iter().any(|(limit, _)| *end > *limit * 1.001);
            frame.drawing.rectangle(if is_late { "bad fill" } else { "good fill" }, (from_x, top), (to_x, floor));
        }
        from = to;
    }
    for (limit, label) in limits.iter().filter(|(limit, _)| frame.x.values.contains(limit)) {
        let (x, top) = (frame.x.at(*limit), frame.y.places.1);
        frame.drawing.line("limit", (x, top), (x, floor));
        let put = |drawing: &mut Drawing, x: f64, anchor| drawing.text_where_free("name ink", (x, top + 10.0), anchor, label);
        if !put(&mut frame.drawing, x + 5.0, Anchor::Start) {
            put(&mut frame.drawing, x - 5.0, Anchor::End);
        }
    }
    Some(frame.drawing)
}

/// Whether rows are equal steps rather than equal factors.
fn is_even(ends: &[f64]) -> bool {
    ends.windows(3).all(|three| ((three[2] - three[1]) / (three[1] - three[0]) - 1.0).abs() < 0.01)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::stat::Resolution;
    use std::time::Duration;

    fn of(ms: impl IntoIterator<Item = u64>) -> Latencies {
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        ms.into_iter().for_each(|ms| latencies.record(Duration::from_millis(ms)));
        latencies
    }

    #[test]
    fn a_curve_ends_where_the_failed_begin() {
        let latencies = of(1..=900);
        let curve = Curve { name: String::new(), class: "good", latencies: &latencies, failed: 100 };
        let last = points(&curve).last().copied().unwrap();
        assert!((9.0..=10.0).contains(&last.0) && (0.85..=0.901).contains(&last.1), "{last:?}");
    }

    #[test]
    fn a_histogram_draws_every_row_that_holds_something() {
        let drawn = histogram(&of([10, 10, 1_000]), &[(0.5, "p99 < 500 ms".to_owned())], Size::Wide).unwrap();
        let svg = drawn.inline("a", "", "", "");
        assert_eq!((svg.matches("good fill").count(), svg.matches("bad fill").count()), (1, 1), "{svg}");
        assert!(histogram(&of([]), &[], Size::Wide).is_none());
        assert!(histogram(&of([50; 9]), &[], Size::Narrow).is_some());
    }
}
