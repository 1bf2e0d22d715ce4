//! Why it stops there, how much more the same hardware could carry, and what to try.

use super::names;
use crate::report::paint::plain;
use plimsoll_core::{
    finding::{Axis, Cause, Finding, Headroom, Word},
    units::show_number,
};

/// What stands over it.
pub const HEADING: &str = "Why it stops there";

/// The cause with its evidence, the head-room, and the first `most` things to try, each with its name; none where nothing is known of it, or
/// nothing may be said. A name is empty where that of the one before goes on.
pub fn entries(finding: &Finding, most: usize) -> Vec<(&'static str, String)> {
    let Some(cause) = told(finding) else { return Vec::new() };
    let mut entries = vec![("cause", verdict(cause))];
    entries.extend(finding.headroom.as_ref().map(|headroom| ("head-room", room(headroom, finding.load_line.axis))));
    let steps = cause.next.iter().take(most).enumerate();
    entries.extend(steps.map(|(place, step)| (if place == 0 { "to try" } else { "" }, plain(step))));
    entries
}

/// The cause, where there is one and it may be told: nothing is held against a target whose load line is withheld.
pub fn told(finding: &Finding) -> Option<&Cause> {
    finding.cause.as_ref().filter(|_| finding.load_line.word != Word::Withheld)
}

/// `all workers are taken (high confidence)`.
pub fn name(cause: &Cause) -> String {
    let name = names::verdict(&cause.verdict);
    if cause.verdict == "unknown" { name } else { format!("{name} ({} confidence)", plain(&cause.confidence)) }
}

fn verdict(cause: &Cause) -> String {
    let evidence: Vec<String> = cause.evidence.iter().map(|sentence| plain(sentence)).collect();
    format!("{}: {}.", name(cause), evidence.join("; "))
}

/// The head-room, how to read it, and what proves it.
pub fn room(headroom: &Headroom, axis: Axis) -> String {
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
