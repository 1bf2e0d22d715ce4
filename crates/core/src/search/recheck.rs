//! RE-CHECK: the base point once more. A target that answers differently there is not the one that was measured at the start.

use super::{facts::Facts, observation::Observation, overshoot::Overshoot, state::Phase};
use crate::{
    evidence::PerRequest,
    finding::Axis,
    step::{Purpose, StepPlan},
    units::{show_duration, show_share},
};
use std::time::Duration;

const RECHECK_S: f64 = 1.5;
/// Latency that moved by more than this, and by more than this many standard errors, is a shift.
const MOVED: f64 = 0.05;
const MOVED_SIGMA: f64 = 2.6;
/// A spread between visits that no visit's own statistics explain: users that fall into step, a neighbour's passing work.
const VISIT_SPREAD: f64 = 0.02;

/// From this many on it is measured again before anything is said: two short visits see what one can't.
const SUSPECT_SIGMA: f64 = 1.3;

#[derive(Clone, Debug)]
pub(crate) struct Recheck {
    load: f64,
    again: bool,
}

impl Recheck {
    pub fn of(facts: &Facts) -> Option<Self> {
        facts.base().map(|load| Self { load, again: false })
    }

    pub fn plan(&self, facts: &Facts) -> StepPlan {
        facts.step(Purpose::Recheck, self.load, RECHECK_S * facts.scale())
    }

    pub fn advance(self, facts: &mut Facts) -> Phase {
        facts.rechecked = true;
        facts.shifted = shift(facts, self.load, MOVED_SIGMA);
        // Short steps understate their errors now and then, and may miss a shift: both visits together decide.
        let is_suspected = !self.again && shift(facts, self.load, SUSPECT_SIGMA).is_some();
        if is_suspected { Phase::Recheck(Self { again: true, ..self }) } else { Overshoot::or_done(facts) }
    }
}

/// What moved, by more than `sigmas` standard errors, between the earlier visits of the base point and those of the re-check, taken together.
fn shift(facts: &Facts, load: f64, sigmas: f64) -> Option<String> {
    let visits = facts.observations.iter().filter(|one| one.is_on_curve() && one.load == load);
    let (after, before): (Vec<&Observation>, Vec<&Observation>) = visits.partition(|one| one.purpose == Purpose::Recheck);
    let failed_share = error_share(&after);
    if failed_share > 0.01 && before.iter().all(|one| one.error_share() <= 0.01) {
        return Some(format!(
            "at {} it answered without errors at first and failed {} of the requests at the end",
            facts.show_load(load),
            show_share(failed_share)
        ));
    }
    let pace_of = |one: &&Observation| pace(facts.goal.axis, one);
    let after = together(after.iter().filter_map(pace_of))?;
    let first = before.iter().find_map(pace_of)?;
    let moved = after.ln - first.ln;
    let sigma = after.se.hypot(first.se).hypot(VISIT_SPREAD);
    (moved.abs() > MOVED && moved.abs() > sigmas * sigma).then(|| {
        let show = |ln: f64| show_duration(Duration::from_secs_f64(ln.exp()));
        format!("at {} a request took {} at first and {} at the end", facts.show_load(load), show(first.ln), show(after.ln))
    })
}

/// Failed requests of these visits as a share of all that ended.
fn error_share(visits: &[&Observation]) -> f64 {
    let ended: u64 = visits.iter().map(|one| one.ended).sum();
    let failed: u64 = visits.iter().map(|one| one.failed.total()).sum();
    if ended == 0 { 0.0 } else { failed as f64 / ended as f64 }
}

/// The mean of visits of equal length.
fn together(visits: impl Iterator<Item = PerRequest>) -> Option<PerRequest> {
    let all: Vec<PerRequest> = visits.collect();
    let n = all.len() as f64;
    let variance: f64 = all.iter().map(|one| one.se * one.se).sum();
    (n > 0.0).then(|| PerRequest { ln: all.iter().map(|one| one.ln).sum::<f64>() / n, se: variance.sqrt() / n })
}

/// The mean response time, as a logarithm with its error.
fn pace(axis: Axis, one: &Observation) -> Option<PerRequest> {
    match axis {
        Axis::Users => one.per_request,
        Axis::Rate => one.mean_s.zip(one.mean_se_s).map(|(mean, se)| PerRequest { ln: mean.ln(), se: se / mean }),
    }
}
