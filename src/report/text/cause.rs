//! Why it stops there, how much more the same hardware could carry, and what to try.

use crate::report::{
    paint::{Look, Tone},
    say,
};
use plimsoll_core::finding::Finding;

/// So many things to try fit one screen.
const MOST_STEPS: usize = 2;

/// The cause with its evidence, the head-room, and the first things to try; empty where nothing is known of it, or nothing may be said.
pub fn cause(finding: &Finding, look: &Look) -> String {
    let entries = say::cause::entries(finding, MOST_STEPS);
    if entries.is_empty() {
        return String::new();
    }
    let lines = entries.iter().map(|(name, text)| look.wrap(&format!("  {name:<11}{text}"), 13) + "\n");
    look.paint(Tone::Soft, say::cause::HEADING) + "\n" + &lines.collect::<String>()
}
