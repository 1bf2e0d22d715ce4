//! `file_descriptors`: a process has nearly all that it may open.

use super::{Confidence, Evidence, Suspicion};

/// A share of the limit that leaves no room: a process keeps a few for itself.
const FULL: f64 = 0.97;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let fullest = evidence.finding.steps.iter().filter_map(|step| {
        let watched = step.signals.watched.as_ref()?;
        Some((watched.files?, watched.file_limit?))
    });
    let (files, limit) = fullest.max_by(|a, b| a.0.cmp(&b.0)).filter(|&(files, limit)| files as f64 >= FULL * limit as f64)?;
    Some(Suspicion::of(
        "file_descriptors",
        Confidence::High,
        vec![format!("one of its processes had {files} of {limit} file descriptors open")],
    ))
}
