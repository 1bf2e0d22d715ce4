//! Systems against each other: each ratio with its interval, on both sides of "as many".

use super::{
    drawing::{Anchor, Drawing},
    frame::Size,
    scale::Scale,
};
use plimsoll_core::units::show_number;

/// A ratio with its interval; an end that is not known is open.
pub struct Ratio {
    /// What is compared.
    pub name: String,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Its colour.
    pub class: &'static str,
}

const ROW: f64 = 46.0;
const HEAD: f64 = 30.0;
const FOOT: f64 = 44.0;

/// A row for each ratio that is known at all; `None` without any.
pub fn ratios(all: &[Ratio], size: Size) -> Option<Drawing> {
    let known: Vec<&Ratio> = all.iter().filter(|ratio| [ratio.value, ratio.low, ratio.high].iter().any(Option::is_some)).collect();
    if known.is_empty() {
        return None;
    }
    let wide = size.units().0;
    let ends = known.iter().flat_map(|ratio| [ratio.value, ratio.low, ratio.high]).flatten();
    let x = Scale::logarithmic(ends.chain([0.8, 1.25]), 2.0)?.between(14.0, wide - 14.0);
    let high = HEAD + ROW * known.len() as f64 + FOOT;
    let floor = high - FOOT;
    let mut drawing = Drawing::new(wide, high);
    drawing.text("unit", (0.0, 13.0), Anchor::Start, "times as much, with 95% interval");
    let ticks = if x.values.end() / x.values.start() > 64.0 { x.powers_of_four() } else { x.round(6) };
    // A row's name lies between the lines of its row and those of the row above.
    let upright = |drawing: &mut Drawing, class: &str, at: f64| {
        for row in 0..known.len() {
            let top = HEAD + ROW * row as f64;
            drawing.line(class, (at, top + 19.0), (at, top + ROW - 2.0));
        }
    };
    let one = x.at(1.0);
    upright(&mut drawing, "limit", one);
    drawing.text("tick", (one, floor + 19.0), Anchor::Middle, "1");
    drawing.text_where_free("tick", (one, floor + 37.0), Anchor::Middle, "as much");
    for tick in ticks.into_iter().filter(|tick| *tick != 1.0) {
        let at = x.at(tick);
        if drawing.text_where_free("tick", (at, floor + 19.0), Anchor::Middle, &show_number(tick)) {
            upright(&mut drawing, "grid", at);
        }
    }
    drawing.line("axis", (14.0, floor), (wide - 14.0, floor));
    for (place, ratio) in known.into_iter().enumerate() {
        row(&mut drawing, &x, ratio, HEAD + ROW * place as f64);
    }
    Some(drawing)
}

fn row(drawing: &mut Drawing, x: &Scale, ratio: &Ratio, top: f64) {
    let (class, y) = (ratio.class, top + 30.0);
    let interval = match (ratio.low, ratio.high) {
        (Some(low), Some(high)) => format!(" [{}, {}]", show_number(low), show_number(high)),
        (Some(low), None) => format!(" at least {}", show_number(low)),
        (None, Some(high)) => format!(" at most {}", show_number(high)),
        (None, None) => String::new(),
    };
    let value = ratio.value.map_or_else(String::new, |value| format!(" {}", show_number(value)));
    let text =
        super::drawing::fitted("name", &ratio.name, drawing.width - 14.0 - super::drawing::width("name", &format!(":{value}{interval}")));
    drawing.text(&format!("name {class}"), (14.0, top + 13.0), Anchor::Start, &format!("{text}:{value}{interval}"));
    if ratio.low.is_some() || ratio.high.is_some() {
        let from = ratio.low.map_or(x.places.0, |low| x.at(low));
        let to = ratio.high.map_or(x.places.1, |high| x.at(high));
        drawing.line(class, (from, y), (to, y));
        for end in [ratio.low.map(|_| from), ratio.high.map(|_| to)].into_iter().flatten() {
            drawing.line(class, (end, y - 5.0), (end, y + 5.0));
        }
    }
    if let Some(value) = ratio.value {
        drawing.circle(&format!("{class} dot"), (x.at(value), y), 5.0);
    }
}
