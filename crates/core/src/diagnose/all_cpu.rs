//! `all_cpu` and `cpu_quota`: all the CPU time that the target may use is used.

use super::{Confidence, Evidence, Suspicion};

/// CPU used that counts as all: the rest goes to what no process is charged for.
const FULL: f64 = 0.88;
/// Where a single core is all there is, a thread that runs or waits to run for so much of the time lacks that core, if most of it is used: the
/// rest went to somebody else.
const READY: f64 = 0.93;
const MOST: f64 = 0.75;
const ONE_CORE: f64 = 1.5;
/// Periods in which a quota held the target back, from which on the quota is what it lacks.
const THROTTLED: f64 = 0.2;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    evidence.full.cpu_share().filter(|share| *share >= FULL || (*share >= MOST && wants_its_core(evidence)))?;
    let seen = format!("{} it used {}", evidence.at_full(), evidence.cores_used()?);
    let throttled = evidence.full.watched.throttled_share.filter(|share| *share > THROTTLED);
    Some(match throttled {
        Some(share) => {
            let held = format!("its CPU quota held it back in {:.0}% of the periods", 100.0 * share);
            Suspicion::of("cpu_quota", Confidence::High, vec![seen, held])
        }
        None => Suspicion::of("all_cpu", Confidence::High, vec![seen]),
    })
}

fn wants_its_core(evidence: &Evidence<'_>) -> bool {
    let watched = evidence.full.watched;
    watched.allotted_cores.is_some_and(|cores| cores < ONE_CORE) && watched.busiest_thread_demand.is_some_and(|demand| demand >= READY)
}
