//! Pairs of simulated targets: as it was, and a tenth worse.

use plimsoll_core::{
    finding::{Axis, Ending, Finding, Subject},
    search::{Goal, Move, Search},
    sim::{Admission, Disturbance, Service, Simulation, Spread, TargetModel},
    step::Driver,
};
use std::time::Duration;

/// Slower by a tenth a minute.
const DRIFT: Disturbance = Disturbance::Drift { per_minute: 0.1 };
/// A tenth faster and slower, over 37 s.
const WOBBLE: Disturbance = Disturbance::Wobble { amplitude: 0.1, period: Duration::from_secs(37) };

/// What may be expected of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Both promises.
    Promised,
    /// No false alarm, but a tenth is not caught as often: its line is known too roughly, or moves.
    Rough,
}

/// A target, and one whose load line is a tenth lower, both searched with the same goal.
pub struct Pair {
    /// What it is.
    pub name: String,
    /// As it was.
    pub was: TargetModel,
    /// A tenth worse.
    pub worse: TargetModel,
    /// How both are searched; what is held against the baseline may take longer.
    pub goal: Goal,
    /// What may be expected.
    pub class: Class,
}

fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1e3)
}

fn jittered(mean_ms: f64) -> Service {
    Service { mean: ms(mean_ms), spread: Spread::Jitter { cv: 0.05 }, tail: None }
}

fn spread_out(mean_ms: f64) -> Service {
    Service { mean: ms(mean_ms), spread: Spread::LogNormal { cv: 1.5 }, tail: None }
}

fn mm(servers: u32, mean_ms: f64) -> TargetModel {
    TargetModel::workers(servers, Service::exponential(ms(mean_ms)))
}

fn users(objectives: &[&str]) -> Goal {
    Goal { criteria: objectives.iter().map(|text| text.parse().expect("an objective")).collect(), ..Goal::default() }
}

fn rate(objectives: &[&str]) -> Goal {
    Goal { axis: Axis::Rate, start: 10.0, ceiling: 1e6, ..users(objectives) }
}

fn pair(name: &str, was: TargetModel, worse: TargetModel, goal: Goal) -> Pair {
    Pair { name: name.to_owned(), was, worse, goal, class: Class::Promised }
}

impl Pair {
    fn rough(self) -> Self {
        Self { class: Class::Rough, ..self }
    }

    fn disturbed(self, name: &str, disturbance: Disturbance) -> Self {
        let (was, worse) = (self.was.disturbed(disturbance), self.worse.disturbed(disturbance));
        Self { name: format!("{}, {name}", self.name), was, worse, ..self }.rough()
    }
}

/// Workers by the count, an event loop by its CPU time, a door by its width; objectives and rates by the service time whose line (Erlang's
/// formulas) is a tenth lower.
pub fn all() -> Vec<Pair> {
    let pool = |workers| TargetModel::workers(workers, jittered(100.0));
    let event_loop = |cpu_ms| TargetModel::event_loop(jittered(100.0), Service::exponential(ms(cpu_ms)), 1);
    let door = |inside| TargetModel::delay(jittered(100.0)).admitting(Admission::RefuseAbove { inside });
    let thinking = |service_ms| mm(4, service_ms);
    let pool_pair = || pair("40 workers", pool(40), pool(36), users(&[]));
    let p99 = || pair("M/M/16 p99<400ms", mm(16, 40.0), mm(16, 42.748), users(&["p99<400ms"]));
    let by_rate = || pair("rate: M/M/16", mm(16, 40.0), mm(16, 40.0 / 0.9), rate(&[]));
    vec![
        pool_pair(),
        pair("10 workers", pool(10), pool(9), users(&[])),
        pair("M/M/40", mm(40, 40.0), mm(36, 40.0), users(&[])),
        pair("40 workers, cv 1.5", TargetModel::workers(40, spread_out(40.0)), TargetModel::workers(36, spread_out(40.0)), users(&[])),
        pair("event loop", event_loop(1.0), event_loop(100.0 / 89.9), users(&[])),
        pair("refuses above 100", door(100), door(90), users(&[])),
        pair("users who pause 1 s", thinking(20.0), thinking(1e3 / 44.9), Goal { think: ms(1_000.0), ..users(&[]) }),
        p99(),
        pair("M/M/16 p95<250ms", mm(16, 40.0), mm(16, 42.946), users(&["p95<250ms"])),
        by_rate(),
        pair("rate: event loop", event_loop(1.0), event_loop(1.0 / 0.9), rate(&[])),
        pair("rate: M/M/16 p99<400ms", mm(16, 40.0), mm(16, 44.248), rate(&["p99<400ms"])).rough(),
        pool_pair().disturbed("drift", DRIFT),
        pool_pair().disturbed("wobble", WOBBLE),
        p99().disturbed("drift", DRIFT),
        p99().disturbed("wobble", WOBBLE),
        by_rate().disturbed("drift", DRIFT),
        by_rate().disturbed("wobble", WOBBLE),
    ]
}

/// What a search finds of this target.
pub fn find(model: &TargetModel, goal: &Goal, seed: u64) -> Finding {
    let mut simulation = Simulation::start(model.clone(), seed);
    let mut search = Search::new(goal.clone());
    while let Move::Step(plan) = search.next() {
        let Ok(result) = simulation.drive(&plan, &mut |so_far| search.watch(so_far));
        search.observe(&result);
    }
    search.finding(subject(), Ending::Complete)
}

fn subject() -> Subject {
    let none = String::new;
    Subject { target: none(), url: none(), description: None, start: None, command: none(), started_at: none(), version: none() }
}
