//! The load line against one of what was varied.

use super::{
    drawing::Drawing,
    frame::{Frame, Size, Unit, Upright},
    scale::{Scale, Spread},
};
use plimsoll_core::finding::VariedCurve;

/// A dot for each value that was tried, with its interval; hollow where other settings were not those of the best. `None` without a value.
pub fn settings(curve: &VariedCurve, unit: &str, size: Size) -> Option<Drawing> {
    if curve.points.is_empty() {
        return None;
    }
    let most = curve.points.iter().flat_map(|point| [Some(point.load), point.high.filter(|high| high.is_finite())]).flatten();
    let y = Scale::from_zero(most);
    let last = curve.points.len() as f64;
    let x = Scale { spread: Spread::Even, values: 0.5..=last + 0.5, places: (0.0, 1.0) };
    let ticks: Vec<f64> = (1..=curve.points.len()).map(|place| place as f64).collect();
    let show = |place: f64| {
        curve.points.get(place as usize - 1).map_or_else(String::new, |point| super::drawing::fitted("tick", &point.value, 90.0))
    };
    let name = format!("load line, {unit}");
    let upright = Upright { name: &name, unit: Unit::Number };
    let mut frame = Frame::new(size, x, y, (&super::drawing::fitted("unit", &curve.name, 300.0), &ticks, &show), &upright, &[], 14.0);
    let best: Vec<(f64, f64)> =
        curve.points.iter().zip(&ticks).filter(|(point, _)| point.beside_best).map(|(point, place)| frame.at(*place, point.load)).collect();
    frame.drawing.course("good thin", &best);
    for (point, place) in curve.points.iter().zip(&ticks) {
        let class = if point.beside_best { "good" } else { "faint" };
        let at = frame.at(*place, point.load);
        if let (Some(low), Some(high)) = (point.low, point.high.filter(|high| high.is_finite())) {
            let (low, high) = (frame.y.at(low), frame.y.at(high));
            frame.drawing.line(class, (at.0, low), (at.0, high));
            for end in [low, high] {
                frame.drawing.line(class, (at.0 - 4.0, end), (at.0 + 4.0, end));
            }
        }
        frame.drawing.circle(&format!("{class} {}", if point.beside_best { "dot" } else { "hollow" }), at, 4.2);
    }
    Some(frame.drawing)
}
