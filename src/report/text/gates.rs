//! A line for each gate.

use crate::report::{
    paint::Look,
    say::gate::{said, tone, word},
};
use plimsoll_core::finding::Gate;

/// `Failed: --fail-below: carries 850 requests a second where at least 900 requests a second are asked for.`
pub fn gates(gates: &[Gate], look: &Look) -> String {
    let line = |gate: &Gate| {
        let word = word(gate.verdict);
        let text = look.wrap(&format!("{word}: {}: {}", gate.gate.flag(), said(gate)), 2);
        text.replacen(word, &look.paint(tone(gate.verdict), word), 1) + "\n"
    };
    gates.iter().map(line).collect()
}
