//! `lock`: threads come with the load, and most of them stand before a lock.

use super::{Confidence, Evidence, Suspicion};
use crate::units::show_number;

/// Threads in a lock, as a share of all, or of the requests at one time where those are fewer: who accepts stands before none.
const IN_LOCK: f64 = 0.5;
/// Threads must have grown by this factor with the load: idle threads of a pool stand before a lock as well.
const GREW: f64 = 1.5;
const LEAST_THREADS: f64 = 4.0;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let (full, ease) = (evidence.full.watched, evidence.ease.watched);
    let waits = full.waits?;
    let grew = full.threads? / ease.threads.filter(|threads| *threads > 0.0)?;
    let most = waits.total().min(evidence.full.at_once);
    if waits.total() < LEAST_THREADS || waits.lock <= IN_LOCK * most || grew < GREW {
        return None;
    }
    let seen = format!(
        "{} {} of its {} threads stood before a lock",
        evidence.at_full(),
        show_number(waits.lock.round()),
        show_number(waits.total().round())
    );
    Some(Suspicion::of("lock", Confidence::High, vec![seen]))
}
