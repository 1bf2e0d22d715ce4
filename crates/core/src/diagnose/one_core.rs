//! `one_core`: one thread does all the work, and has no time left.

use super::{
    Confidence, Evidence, Suspicion,
    evidence::{cores, show_cores},
};

/// A thread that runs or waits to run for so much of the time has none left.
const FULL: f64 = 0.93;
/// With a single core to use, a thread that fills it is no cause of its own.
const SEVERAL: f64 = 1.5;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let watched = evidence.full.watched;
    let demand = watched.busiest_thread_demand.filter(|demand| *demand >= FULL)?;
    watched.allotted_cores.filter(|cores| *cores >= SEVERAL)?;
    let seen = format!(
        "{} one of its threads was busy for {} of a core, and the target may use {}",
        evidence.at_full(),
        show_cores(demand.min(1.0)),
        cores(watched.allotted_cores?)
    );
    Some(Suspicion::of("one_core", Confidence::High, vec![seen]))
}
