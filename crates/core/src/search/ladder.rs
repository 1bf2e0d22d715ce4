//! The ladder: in which ways the target degrades, and from which load on.

use super::{facts::Facts, observation::Observation};
use crate::{
    finding::{Axis, LadderRung, Rung},
    outcome::FailureClass,
    step::Purpose,
    units::{show_duration, show_number, show_share},
};
use std::time::Duration;

/// A rung is reached when this share of the requests is on it (docs/METHOD.md), and no fewer than this many.
const SHARE: f64 = 0.01;
const FEWEST: u64 = 3;
/// Evidence that a latency objective is broken.
const BROKEN_Z: f64 = 2.0;
/// Without an objective: slow is a median twice the unloaded one, to within what a step can tell.
const SLOW: f64 = 1.9;
/// Or so many users for whom no answer comes while the others are served as ever.
const STARVING: f64 = 0.1;

/// All rungs in order, seen or not.
pub(crate) fn ladder(facts: &Facts) -> Vec<LadderRung> {
    let mut steps: Vec<&Observation> = facts
        .observations
        .iter()
        .filter(|one| one.on_axis && one.health.faults.is_empty() && !matches!(one.purpose, Purpose::Gate | Purpose::Recovery))
        .collect();
    steps.sort_by(|a, b| a.load.total_cmp(&b.load));
    let up_to = steps.last().map_or(0.0, |one| one.load);
    let rung = |rung, first: Option<(f64, Option<String>, String)>| match first {
        Some((users, kind, detail)) => LadderRung { rung, kind, users: Some(users), seen: true, up_to, detail: Some(detail) },
        None => LadderRung { rung, kind: None, users: None, seen: false, up_to, detail: None },
    };
    let class = |which| steps.iter().find_map(|one| class_of(one, which));
    vec![
        rung(Rung::Knee, knee(facts)),
        rung(Rung::Slow, slow(facts, &steps)),
        rung(Rung::TimeOuts, class(FailureClass::TimeOut)),
        rung(Rung::Refusals, class(FailureClass::Refusal)),
        rung(Rung::Errors, class(FailureClass::Error)),
        rung(Rung::Crash, crash(facts, &steps)),
    ]
}

type First = Option<(f64, Option<String>, String)>;

fn knee(facts: &Facts) -> First {
    let knee = facts.knee().filter(|knee| facts.is_saturated(knee))?;
    let value = match facts.goal.axis {
        Axis::Users => knee.estimate.value.round().max(1.0),
        Axis::Rate => knee.estimate.value,
    };
    let detail = match facts.goal.axis {
        Axis::Users => format!("beyond it users mostly wait; at most {} good answers/s", show_number(knee.peak_per_s())),
        Axis::Rate => "more arrivals than it answers".to_owned(),
    };
    Some((value, None, detail))
}

fn slow(facts: &Facts, steps: &[&Observation]) -> First {
    let idle_s = unloaded_median_s(steps);
    let detail = |one: &Observation| match (one.median_s, idle_s) {
        (Some(median), Some(idle)) => {
            format!("median {}, {} times idle", show_duration(Duration::from_secs_f64(median)), show_number(median / idle))
        }
        (Some(median), None) => format!("median {}", show_duration(Duration::from_secs_f64(median))),
        (None, _) => "half of the requests failed".to_owned(),
    };
    if facts.has_latency_objective() {
        let broken = facts.crossing().loads.iter().find(|load| {
            load.z >= BROKEN_Z
                && load.load >= facts.line().map_or(0.0, |line| line.estimate.low)
                && matches!(facts.criteria[load.worst], crate::criterion::Criterion::Latency { .. })
        })?;
        let one = steps.iter().find(|one| one.load == broken.load)?;
        return Some((broken.load, Some(facts.criteria[broken.worst].to_string()), detail(one)));
    }
    let is_slow = |one: &Observation| one.median_s.zip(idle_s).is_some_and(|(median, idle)| median >= SLOW * idle);
    let starve = |one: &Observation| one.starving_share.filter(|share| *share >= STARVING);
    let one = steps.iter().find(|one| is_slow(one) || starve(one).is_some())?;
    let left_out = starve(one).filter(|_| !is_slow(one));
    let seen = left_out.map_or_else(|| detail(one), |share| format!("{} of the users were left without an answer", show_share(share)));
    Some((one.load, None, seen))
}

/// The median at the lowest load that was measured.
pub(crate) fn unloaded_median_s(steps: &[&Observation]) -> Option<f64> {
    steps.iter().find_map(|one| one.median_s)
}

fn class_of(one: &Observation, class: FailureClass) -> First {
    let mut kinds: Vec<(&'static str, u64)> =
        one.failed.seen().filter(|(kind, _)| kind.class() == class).map(|(kind, n)| (kind.name(), n)).collect();
    kinds.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
    let count: u64 = kinds.iter().map(|&(_, n)| n).sum();
    if count < FEWEST || one.class_share(class) < SHARE {
        return None;
    }
    let (kind, _) = kinds.first()?;
    Some((one.load, Some((*kind).to_owned()), format!("{} of the requests", show_share(one.class_share(class)))))
}

fn crash(facts: &Facts, steps: &[&Observation]) -> First {
    let patience_s = facts.patience_s()?;
    let one = steps.iter().find(|one| one.is_silent(patience_s))?;
    let detail = if one.gone {
        "the process is gone".to_owned()
    } else if one.is_dead {
        "not one answer came back".to_owned()
    } else {
        format!("no good answer for {}", show_duration(Duration::from_secs_f64(one.silence_s)))
    };
    Some((one.load, None, detail))
}
