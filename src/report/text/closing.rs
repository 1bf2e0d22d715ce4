//! The generator's honesty line, and the warnings.

use crate::report::{
    paint::{Look, Tone, plain},
    say::closing,
};
use plimsoll_core::finding::{GeneratorSummary, Warning};

/// So many sentences about the generator fit one screen; the others are counted.
const MOST_FINDINGS: usize = 2;

/// So many warnings fit one screen; the others are counted.
const MOST_WARNINGS: usize = 4;

/// Whether the generator was the limit, and the figures behind it.
pub fn generator(generator: &GeneratorSummary, look: &Look) -> String {
    honesty(&closing::facts(generator), generator, look)
}

/// These facts, the verdict that follows, and what was found wrong.
pub fn honesty(facts: &[String], generator: &GeneratorSummary, look: &Look) -> String {
    let (tone, said) = closing::honesty(facts, generator);
    let mut out = look.wrap(&said, 2);
    for found in generator.findings.iter().take(MOST_FINDINGS) {
        out.push('\n');
        out.push_str(&look.wrap(&format!("  {}", plain(found)), 2));
    }
    if let Some(more) = generator.findings.len().checked_sub(MOST_FINDINGS).filter(|more| *more > 0) {
        out.push_str(&format!("\n  and {more} more of this kind; --json shows all of them"));
    }
    out.lines().map(|line| look.paint(tone, line) + "\n").collect()
}

/// Each warning with what to do about it.
pub fn warnings(warnings: &[Warning], look: &Look) -> String {
    let mut out = String::new();
    for warning in warnings.iter().take(MOST_WARNINGS) {
        let text = look.wrap(&format!("Warning: {}", closing::warning(warning)), 2);
        out.push_str(&text.replacen("Warning:", &look.paint(Tone::Degraded, "Warning:"), 1));
        out.push('\n');
    }
    if let Some(more) = warnings.len().checked_sub(MOST_WARNINGS).filter(|more| *more > 0) {
        out.push_str(&format!("Warning: {more} more; --json shows all of them.\n"));
    }
    out
}
