//! `neighbour`: the target could run and does not get the core.

use super::{
    Confidence, Evidence, Suspicion,
    evidence::{cores, show_cores},
};

/// What it could use, as a multiple of what it may use.
const DEMAND: f64 = 1.5;
/// CPU used below which the core went to somebody else.
const LOW: f64 = 0.7;
/// A thread that runs or could run for so much of the time,
const ALWAYS_READY: f64 = 0.9;
/// and waits for its core for so much of that, while the target as a whole leaves so much of its cores.
const WAITS: f64 = 0.25;
const LEFT: f64 = 0.2;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let watched = evidence.full.watched;
    let (used, waited, allotted) = (watched.cpu_cores?, watched.run_wait_cores?, watched.allotted_cores?);
    let all_wait = used + waited >= DEMAND * allotted && used < LOW * allotted;
    let one_waits = busiest_waits(evidence) && used < (1.0 - LEFT) * allotted;
    if !(all_wait || one_waits) {
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

fn busiest_waits(evidence: &Evidence<'_>) -> bool {
    let watched = evidence.full.watched;
    watched
        .busiest_thread_demand
        .zip(watched.busiest_thread_cores)
        .is_some_and(|(demand, ran)| demand >= ALWAYS_READY && demand - ran >= WAITS * demand)
}
