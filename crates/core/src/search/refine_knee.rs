//! REFINE for the knee: probes where the rising and the flat line are seen best, and on either side of a small whole number.

use super::{facts::Facts, line::Estimate};
use crate::finding::Axis;

/// Multiples of the knee to probe in turn. Half and double show the two straight parts; the others show how sharply they meet.
const USERS_CYCLE: [f64; 6] = [0.5, 2.0, 0.7, 0.5, 2.0, 1.5];
/// Where throughput bends back, the ends of the curve tell most: the unloaded latency, and how it falls beyond the peak.
const RETROGRADE_CYCLE: [f64; 4] = [0.2, 3.0, 0.5, 2.0];
/// On the rate axis all beyond the knee builds a queue, so a little beyond is enough.
const RATE_CYCLE: [f64; 4] = [1.25, 0.85, 1.1, 0.95];
/// Half interval, as a share of the tolerance asked for, at which refining ends.
const TIGHT: f64 = 1.0;
/// With pauses the law itself is known less well, and no probe mends that.
const TIGHT_WITH_PAUSES: f64 = 1.7;
/// Up to this many users the neighbour above is measured too, so that "4, not 5" is seen and not inferred.
pub(crate) const SMALL: f64 = 10.0;

/// The load to probe next.
pub(crate) fn probe(facts: &Facts, knee: &Estimate, probes: usize) -> f64 {
    match facts.goal.axis {
        Axis::Rate => (knee.value * RATE_CYCLE[probes % RATE_CYCLE.len()]).min(facts.goal.ceiling),
        Axis::Users => {
            if let Some(missing) = unmeasured_neighbour(facts, knee) {
                return missing;
            }
            let is_retrograde = facts.knee().is_some_and(|knee| knee.retrograde.is_some());
            let cycle: &[f64] = if is_retrograde { &RETROGRADE_CYCLE } else { &USERS_CYCLE };
            (knee.value * cycle[probes % cycle.len()]).round().clamp(1.0, facts.goal.ceiling)
        }
    }
}

/// The knee as a whole number, or one above it, if it is small and was not measured.
fn unmeasured_neighbour(facts: &Facts, knee: &Estimate) -> Option<f64> {
    let whole = knee.value.round().max(1.0);
    let is_measured = |load: f64| facts.observations.iter().any(|one| one.is_on_curve() && one.load == load);
    [whole, whole + 1.0].into_iter().find(|&load| whole <= SMALL && load <= facts.goal.ceiling && !is_measured(load))
}

/// Whether the interval is narrow enough, after at least half a cycle.
pub(crate) fn is_tight(facts: &Facts, knee: &Estimate, probes: usize) -> bool {
    let has_neighbours = facts.goal.axis == Axis::Rate || unmeasured_neighbour(facts, knee).is_none();
    let tight = if facts.goal.think.is_zero() { TIGHT } else { TIGHT_WITH_PAUSES };
    probes >= 3 && has_neighbours && knee.half() <= tight * facts.goal.tolerance
}
