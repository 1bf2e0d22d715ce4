//! A gate in a sentence.

use crate::report::paint::{Tone, plain};
use plimsoll_core::finding::{Gate, GateVerdict};

/// What it came to, in a word.
pub fn word(verdict: GateVerdict) -> &'static str {
    match verdict {
        GateVerdict::Passed => "Passed",
        GateVerdict::Failed => "Failed",
        GateVerdict::CannotTell => "Cannot tell",
    }
}

/// Its meaning.
pub fn tone(verdict: GateVerdict) -> Tone {
    match verdict {
        GateVerdict::Passed => Tone::Good,
        GateVerdict::Failed => Tone::Degraded,
        GateVerdict::CannotTell => Tone::Strong,
    }
}

/// Its figures, as a sentence.
pub fn said(gate: &Gate) -> String {
    format!("{}.", plain(&gate.text))
}
