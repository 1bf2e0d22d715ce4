//! Why it stops there, how much more the same hardware could carry, and what to try.

use super::names;
use crate::report::paint::{Look, Tone, plain};
use plimsoll_core::{
    finding::{Axis, Cause, Finding, Headroom, Word},
    units::show_number,
};

/// So many things to try fit one screen.
const MOST_STEPS: usize = 2;

/// The cause with its evidence, the head-room, and the first things to try; empty where nothing is known of it, or nothing may be said.
pub fn cause(finding: &Finding, look: &Look) -> String {
    let Some(cause) = finding.cause.as_ref().filter(|_| finding.load_line.word != Word::Withheld) else { return String::new() };
    let mut out = look.paint(Tone::Soft, "Why it stops there") + "\n";
    out.push_str(&entry("cause", &verdict(cause), look));
    if let Some(headroom) = &finding.headroom {
        out.push_str(&entry("head-room", &room(headroom, finding.load_line.axis), look));
    }
    for (place, step) in cause.next.iter().take(MOST_STEPS).enumerate() {
        out.push_str(&entry(if place == 0 { "to try" } else { "" }, &plain(step), look));
    }
    out
}

fn verdict(cause: &Cause) -> String {
    let evidence: Vec<String> = cause.evidence.iter().map(|sentence| plain(sentence)).collect();
    let name = names::verdict(&cause.verdict);
    let sure = if cause.verdict == "unknown" { String::new() } else { format!(" ({} confidence)", plain(&cause.confidence)) };
    format!("{name}{sure}: {}.", evidence.join("; "))
}

fn room(headroom: &Headroom, axis: Axis) -> String {
    let range = if headroom.low < headroom.high {
        format!("{} to {}", show_number(headroom.low), show_number(headroom.high))
    } else {
        show_number(headroom.high)
    };
    let unit = if axis == Axis::Users { "at one time" } else { "requests at one time" };
    let proof = match &headroom.proof {
        Some(command) => format!("proved by `{}` (its limit raised)", plain(command)),
        None => "which only a run without the limit proves".to_owned(),
    };
    format!("{range} {unit}, by {}: {}; an estimate, {proof}.", plain(&headroom.limit), plain(&headroom.note))
}

/// A name, and what is said beside it.
fn entry(name: &str, text: &str, look: &Look) -> String {
    look.wrap(&format!("  {name:<11}{text}"), 13) + "\n"
}
