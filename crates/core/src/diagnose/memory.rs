//! `memory`: the kernel killed for want of memory.

use super::{Confidence, Evidence, Suspicion};

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let kills =
        evidence.finding.steps.iter().filter_map(|step| step.signals.watched.as_ref()?.oom_kills).max().filter(|kills| *kills > 0)?;
    let seen = format!("the kernel killed {kills} of its processes because its memory limit was reached");
    Some(Suspicion::of("memory", Confidence::High, vec![seen]))
}
