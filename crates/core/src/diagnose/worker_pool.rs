//! `worker_pool`: as many requests are inside as there are workers, and the others wait outside.

use super::{Confidence, Evidence, Suspicion, evidence::counted};

/// Requests inside, as a share of the slots.
const SAME: std::ops::RangeInclusive<f64> = 0.7..=1.3;
/// And no more than this share of those that are there.
const FEW: f64 = 0.7;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let sockets = evidence.full.watched.sockets?;
    let inside = sockets.in_application;
    if !SAME.contains(&(inside / evidence.slots)) || inside >= FEW * evidence.full.at_once {
        return None;
    }
    let waiting = (evidence.full.at_once - inside).max(0.0);
    let outside = if sockets.not_accepted >= sockets.unread { "unaccepted" } else { "unread" };
    let mut seen = vec![format!(
        "{} held {} and {} waited {outside}",
        counted(inside, "worker"),
        if inside.round() == 1.0 { "a request" } else { "a request each" },
        counted(waiting, "connection")
    )];
    seen.extend(evidence.cores_used().map(|used| format!("meanwhile it used {used}")));
    Some(Suspicion::of("worker_pool", Confidence::High, seen))
}
