//! A target that turns away whoever is too many shows its limit at any load beyond it: who is turned away does not wait inside.

use super::{facts::Facts, observation::Observation};
use crate::{outcome::FailureClass, step::FAILURE_PAUSE};

/// What waits inside by Little's law must agree this well (in ln) with what is left when those turned away are taken off.
const AGREEMENT: f64 = 0.25;
/// The limit is known to about this share, or to one user.
const CLOSE: f64 = 0.015;

/// A load between two others, chosen to have the limit just above it or just below; `None` where nothing tells, or nothing is left between.
pub(crate) fn probe_between(facts: &Facts, pass: f64, fail: f64) -> Option<f64> {
    let beyond = facts.observations.iter().filter(|one| one.is_on_curve() && one.load == fail);
    let below = beyond.filter_map(carried).next_back()?.floor();
    let above = below + (CLOSE * below).round().max(1.0);
    [below, above].into_iter().find(|&load| load > pass && load < fail)
}

/// How many users were let in: all but those who were pausing because they had just been turned away. Right only where that takes no time itself.
fn carried(one: &Observation) -> Option<f64> {
    let refused_per_s = one.class_share(FailureClass::Refusal) * one.ended as f64 / one.measured_s;
    let pause_s = (FAILURE_PAUSE.start + FAILURE_PAUSE.end).as_secs_f64() / 2.0;
    let carried = one.load - refused_per_s * pause_s;
    let inside = one.good_per_s * one.mean_s?;
    (refused_per_s > 0.0 && carried > 0.0 && (inside / carried).ln().abs() <= AGREEMENT).then_some(carried)
}
