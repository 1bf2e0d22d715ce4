//! Where the time of connections and of good answers went.

use crate::report::{
    paint::{Look, Tone},
    say::{self, seconds},
};
use plimsoll_core::{
    finding::{Hold, PhaseDetails},
    units::{show_count, show_duration},
};

/// The phases that happened, a line each; empty when none is known.
pub fn phases(hold: &Hold, look: &Look) -> String {
    let lines: String = say::hold::phases(hold).into_iter().map(|(name, phase)| line(name, phase)).collect();
    if lines.is_empty() {
        return String::new();
    }
    look.paint(Tone::Soft, &format!("{:<14}{:>12}{:>12}{:>12}{:>12}", "Phases", "median", "p99", "max", "times")) + "\n" + &lines
}

fn line(name: &str, phase: &PhaseDetails) -> String {
    let [p50, p99, max] = [phase.p50_ms, phase.p99_ms, phase.max_ms].map(|ms| show_duration(seconds(ms / 1e3)));
    format!("  {name:<12}{p50:>12}{p99:>12}{max:>12}{:>12}\n", show_count(phase.n))
}
