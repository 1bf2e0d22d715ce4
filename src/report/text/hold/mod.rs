//! The one screen of a hold: what was put on, how much of it was answered well, how fast, where the time went, and what failed.

mod outcome;
mod phases;
mod times;

#[cfg(test)]
mod tests;

use super::{closing, painted, title};
use crate::report::{
    paint::{Look, Tone},
    say::hold as say,
};
use plimsoll_core::finding::Hold;

/// The hold as a text of about one screen, ending in a line end.
pub fn hold(hold: &Hold, look: &Look) -> String {
    let sections =
        [opening(hold, look), answer(hold, look), outcome::rates(hold, look), times::times(hold, look), { phases::phases(hold, look) }];
    let mut out: String = sections.iter().filter(|section| !section.is_empty()).map(|section| format!("{section}\n")).collect();
    let ended = outcome::outcome(hold, look);
    if !ended.is_empty() {
        out.push_str(&ended);
        out.push('\n');
    }
    out.push_str(&generator(hold, look));
    out.push_str(&closing::warnings(&hold.warnings, look));
    out
}

/// The mark, what was measured, and the load that was put on it.
fn opening(hold: &Hold, look: &Look) -> String {
    let mut out = title(&hold.subject, look);
    if let Some(early) = say::early(hold) {
        out.push_str(&look.paint(Tone::Degraded, &look.wrap(&early, 0)));
        out.push('\n');
    }
    out.push_str(&look.paint(Tone::Soft, &look.wrap(&say::loaded(hold), 0)));
    out.push('\n');
    out
}

/// The sentence that a person would repeat, and each objective.
fn answer(hold: &Hold, look: &Look) -> String {
    let (tone, said) = say::headline(hold);
    let mut out = painted(tone, &said, look);
    for judged in &hold.criteria {
        let (word, tone, text) = say::objective(judged);
        out.push_str(&look.wrap(&format!("{word}: {text}"), 2).replacen(word, &look.paint(tone, word), 1));
        out.push('\n');
    }
    out
}

/// The generator's honesty line.
fn generator(hold: &Hold, look: &Look) -> String {
    closing::honesty(&say::facts(hold), &hold.generator.summary, look)
}
