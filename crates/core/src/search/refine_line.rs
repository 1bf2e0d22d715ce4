//! REFINE where an objective breaks: probes on alternate sides of the fitted crossing, or halving the bracket where the curve jumps.

use super::{
    facts::Facts,
    hold,
    line::{DECIDED_Z, Estimate},
    observation::Observation,
    pooled::PooledLoad,
    refusals,
};
use crate::finding::Axis;

/// How far from the crossing to probe, in ln load: near enough to matter, far enough for the slope.
const NEAREST: f64 = 0.09;
const FARTHEST: f64 = 0.15;
/// A probe this close to a load already measured is made there, to pool the evidence.
const SNAP: f64 = 0.012;
/// Evidence that one side of the crossing needs, and how far away it may lie.
const PROOF_Z: f64 = 1.64;
const PROOF_REACH: f64 = 0.13;
/// The same (80%) where the interval is narrower than asked by this factor.
const STEADY_PROOF_Z: f64 = 0.84;
const FAR_NARROWER: f64 = 0.4;
/// A cliff bracketed this narrowly, decided at both ends, needs no fit.
const NARROW: f64 = 0.01;

/// A bracket this narrow (in ln load) whose ends are not decided beyond chance is not halved any more: the end that may have passed or failed by
/// luck is measured again.
const CLOSE: f64 = 0.06;

/// So many probes may follow what refusals tell; where that leads nowhere, halving does.
const MOST_GUESSES: usize = 5;

/// The load to probe next.
pub(crate) fn probe(facts: &Facts, probes: usize) -> f64 {
    let crossing = facts.crossing();
    let (Some(pass), Some(fail)) = (&crossing.bracket.pass, &crossing.bracket.fail) else {
        // A stray failure at a small load outweighs what little speaks for the loads above it: the highest of those tells most.
        return crossing.loads.iter().rev().find(|one| one.z < 0.0).map_or(facts.goal.start, |one| one.load);
    };
    let Some(estimate) = &crossing.estimate else { return pass.load };
    let wanted = if estimate.fitted {
        let reach = NEAREST.max((0.8 * estimate.half()).min(FARTHEST));
        // Both sides in turn, so that the slope is seen and no stray result on one side draws all probes to the other.
        let goes_up = probes % 2 == 1;
        let load = estimate.value * if goes_up { reach } else { -reach }.exp();
        match facts.goal.axis {
            Axis::Rate => load,
            // At least one whole user away from the crossing.
            Axis::Users if goes_up => load.round().max(estimate.value.floor() + 1.0),
            Axis::Users => load.round().min(estimate.value.floor()).max(1.0),
        }
    } else {
        return halve(facts, pass, surely_failing(facts, fail), probes).clamp(facts.goal.start.min(pass.load), facts.goal.ceiling);
    };
    let snapped = crossing.loads.iter().find(|one| (one.load / wanted).ln().abs() <= SNAP).map_or(wanted, |one| one.load);
    snapped.clamp(facts.goal.start.min(snapped), facts.goal.ceiling)
}

/// Where the curve is gradual and a load fails for what may be chance, the first above it that fails beyond chance: between there is most to be
/// learnt, while next to a stray failure the search would creep. In an open loop the queue of a higher rate costs more than the creeping.
fn surely_failing<'f>(facts: &'f Facts, fail: &'f PooledLoad) -> &'f PooledLoad {
    let surely = || facts.crossing().loads.iter().find(|one| one.load >= fail.load && one.z >= DECIDED_Z);
    if facts.goal.axis == Axis::Rate || facts.is_at_cliff() { fail } else { surely().unwrap_or(fail) }
}

/// The middle of the bracket; where no load lies between, its ends again.
fn halve(facts: &Facts, pass: &PooledLoad, fail: &PooledLoad, probes: usize) -> f64 {
    let passes = if facts.is_at_cliff() { pass.pass_at_cliff(fail.worst) } else { -pass.z };
    // The end with the weaker evidence, but the other one in turn: at a small load two slow requests weigh more than many visits of the load
    // below it, and only more of its own can outweigh them.
    let end = if (passes < fail.z) == probes.is_multiple_of(2) { pass.load } else { fail.load };
    let is_undecided = passes.min(fail.z) < DECIDED_Z;
    let (pass, fail) = (pass.load, fail.load);
    let is_narrow = (fail / pass).ln() <= CLOSE;
    let middle = || (pass * fail).sqrt().round().clamp(pass + 1.0, fail - 1.0);
    match facts.goal.axis {
        Axis::Users if fail - pass <= 1.0 => end,
        _ if is_narrow && is_undecided => end,
        Axis::Users if probes < MOST_GUESSES && facts.is_at_cliff() => refusals::probe_between(facts, pass, fail).unwrap_or_else(middle),
        Axis::Users => middle(),
        Axis::Rate => (pass * fail).sqrt(),
    }
}

/// The strongest evidence on one side (`-1` below, `1` above) within reach of the crossing.
fn proof(facts: &Facts, estimate: &Estimate, side: f64) -> f64 {
    facts
        .crossing()
        .loads
        .iter()
        .filter(|one| {
            let distance = side * (one.load / estimate.value).ln();
            // A whole user is the smallest step there is, however far it is in shares.
            let is_next = facts.goal.axis == Axis::Users && (one.load - estimate.value).abs() <= 1.0;
            distance >= 0.0 && (distance <= PROOF_REACH || is_next)
        })
        .map(|one| side * one.z)
        .fold(f64::NEG_INFINITY, f64::max)
}

/// Whether the interval is as narrow as asked and both sides are decided.
pub(crate) fn is_tight(facts: &Facts, estimate: &Estimate) -> bool {
    let crossing = facts.crossing();
    let (Some(pass), Some(fail)) = (&crossing.bracket.pass, &crossing.bracket.fail) else { return false };
    let decided_ends = pass.pass_at_cliff(fail.worst) >= DECIDED_Z && fail.z >= DECIDED_Z;
    let is_adjacent = facts.goal.axis == Axis::Users && fail.load - pass.load <= 1.0;
    let is_narrow = is_adjacent || (fail.load / pass.load).ln() <= NARROW.min(0.2 * facts.goal.tolerance);
    let is_cliff = crossing.bracket.is_cliff(&crossing.loads);
    (is_narrow && decided_ends && is_cliff)
        || (estimate.fitted && half_with_hold(facts, estimate) <= facts.goal.tolerance && is_proven(facts, estimate))
}

/// Half the interval that the hold will leave: it measures at the line as well, for longer than any probe.
fn half_with_hold(facts: &Facts, estimate: &Estimate) -> f64 {
    let is_near = |one: &&Observation| one.is_on_curve() && (one.load / estimate.value).ln().abs() <= PROOF_REACH;
    let near_s: f64 = facts.observations.iter().filter(is_near).map(|one| one.measured_s).sum();
    estimate.half() * (near_s / (near_s + hold::seconds(facts))).sqrt()
}

/// Whether chance alone does not explain that the loads on one side pass, and those on the other fail. Where the interval is far narrower than
/// asked, less is enough: a steady queue holds few independent requests, but moves the crossing by little.
pub(crate) fn is_proven(facts: &Facts, estimate: &Estimate) -> bool {
    let needed = if estimate.half() <= FAR_NARROWER * facts.goal.tolerance { STEADY_PROOF_Z } else { PROOF_Z };
    proof(facts, estimate, -1.0) >= needed && proof(facts, estimate, 1.0) >= needed
}
