//! A against B: after each system's own search, rounds of short probes in random order, so that what moves the machine moves both alike.
//!
//! In each round every system is probed once: one request alone, then the load that shows its throughput. The log ratios of the rounds have a
//! t-interval; docs/METHOD.md ("A against B") tells the estimators, and `tests/compare_truth.rs` holds them against simulated systems.

mod bench;
mod loads;
mod paired;
#[cfg(test)]
mod tests;

use crate::{
    diagnose,
    evidence::{Waiting, assess, per_request},
    finding::{Finding, Pair, System},
    step::{Load, Purpose, Settle, StepEnd, StepPlan, StepResult},
};
use bench::{Bench, FEW_ERRORS};
use loads::{Alone, Full};
use paired::Turn;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{collections::VecDeque, time::Duration};

/// So many rounds are aimed at, and so many at least before it may end early (docs/METHOD.md).
const ROUNDS: f64 = 18.0;
const ENOUGH_ROUNDS: usize = 15;
/// The share of a turn's time that the request alone gets, at the least and at the most: as its mean is harder to know than the throughput.
const ALONE_SHARE: [f64; 2] = [0.4, 0.67];
/// Bounds of what a probe measures, in seconds; a slow system gets so many response times.
const LEAST_S: f64 = 0.3;
const MOST_S: f64 = 1.5;
const RESPONSES: f64 = 3.0;
/// New users start spread over 0.1 s.
const SETTLE_S: f64 = 0.2;
const SETTLE_MOST_S: f64 = 3.0;
const LONGEST_SETTLE_S: f64 = 8.0;
/// What the system before left behind in its queue is waited for, this long at the most.
const LONGEST_DRAIN_S: f64 = 3.0;
const BATCHES: u32 = 10;
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

/// A system's part in each round.
#[derive(Clone, Copy, Debug)]
struct Lane {
    system: usize,
    alone: Alone,
    users_alone: u32,
    measure_alone_s: f64,
    full: Option<Full>,
    measure_full_s: f64,
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
                Kind::Full => turn.per_s = seen,
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
        let said = |count: u32, why: &str| (count > 0).then(|| format!("{name}: {count} probes were left out, because {why}"));
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

    /// What a probe showed: seconds alone, or good answers a second.
    fn seen(&mut self, probe: &Probe, result: &StepResult) -> Option<f64> {
        if !assess(result, Waiting::Asleep).faults.is_empty() {
            self.disturbed[probe.system] += 1;
            return None;
        }
        let is_good = result.good() >= LEAST_ANSWERS && result.error_share().is_some_and(|share| share <= FEW_ERRORS);
        let seen = match probe.kind {
            Kind::Alone => result.mean_response_s(),
            // Throughput by Little's law: a short step holds one round of answers more or less.
            Kind::Full => per_request(result).map(|round| probe.plan.load.size() / round.ln.exp()),
        };
        let seen = seen.filter(|seen| is_good && *seen > 0.0);
        self.failed[probe.system] += u32::from(seen.is_none());
        seen
    }
}

/// The systems that take part: the first, and those that have anything in common with it.
fn lanes(benches: &[Bench], time_s: f64) -> Vec<Lane> {
    let Some((first, others)) = benches.split_first() else { return Vec::new() };
    let takes_part = |bench: &Bench| bench.alone.is_some();
    if !takes_part(first) || !others.iter().any(takes_part) {
        return Vec::new();
    }
    // A load that shows the throughput is put on only where the other side has a line to compare it with.
    let has_line = |bench: &Bench| matches!(bench.line, bench::Line::Found { .. });
    let lane = |(system, bench): (usize, &Bench)| {
        let has_partner = if system == 0 { others.iter().any(has_line) } else { has_line(first) };
        let alone = bench.alone?;
        let full = bench.full.filter(|_| has_partner && has_line(bench));
        Some(Lane { system, alone, users_alone: 1, measure_alone_s: 0.0, full, measure_full_s: 0.0 })
    };
    let mut lanes: Vec<Lane> = benches.iter().enumerate().filter_map(lane).collect();
    let settling_s: f64 = lanes.iter().map(Lane::settling_s).sum();
    let share_s = ((time_s / ROUNDS - settling_s) / lanes.len() as f64).max(0.0);
    let users_alone = users_alone(&lanes, share_s / 2.0);
    for lane in &mut lanes {
        lane.users_alone = users_alone;
        lane.measure_alone_s = (lane.alone_share() * share_s).clamp(LEAST_S, MOST_S).max(RESPONSES * lane.alone.mean_s);
        let response_s = lane.full.map_or(0.0, |full| full.response_s);
        lane.measure_full_s = (share_s - lane.measure_alone_s).clamp(LEAST_S, MOST_S).max(RESPONSES * response_s);
    }
    lanes
}

/// How many users show a request alone in probes of about this length: as many for one system as for any other, because even a few may slow each
/// other down a little.
fn users_alone(lanes: &[Lane], measure_s: f64) -> u32 {
    let wanted = |lane: &Lane| lane.alone.wanted(measure_s.clamp(LEAST_S, MOST_S).max(RESPONSES * lane.alone.mean_s));
    let at_ease = lanes.iter().map(|lane| lane.alone.most_users).min().unwrap_or(1);
    lanes.iter().map(wanted).max().unwrap_or(1).min(at_ease)
}

impl Lane {
    /// Time is shared so that the product of both is known best: as their errors after a second are to each other.
    fn alone_share(&self) -> f64 {
        let Some(full) = self.full else { return 1.0 };
        let (alone, full) = (self.alone.error_in_1_s(self.users_alone), full.per_s.recip().sqrt());
        (alone / (alone + full)).clamp(ALONE_SHARE[0], ALONE_SHARE[1])
    }

    /// Time that a turn takes beside what it measures, in seconds.
    fn settling_s(&self) -> f64 {
        let alone = SETTLE_S.max(2.0 * self.alone.mean_s);
        alone + self.full.map_or(0.0, |full| SETTLE_S.max(full.response_s))
    }

    fn turn_s(&self) -> f64 {
        self.settling_s() + self.measure_alone_s + self.full.map_or(0.0, |_| self.measure_full_s)
    }

    /// One request alone, then the full load. `drain_s`: how long the queue of the system before may last.
    fn probes(&self, drain_s: f64) -> Vec<Probe> {
        let alone = self.plan(self.users_alone, SETTLE_S.max(drain_s.min(LONGEST_DRAIN_S)), 2, self.alone.mean_s, self.measure_alone_s);
        let probe = |kind, plan, ends_turn| Probe { system: self.system, plan, ends_turn, kind };
        let mut probes = vec![probe(Kind::Alone, alone, self.full.is_none())];
        probes.extend(self.full.map(|full| {
            let plan = self.plan(full.users, SETTLE_S, 1, full.response_s, self.measure_full_s);
            probe(Kind::Full, plan, true)
        }));
        probes
    }

    fn plan(&self, users: u32, least_s: f64, rounds: u64, response_s: f64, measure_s: f64) -> StepPlan {
        StepPlan {
            purpose: Purpose::Pair,
            load: Load::Users { users, think: Duration::ZERO },
            settle: Settle {
                least: Duration::from_secs_f64(least_s),
                most: Duration::from_secs_f64((4.0 * response_s).clamp(SETTLE_MOST_S, LONGEST_SETTLE_S).max(least_s)),
                completions: rounds * u64::from(users),
            },
            measure: Duration::from_secs_f64(measure_s),
            batches: BATCHES,
            limits: Vec::new(),
            requests: None,
        }
    }
}
