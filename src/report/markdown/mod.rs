//! GitHub's Markdown, as for a pull request or the summary of a job: the answer first, then the tables, and the rest folded away.
//!
//! Whatever a target, a URL or a setting said is escaped: it can make no link, no image, no heading and no HTML.

mod comparison;
mod finding;
mod hold;
mod tuning;
mod write;

pub use comparison::comparison;
pub use finding::finding;
pub use hold::hold;
pub use tuning::tuning;

use super::say::{closing, gate};
use plimsoll_core::finding::{Gate, GeneratorSummary, Warning};
use write::{escaped, row};

/// The gates in a table; empty where none was asked for.
fn gates(gates: &[Gate]) -> String {
    if gates.is_empty() {
        return String::new();
    }
    let rows =
        gates.iter().map(|gate| row(&[escaped(gate::word(gate.verdict)), write::code(gate.gate.flag()), escaped(&gate::said(gate))]));
    format!("{}{}\n", write::head(&["Gate", "", "Why"]), rows.collect::<String>())
}

/// The generator's honesty, with what was found wrong.
fn generator(facts: &[String], generator: &GeneratorSummary) -> String {
    let (_, said) = closing::honesty(facts, generator);
    let mut out = format!("{}\n\n", escaped(&said));
    if !generator.findings.is_empty() {
        out.extend(generator.findings.iter().map(|found| format!("- {}\n", escaped(found))));
        out.push('\n');
    }
    out
}

/// The warnings with their remedies, quoted.
fn warnings(warnings: &[Warning]) -> String {
    let quoted = |warning: &Warning| format!("> **Warning:** {}\n\n", escaped(&closing::warning(warning)));
    warnings.iter().map(quoted).collect()
}
