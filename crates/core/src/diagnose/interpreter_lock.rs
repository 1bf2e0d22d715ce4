//! `interpreter_lock`: many threads of one process, and together one core.

use super::{Confidence, Evidence, Suspicion, evidence::show_cores};
use crate::units::show_number;

/// Cores that one process uses when its threads run one at a time.
const ONE: std::ops::RangeInclusive<f64> = 0.85..=1.12;
/// More than one core must be there to be left idle.
const SEVERAL: f64 = 1.5;
/// No thread has the core to itself.
const SHARED: f64 = 0.6;
/// Share of threads in a lock, and switches a request.
const IN_LOCK: f64 = 0.4;
const SWITCHES: f64 = 5.0;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let watched = evidence.full.watched;
    let process = watched.busiest_process_cores.filter(|cores| ONE.contains(cores))?;
    let thread = watched.busiest_thread_cores.filter(|cores| *cores < SHARED)?;
    let waits = watched.waits?;
    let switches = evidence.full.switches_per_request()?;
    if watched.allotted_cores? < SEVERAL || waits.lock <= IN_LOCK * waits.total() || switches <= SWITCHES {
        return None;
    }
    let seen = format!(
        "its busiest process used {} cores although {} are there, its busiest thread {}, and {} of {} threads were in a lock",
        show_cores(process),
        show_cores(watched.allotted_cores?),
        show_cores(thread),
        show_number(waits.lock.round()),
        show_number(waits.total().round())
    );
    Some(Suspicion::of("interpreter_lock", Confidence::High, vec![seen]))
}
