//! Every step of a search over time: which load, for how long, and why.

use super::{
    drawing::{Anchor, Drawing, width},
    frame::{Frame, Size, Unit, Upright},
    load::Ink,
    scale::{Scale, Spread},
};
use crate::report::{measured::points::load, say::names};
use plimsoll_core::{
    finding::StepRecord,
    step::Purpose,
    units::{show_duration, show_number},
};
use std::time::Duration;

/// The steps as bars; `None` with fewer than two.
pub fn timeline(steps: &[StepRecord], axis: &str, ink: Ink, size: Size) -> Option<Drawing> {
    if steps.len() < 2 {
        return None;
    }
    let end = |step: &StepRecord| step.started_s + step.settled_s + step.duration_s;
    let last = steps.iter().map(end).fold(0.0, f64::max);
    let y = Scale::logarithmic(steps.iter().filter_map(load), 4.0)?;
    let x = Scale { spread: Spread::Even, values: 0.0..=last.max(1.0), places: (0.0, 1.0) };
    let ticks = x.round(if size == Size::Narrow { 4 } else { 10 });
    let show = |seconds: f64| show_duration(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    let upright = Upright { name: axis, unit: Unit::Number };
    let mut frame = Frame::new(size, x, y, ("since the start", &ticks, &show), &upright, &[], 14.0);
    phases(&mut frame, steps, end);
    for step in steps {
        let Some(load) = load(step) else { continue };
        // A light load between others tells nothing of where the target degrades.
        let class = if matches!(step.purpose, Purpose::Gate | Purpose::Recovery) { "faint" } else { ink.at(load) };
        let settled = step.started_s + step.settled_s;
        let [from, settled, to] = [step.started_s, settled, end(step)].map(|second| frame.at(second, load));
        frame.drawing.line(&format!("{class} settle"), from, settled);
        frame.drawing.line(&format!("{class} step"), settled, to);
    }
    Some(frame.drawing)
}

/// What the steps are for, above those that stand together, where there is room for it.
fn phases(frame: &mut Frame, steps: &[StepRecord], end: impl Fn(&StepRecord) -> f64) {
    let top = frame.y.places.1;
    for phase in steps.chunk_by(|a, b| a.purpose == b.purpose) {
        let (from, to) = (frame.x.at(phase[0].started_s), frame.x.at(end(&phase[phase.len() - 1])));
        let (name, middle) = (names::purpose(phase[0].purpose), (from + to) / 2.0);
        if width("tick", name) <= to - from + 24.0 {
            let half = width("tick", name) / 2.0;
            let middle = middle.clamp(frame.x.places.0 + half, frame.drawing.width - half);
            frame.drawing.text_where_free("tick", (middle, top - 2.0), Anchor::Middle, name);
        }
        if phase[0].started_s > 0.0 {
            frame.drawing.line("grid", (from, top + 4.0), (from, frame.floor()));
        }
    }
}

/// The timeline in words.
pub fn described(steps: &[StepRecord], axis: &str) -> String {
    let of = |phase: &[StepRecord]| {
        let loads: Vec<String> = phase.iter().filter_map(load).map(show_number).collect();
        format!("{} at {}", names::purpose(phase[0].purpose), loads.join(", "))
    };
    let phases: Vec<String> = steps.chunk_by(|a, b| a.purpose == b.purpose).map(of).collect();
    format!("{} ({axis}).", phases.join("; "))
}
