//! `all_cpu` and `cpu_quota`: all the CPU time that the target may use is used.

use super::{Confidence, Evidence, Suspicion};

/// CPU used that counts as all: the rest goes to what no process is charged for.
const FULL: f64 = 0.88;
/// Periods in which a quota held the target back, from which on the quota is what it lacks.
const THROTTLED: f64 = 0.2;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    evidence.full.cpu_share().filter(|share| *share >= FULL)?;
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
