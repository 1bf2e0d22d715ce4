//! `in_process_pool`: whoever comes is let in, and a fixed number of threads does the work.

use super::{Confidence, Evidence, Suspicion};
use crate::units::show_number;

/// Threads that share a wait, as a share of the slots.
const SAME: std::ops::RangeInclusive<f64> = 0.75..=1.25;
/// Fewer threads than this are no pool.
const LEAST: f64 = 2.0;
/// Low CPU.
const IDLE: f64 = 0.6;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let waits = evidence.full.watched.waits?;
    let shared = [("asleep", waits.sleep), ("in a read or a write", waits.transfer), ("in the same wait", waits.other)];
    let (doing, threads) = shared.into_iter().find(|(_, threads)| *threads >= LEAST && SAME.contains(&(threads / evidence.slots)))?;
    if !evidence.is_beyond_slots() || !evidence.full.is_idle(IDLE) {
        return None;
    }
    let seen = format!(
        "{} {} of its threads were {doing}, as many as it serves at one time, and it used {}",
        evidence.at_full(),
        show_number(threads.round()),
        evidence.cores_used()?
    );
    Some(Suspicion::of("in_process_pool", Confidence::High, vec![seen]))
}
