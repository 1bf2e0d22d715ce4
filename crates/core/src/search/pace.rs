//! How fast the target answers, and how long its queue remembers: what a step must settle and measure for.

use super::facts::Facts;
use crate::{finding::Axis, step::Purpose};

/// Users who pause are all in mid-pause when they are added: the queue that belongs to them has come about after this many relaxation times.
const FORGETTING: f64 = 2.0;
/// In an open loop no longer than this is given: close to the capacity the queue remembers for longer than a search lasts.
const LONGEST_FORGETTING_S: f64 = 2.8;
/// Response times beyond this many unloaded ones hold a wait: the target is full.
const WAITS: f64 = 2.0;
/// From so many times the load on, what the step before left behind is waited for.
const HIGHER: f64 = 1.25;
/// With this many answers a step knows the mean to some 5% of a standard deviation: it need not be stretched to hold several response times.
const ENOUGH_ANSWERS: f64 = 500.0;

/// What a plan needs to know of the target's pace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// The response time expected under this load, in seconds, where anything is known.
    pub response_s: Option<f64>,
    /// How long the queue of arrivals takes to forget its past, in seconds; 0 where it does not matter.
    pub relaxation_s: f64,
    /// How long it is given for that before anything is measured, in seconds.
    pub forgetting_s: f64,
    /// The time in which the target gives as many answers as a step needs, in seconds, where its rate is known; else infinity.
    pub enough_s: f64,
    /// Users of the step before.
    pub users_before: u32,
}

impl Facts {
    /// The response time to expect at a load: what was seen at the nearest load, scaled up beyond it as a full system would.
    pub(crate) fn pace_at(&self, load: f64, purpose: Purpose) -> Pace {
        let seen = self.observations.iter().filter(|one| one.on_axis && one.mean_s.is_some() && one.purpose != Purpose::Gate);
        let nearest = seen.min_by(|a, b| (a.load / load).ln().abs().total_cmp(&(b.load / load).ln().abs()));
        let users_before = self.records.last().and_then(|record| record.users).unwrap_or(0);
        let enough_s = ENOUGH_ANSWERS / self.peak_per_s();
        let Some((near, mean_s)) = nearest.and_then(|near| near.mean_s.map(|mean_s| (near, mean_s))) else {
            return Pace { response_s: self.unloaded_s(), relaxation_s: 0.0, forgetting_s: 0.0, enough_s, users_before };
        };
        match self.goal.axis {
            Axis::Users => {
                let full_s = self.full_s(mean_s, (load / near.load).max(1.0));
                // On the way up a step is short, whatever the queue remembers; but it must not begin before there is a queue.
                let is_short = purpose == Purpose::Ramp || !self.has_latency_objective();
                let relaxation_s = if is_short { 0.0 } else { self.relaxation_of_users_s(load, mean_s) };
                // The answers of a moment tell of the queue one response time before.
                let relaxation_full_s = self.relaxation_of_users_s(load, full_s);
                let forgetting_s =
                    if relaxation_full_s > 0.0 { FORGETTING * relaxation_full_s + full_s } else { self.draining_s(load, full_s) };
                Pace { response_s: Some(full_s), relaxation_s, forgetting_s, enough_s, users_before }
            }
            Axis::Rate => {
                let relaxation_s = if self.has_latency_objective() { self.relaxation_s(load, mean_s) } else { 0.0 };
                Pace {
                    response_s: Some(mean_s),
                    relaxation_s,
                    forgetting_s: relaxation_s.min(LONGEST_FORGETTING_S),
                    enough_s,
                    users_before,
                }
            }
        }
    }

    /// Coming down from a load well above, the queue that those who left had brought must end, and then what was sent into it: the step's own
    /// latencies would hold waits of the step before.
    fn draining_s(&self, load: f64, full_s: f64) -> f64 {
        let before = self.last().filter(|last| last.on_axis && last.load > HIGHER * load);
        before.and_then(|last| last.mean_s).map_or(0.0, |queue_s| queue_s + full_s)
    }

    /// The response time at `times` the load at which it was `mean_s`, if the target is full: the rate stays the same, and all other users wait.
    fn full_s(&self, mean_s: f64, times: f64) -> f64 {
        let think_s = self.goal.think.as_secs_f64();
        let waits = self.unloaded_s().is_some_and(|alone_s| mean_s > WAITS * alone_s);
        if waits { (mean_s + think_s) * times - think_s } else { mean_s * times }
    }

    /// How long the queue of an open loop takes to forget its past: `4 lambda W^2` in heavy traffic, from `(1 - sqrt(rho))^2` of M/M/c with
    /// the wait `W` put for the unknown utilization (Cohen, *The Single Server Queue*, II.2.1).
    fn relaxation_s(&self, per_s: f64, mean_s: f64) -> f64 {
        let wait_s = mean_s - self.unloaded_s().unwrap_or(mean_s);
        if wait_s > 0.0 { 4.0 * per_s * wait_s * wait_s } else { 0.0 }
    }

    /// Users who pause are an open loop too, but one that gives way: who waits does not send, so a pause at the most.
    fn relaxation_of_users_s(&self, users: f64, mean_s: f64) -> f64 {
        let think_s = self.goal.think.as_secs_f64();
        if think_s > 0.0 { self.relaxation_s(users / (mean_s + think_s), mean_s).min(think_s) } else { 0.0 }
    }
}
