//! HTML reports: one file without a script that asks for nothing from anywhere. The answer first, then how, why, what to try, how it was
//! measured, and the data. Each kind of result has its main chart as a file of its own, too.

mod comparison;
mod figures;
mod finding;
mod hold;
mod measured;
mod page;
mod tuning;

#[cfg(test)]
mod tests;

pub use comparison::{comparison, comparison_chart};
pub use finding::{finding, finding_chart};
pub use hold::{hold, hold_chart};
pub use tuning::{tuning, tuning_chart};

use super::{paint::Tone, say};
use plimsoll_core::finding::Word;

/// What stands at the foot of every report.
fn closing(version: &str) -> String {
    format!(
        "Made by Plimsoll {}. The saved result holds every step with its histograms; \"plimsoll report\" shows it in other forms.",
        super::paint::plain(version)
    )
}

/// The colour of a load line: degraded where it can't be used as it stands.
fn colour(word: Word) -> &'static str {
    colour_of(say::tone(word))
}

/// The colour of an answer.
fn colour_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Good | Tone::Strong | Tone::Soft => "good",
        Tone::Degraded => "bad",
    }
}
