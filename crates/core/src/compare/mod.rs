//! A against B: after each system's own search, rounds of short probes in random order, so that what moves the machine moves both alike.
//!
//! In each round every system is probed once: one request alone, then the load that shows its throughput. The log ratios of the rounds have a
//! t-interval; docs/METHOD.md ("A against B") tells the estimators, and `tests/compare_truth.rs` holds them against simulated systems.

mod bench;
mod lane;
mod loads;
mod others;
mod paired;
#[cfg(test)]
mod tests;

use crate::{
    diagnose,
    evidence::{Waiting, assess, per_request},
    finding::{Finding, Pair, System},
    step::{StepEnd, StepPlan, StepResult, Watched},
};
use bench::{Bench, FEW_ERRORS};
use lane::{Lane, lanes};
use paired::Turn;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{collections::VecDeque, time::Duration};

/// So many rounds at least before it may end early (docs/METHOD.md).
const ENOUGH_ROUNDS: usize = 15;
/// A mean of fewer answers is left out.
const LEAST_ANSWERS: u64 = 2;

/// Plans and gathers the paired probes of all rounds.
#[derive(Debug)]
pub struct Rounds {
    names: Vec<String>,
    benches: Vec<Bench>,
    /// Systems that take part, and whether their full load does.
    lanes: Vec<Lane>,
    /// Each round's turns, one for each system.
    rounds: Vec<Vec<Turn>>,
    queue: VecDeque<Probe>,
    rng: StdRng,
    time_s: f64,
    used_s: f64,
    done: u32,
    /// Probes that told nothing, by system.
    disturbed: Vec<u32>,
    failed: Vec<u32>,
}

/// One probe, to be carried out on the system's own engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Which system.
    pub system: usize,
    /// The step.
    pub plan: StepPlan,
    /// Whether the system's load must end with this probe (an engine's goes on between steps): another system is next.
    pub ends_turn: bool,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Alone,
    Full,
}

impl Probe {
    /// Whether it shows how much the system carries, so that who else uses its cores matters.
    pub fn is_full(&self) -> bool {
        self.kind == Kind::Full
    }
}

/// A system with what its finding says of the price of a request.
pub fn system(name: String, finding: Finding) -> System {
    let costs = diagnose::costs(&finding);
    System { name, memory_per_user_bytes: costs.memory_per_user_bytes, cpu_seconds_per_request: costs.cpu_seconds_per_request, finding }
}

impl Rounds {
    /// `findings`: one for each system, with its name, in order (at least two for anything to be paired); `time`: for all rounds together.
    pub fn of(findings: &[&Finding], names: &[String], time: Duration, seed: u64) -> Self {
        let mut benches: Vec<Bench> = findings.iter().map(|finding| Bench::of(finding)).collect();
        loads::align(&mut benches);
        let lanes = lanes(&benches, time.as_secs_f64());
        let names = (0..benches.len()).map(|system| names.get(system).cloned().unwrap_or_default()).collect();
        let none = vec![0; benches.len()];
        let mut rounds = Self {
            names,
            benches,
            lanes,
            rounds: Vec::new(),
            queue: VecDeque::new(),
            rng: StdRng::seed_from_u64(seed),
            time_s: time.as_secs_f64(),
            used_s: 0.0,
            done: 0,
            disturbed: none.clone(),
            failed: none,
        };
        rounds.begin_round();
        rounds
    }

    /// The next probe, the same one until it is observed; `None` when the time is used up, more rounds would tell no more, or there is nothing
    /// that can be paired.
    pub fn next(&self) -> Option<Probe> {
        self.queue.front().cloned()
    }

    /// Takes what came of the probe that [`Rounds::next`] gave.
    pub fn observe(&mut self, probe: &Probe, result: &StepResult) {
        if self.queue.front() == Some(probe) {
            self.queue.pop_front();
        }
        self.done += 1;
        self.used_s += (result.settled + result.measured()).as_secs_f64();
        let seen = if result.end == StepEnd::Interrupted { None } else { self.seen(probe, result) };
        if let Some(turn) = self.rounds.last_mut().and_then(|turns| turns.get_mut(probe.system)) {
            match probe.kind {
                Kind::Alone => turn.alone_s = seen,
                Kind::Full => {
                    turn.full = seen;
                    let watched = result.signals.watched.as_ref().filter(|_| self.benches[probe.system].needs_cores());
                    turn.taken = watched.and_then(Watched::taken_share);
                }
            }
        }
        if self.queue.is_empty() {
            self.begin_round();
        }
    }

    /// Probes done, and about how many there will be.
    pub fn progress(&self) -> (u32, u32) {
        let probes = self.lanes.iter().map(|lane| 1 + u32::from(lane.full.is_some())).sum::<u32>();
        let rounds = (self.time_s / self.round_s()).floor().clamp(0.0, 1e6) as u32;
        (self.done, (rounds * probes).max(self.done))
    }

    /// The first system against each of the others, with what is known so far.
    pub fn pairs(&self) -> Vec<Pair> {
        let named = |system: usize| (self.names[system].as_str(), &self.benches[system]);
        let others = 1..self.benches.len();
        others
            .map(|other| {
                let mut pair = paired::pair(named(0), named(other), &self.turns(other));
                pair.reasons.extend([0, other].into_iter().flat_map(|system| self.left_out(system)));
                pair
            })
            .collect()
    }

    /// What was left out of a system's probes, in sentences.
    fn left_out(&self, system: usize) -> Vec<String> {
        let name = &self.names[system];
        let said = |count: u32, why: &str| {
            let probes = if count == 1 { "1 probe was".to_owned() } else { format!("{count} probes were") };
            (count > 0).then(|| format!("{name}: {probes} left out, because {why}"))
        };
        [
            said(self.disturbed[system], "the generator was disturbed"),
            said(self.failed[system], "requests failed or hardly any was answered"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The turns of the first system and another one, round by round.
    fn turns(&self, other: usize) -> Vec<(Turn, Turn)> {
        self.rounds.iter().map(|turns| (turns[0], turns[other])).collect()
    }

    /// Whether there is time for a round, and anything left that it would tell.
    fn wants_more(&self) -> bool {
        if self.lanes.is_empty() || self.used_s + self.round_s() > self.time_s {
            return false;
        }
        let is_narrow = |lane: &Lane| {
            let half = paired::half_of_rounds(&self.benches[0], &self.benches[lane.system], &self.turns(lane.system));
            lane.system == 0 || half <= paired::LEAST_HALF
        };
        self.rounds.len() < ENOUGH_ROUNDS || !self.lanes.iter().all(is_narrow)
    }

    /// What a round takes, in seconds: as the rounds before did, or as planned.
    fn round_s(&self) -> f64 {
        let complete = self.rounds.len() as f64;
        if complete >= 1.0 && self.queue.is_empty() { self.used_s / complete } else { self.lanes.iter().map(Lane::turn_s).sum::<f64>() }
    }

    fn begin_round(&mut self) {
        if !self.wants_more() {
            return;
        }
        let before = self.lanes.iter().filter_map(|lane| lane.full).map(|full| full.response_s).fold(0.0, f64::max);
        let mut order = self.lanes.clone();
        // Fisher and Yates.
        for last in (1..order.len()).rev() {
            order.swap(last, self.rng.random_range(0..=last));
        }
        for lane in order {
            self.queue.extend(lane.probes(before));
        }
        self.rounds.push(vec![Turn::default(); self.benches.len()]);
    }

    /// What a probe showed: seconds alone, good answers a second, or how many were inside.
    fn seen(&mut self, probe: &Probe, result: &StepResult) -> Option<f64> {
        if !assess(result, Waiting::Asleep).faults.is_empty() {
            self.disturbed[probe.system] += 1;
            return None;
        }
        // Beyond a door some are turned away, which is what such a probe is for.
        let at_door = probe.kind == Kind::Full && self.benches[probe.system].has_door();
        let is_served = at_door || result.error_share().is_some_and(|share| share <= FEW_ERRORS);
        let is_good = result.good() >= LEAST_ANSWERS && is_served;
        let seen = match probe.kind {
            Kind::Alone => result.mean_response_s(),
            Kind::Full if at_door => result.good_per_s().zip(result.mean_response_s()).map(|(per_s, mean_s)| per_s * mean_s),
            // Throughput by Little's law: a short step holds one round of answers more or less.
            Kind::Full => per_request(result).map(|round| probe.plan.load.size() / round.ln.exp()),
        };
        let seen = seen.filter(|seen| is_good && *seen > 0.0);
        self.failed[probe.system] += u32::from(seen.is_none());
        seen
    }
}
