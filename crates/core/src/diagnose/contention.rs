//! `contention`: the more there are at one time, the more a request costs.

use super::{Confidence, Evidence, Suspicion, evidence::Row};
use crate::units::show_number;

/// CPU a request, as a multiple of what it is at ease.
const DEARER: f64 = 1.5;
/// Switches a request, as a multiple.
const MORE_SWITCHES: f64 = 4.0;
/// Fewer switches a request than this are nobody's contention.
const LEAST_SWITCHES: f64 = 5.0;
/// CPU used that counts as all.
const FULL: f64 = 0.88;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    // A herd may take far more load to show than the limit does. CPU time alone says nothing there: who serves thousands pays for them.
    at(&evidence.full, &evidence.ease, true).or_else(|| at(&evidence.far, &evidence.ease, false))
}

fn at(full: &Row<'_>, ease: &Row<'_>, by_cpu_alone: bool) -> Option<Suspicion> {
    let dearer = full.cpu_per_request_s()? / ease.cpu_per_request_s().filter(|cost| *cost > 0.0)?;
    let switches = full.switches_per_request().zip(ease.switches_per_request());
    let switches_more = switches.is_some_and(|(full, ease)| full >= LEAST_SWITCHES && full > MORE_SWITCHES * ease);
    let is_full = by_cpu_alone && full.cpu_share().is_some_and(|share| share >= FULL);
    if dearer <= DEARER || !(switches_more || is_full) {
        return None;
    }
    let mut seen = vec![format!(
        "a request cost {} times the CPU time {} that it costs with {}",
        show_number((10.0 * dearer).round() / 10.0),
        full.shown(),
        show_number(ease.at_once.round().max(1.0))
    )];
    seen.extend(switches.filter(|_| switches_more).map(|(full, ease)| {
        format!("threads gave up their core {} times a request, {} at ease", show_number(full.round()), show_number(ease.round()))
    }));
    let confidence = if switches_more { Confidence::High } else { Confidence::Medium };
    Some(Suspicion::of("contention", confidence, seen))
}
