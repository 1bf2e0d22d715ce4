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
    let Some(cause) = finding.cause.as_ref().filter(|_| finding.load_line.word != Word::Withheld) else { return Vec::new() };
    let mut entries = vec![("cause", verdict(cause))];
    entries.extend(finding.headroom.as_ref().map(|headroom| ("head-room", room(headroom, finding.load_line.axis))));
    let steps = cause.next.iter().take(most).enumerate();
    entries.extend(steps.map(|(place, step)| (if place == 0 { "to try" } else { "" }, plain(step))));
    entries
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
