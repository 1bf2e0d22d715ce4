//! `blocked_event_loop`: a call that waits, inside the loop that should be waiting for everybody.

use super::{Confidence, Evidence, Suspicion};
use crate::units::show_number;

/// One request at a time.
const ONE_SLOT: f64 = 1.3;
/// The loop's thread is seen at its events in no more than this share of looks when full.
const NEVER: f64 = 0.1;
/// Low CPU.
const IDLE: f64 = 0.6;
/// An event loop accepts whoever comes, and has read from few of them.
const ACCEPTED: f64 = 0.35;
/// Where threads came with the load by this factor, there is no single loop.
const GREW: f64 = 1.5;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let watched = evidence.full.watched;
    let sockets = watched.sockets?;
    let accepted = sockets.in_application + sockets.unread;
    let in_events = watched.busiest_thread_in_events?;
    let grew = watched.threads.zip(evidence.ease.watched.threads).is_some_and(|(full, ease)| full >= GREW * ease);
    let is_blocked = !grew && evidence.slots < ONE_SLOT && in_events <= NEVER && evidence.full.is_idle(IDLE);
    if !is_blocked || !evidence.is_beyond_slots() || accepted < ACCEPTED * evidence.full.at_once {
        return None;
    }
    let seen = format!(
        "{} connections were accepted and one request at a time was served, while its loop was never seen waiting for events and used {}",
        show_number(accepted.round()),
        evidence.cores_used()?
    );
    Some(Suspicion::of("blocked_event_loop", Confidence::High, vec![seen]))
}
