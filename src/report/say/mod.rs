//! What a result says, in sentences, names and rows: the same in every format.
//!
//! What a target, a URL or a file said comes out of here without anything that a terminal could obey. A format with signs of its own (Markdown,
//! XML, HTML) escapes those itself.

pub mod answer;
pub mod cause;
pub mod closing;
pub mod comparison;
pub mod gate;
pub mod hold;
pub mod ladder;
pub mod names;
pub mod tuning;

use super::paint::{Tone, plain};
use plimsoll_core::{
    finding::{Ending, Subject, Word},
    units::show_duration,
};
use std::time::Duration;

/// What was measured: the target, and what is known of it.
pub fn title(subject: &Subject) -> String {
    let name = plain(&subject.name());
    match &subject.description {
        Some(description) => format!("{name}: {}", plain(description)),
        None if subject.url != subject.target => format!("{name} at {}", plain(&subject.url)),
        None => name,
    }
}

/// How a run of so many seconds ended, where it did not end by itself.
pub fn early(ending: Ending, took_s: f64) -> Option<String> {
    let took = show_duration(seconds(took_s));
    match ending {
        Ending::Complete => None,
        Ending::Interrupted => Some(format!("Interrupted after {took}: this is what was known by then.")),
        Ending::CutShort => Some(format!("The run was cut short after {took}: this is what had been measured by then.")),
    }
}

/// The meaning of an answer: good where it can be used as it stands.
pub fn tone(word: Word) -> Tone {
    match word {
        Word::Firm | Word::AtLeast => Tone::Good,
        Word::Rough => Tone::Strong,
        Word::Unstable | Word::Withheld => Tone::Degraded,
    }
}

/// Seconds of a saved document; what is no duration counts as none.
pub fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
