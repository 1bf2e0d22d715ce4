//! A system's part in each round: how long and with how many users it is probed.

use super::{
    Kind, Probe,
    bench::{Bench, Line},
    loads::{Alone, Full},
};
use crate::step::{Load, Purpose, Settle, StepPlan};
use std::time::Duration;

/// So many rounds are aimed at (docs/METHOD.md).
const ROUNDS: f64 = 18.0;
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

/// A system's part in each round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane {
    pub system: usize,
    alone: Alone,
    users_alone: u32,
    measure_alone_s: f64,
    pub full: Option<Full>,
    measure_full_s: f64,
}

/// The systems that take part: the first, and those that have anything in common with it.
pub(super) fn lanes(benches: &[Bench], time_s: f64) -> Vec<Lane> {
    let Some((first, others)) = benches.split_first() else { return Vec::new() };
    let takes_part = |bench: &Bench| bench.alone.is_some();
    if !takes_part(first) || !others.iter().any(takes_part) {
        return Vec::new();
    }
    // A load that shows the throughput is put on only where the other side has a line to compare it with.
    let has_line = |bench: &Bench| matches!(bench.line, Line::Found { .. });
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

    pub fn turn_s(&self) -> f64 {
        self.settling_s() + self.measure_alone_s + self.full.map_or(0.0, |_| self.measure_full_s)
    }

    /// One request alone, then the full load. `drain_s`: how long the queue of the system before may last.
    pub fn probes(&self, drain_s: f64) -> Vec<Probe> {
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
