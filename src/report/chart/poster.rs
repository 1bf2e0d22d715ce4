//! A chart as a file of its own: the answer as a heading above one or two drawings side by side.

use super::{
    drawing::{Anchor, Drawing, width},
    palette::{CHART_STYLE, variables},
};

const EDGE: f64 = 24.0;
const GAP: f64 = 28.0;
const LEAST: f64 = 528.0;
/// Height of a line of the heading, and of what stands beside it.
const LINE: f64 = 28.0;
const SMALL: f64 = 22.0;

/// The file: `answer` is set large, `beside` below it.
pub fn poster(answer: &str, beside: &str, drawings: &[Drawing]) -> String {
    let inner: f64 = drawings.iter().map(|drawing| drawing.width).sum::<f64>() + GAP * drawings.len().saturating_sub(1) as f64;
    let wide = (inner + 2.0 * EDGE).max(LEAST);
    let tall = drawings.iter().map(|drawing| drawing.height).fold(0.0, f64::max);
    let room = wide - 2.0 * EDGE;
    let (heading, small) = (lines("headline", answer, room - 44.0), lines("beside", beside, room));
    let top = EDGE + LINE * heading.len() as f64 + SMALL * small.len() as f64 + 18.0;
    let mut whole = Drawing::new(wide, top + tall + EDGE - 8.0);
    whole.rectangle("ground", (0.0, 0.0), (whole.width, whole.height));
    whole.circle("logo", (EDGE + 13.0, EDGE + 9.0), 9.0);
    whole.line("logo", (EDGE, EDGE + 9.0), (EDGE + 26.0, EDGE + 9.0));
    for (place, line) in heading.iter().enumerate() {
        whole.text("headline", (EDGE + 42.0, EDGE + 17.0 + LINE * place as f64), Anchor::Start, line);
    }
    let below = EDGE + LINE * heading.len() as f64 + 14.0;
    for (place, line) in small.iter().enumerate() {
        whole.text("beside", (EDGE, below + SMALL * place as f64), Anchor::Start, line);
    }
    let mut left = EDGE;
    for drawing in drawings {
        whole.inset((left, top), drawing);
        left += drawing.width + GAP;
    }
    let font = "svg{font-family:Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}";
    whole.standalone(&format!("{}{font}{CHART_STYLE}", variables()), answer, beside)
}

/// The text in lines that fit, cut at spaces.
fn lines(class: &str, text: &str, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| width(class, &format!("{line} {word}")) <= room) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(super::drawing::fitted(class, word, room)),
        }
    }
    lines
}
