//! `hidden_limit`: it has taken in far more requests than it serves at one time, and does next to nothing.

use super::{Confidence, Evidence, Suspicion};
use crate::units::show_number;

/// Requests inside, as a multiple of the slots.
const MORE: f64 = 1.5;
/// Low CPU.
const IDLE: f64 = 0.6;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let inside = evidence.full.watched.sockets?.in_application;
    if inside <= MORE * evidence.slots || !evidence.full.is_idle(IDLE) || !evidence.is_beyond_slots() {
        return None;
    }
    let seen = format!(
        "{} requests were inside, {} are served at one time, and it used {}: something it waits for lets that many through",
        show_number(inside.round()),
        show_number((10.0 * evidence.slots).round() / 10.0),
        evidence.cores_used()?
    );
    Some(Suspicion::of("hidden_limit", Confidence::Medium, vec![seen]))
}
