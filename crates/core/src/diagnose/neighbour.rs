//! `neighbour`: the target could run and does not get the core.

use super::{
    Confidence, Evidence, Suspicion,
    evidence::{cores, show_cores},
};

/// What it could use, as a multiple of what it may use.
const DEMAND: f64 = 1.5;
/// CPU used below which the core went to somebody else.
const LOW: f64 = 0.7;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let watched = evidence.full.watched;
    let (used, waited, allotted) = (watched.cpu_cores?, watched.run_wait_cores?, watched.allotted_cores?);
    if used + waited < DEMAND * allotted || used >= LOW * allotted {
        return None;
    }
    let seen = format!(
        "its threads were ready for {} cores more than the {} they got of {}: other programs had the rest",
        show_cores(waited),
        show_cores(used),
        cores(allotted)
    );
    Some(Suspicion::of("neighbour", Confidence::Medium, vec![seen]))
}
