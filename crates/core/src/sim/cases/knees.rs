//! Users at one time without an objective: the knee, peak throughput x unloaded latency, or the last load with errors under 1%.

use super::{
    super::{Admission, Crowding, Disturbance, Generator, Service, Spread, Stage, Tail, TargetModel},
    Case, Class, Truth, exponential, jittered, ms, thinking, users,
};
use std::time::Duration;

fn knee(name: &'static str, target: TargetModel, line: f64) -> Case {
    Case::new(name, Class::Knee, target, users(&[]), Truth::Line(line))
}

fn mm16() -> TargetModel {
    TargetModel::workers(16, exponential(40.0))
}

pub(super) fn cases() -> Vec<Case> {
    [workers(), shapes(), cliffs(), restless(), thinkers()].concat()
}

fn workers() -> Vec<Case> {
    let pool = |c| TargetModel::workers(c, jittered(50.0, 0.05));
    vec![
        knee("1 worker, knee", pool(1), 1.0),
        knee("4 workers, knee", pool(4), 4.0),
        knee("8 workers, knee", pool(8), 8.0),
        knee("16 workers, knee", pool(16), 16.0),
        knee("40 workers, knee", pool(40), 40.0),
        knee("16 workers, cv 0.1, knee", TargetModel::workers(16, jittered(40.0, 0.1)), 16.0),
        knee("M/M/16, knee", mm16(), 16.0),
        knee("one core CPU, knee", TargetModel::workers(1, exponential(10.0)), 1.0),
        knee("1 s service, c 8, knee", TargetModel::workers(8, exponential(1_000.0)), 8.0),
        knee("1 s service, c 8, cv 0.1, knee", TargetModel::workers(8, jittered(1_000.0, 0.1)), 8.0),
        knee("8 requests/s (0.5 s, c 4), knee", TargetModel::workers(4, exponential(500.0)), 4.0),
        knee("400 workers, 100 ms, knee", TargetModel::workers(400, exponential(100.0)), 400.0),
        knee("50 us server, c 2, knee", TargetModel::workers(2, exponential(0.05)), 2.0),
    ]
}

fn shapes() -> Vec<Case> {
    let lognormal = Service { mean: ms(40.0), spread: Spread::LogNormal { cv: 1.5 }, tail: None };
    let tailed = Service { tail: Some(Tail { share: 0.004, extra: Duration::from_secs(1) }), ..exponential(40.0) };
    let downstream = TargetModel::staged(vec![
        Stage { servers: Some(16), service: exponential(1.0) },
        Stage { servers: Some(10), service: exponential(90.0) },
    ]);
    let usl = |alpha, beta| TargetModel::delay(exponential(10.0)).crowded(Crowding::Usl { alpha, beta });
    vec![
        knee("lognormal cv 1.5, knee", TargetModel::workers(16, lognormal), 16.0),
        knee("0.4% tail of +1 s, knee", TargetModel::workers(16, tailed), 16.0),
        knee("async, wait 100 ms, CPU 1 ms, knee", TargetModel::event_loop(jittered(100.0, 0.05), exponential(1.0), 1), 101.0),
        knee("async, wait 40 ms, CPU 2 ms, 2 cores, knee", TargetModel::event_loop(exponential(40.0), exponential(2.0), 2), 42.0),
        knee("downstream slots 10 of 90 ms, knee", downstream, 10.1),
        knee("USL .05/.001, knee", usl(0.05, 0.001), 9.04),
        knee("USL .02/.0005, knee", usl(0.02, 0.0005), 15.7),
        knee("USL .01/.0001, knee", usl(0.01, 0.0001), 33.6),
        knee("service inflates with the queue, knee", mm16().crowded(Crowding::WithQueue { per_waiting: 0.01 }), 16.0),
        knee(
            "generator 40% busy, c 40, knee",
            TargetModel::workers(40, exponential(10.0)).loaded_by(Generator::Weak { cost: ms(0.1) }),
            40.0,
        ),
    ]
}

fn cliffs() -> Vec<Case> {
    let restart = Some(Duration::from_secs(1));
    let limiter = Admission::Limiter { per_s: 300.0, burst: 10.0 };
    vec![
        knee("refuses above 100, knee", mm16().admitting(Admission::RefuseAbove { inside: 100 }), 16.0),
        knee("crash above 120, knee", mm16().admitting(Admission::CrashAbove { inside: 120, restart }), 16.0),
        knee(
            "ignores above 100, 100 ms, knee",
            TargetModel::delay(jittered(100.0, 0.05)).admitting(Admission::IgnoreAbove { inside: 100 }),
            100.0,
        ),
        knee("hangs above 20, 20 ms, knee", TargetModel::delay(jittered(20.0, 0.05)).admitting(Admission::HangAbove { inside: 20 }), 20.0),
        knee("refuses above 10, knee", mm16().admitting(Admission::RefuseAbove { inside: 10 }), 10.0),
        knee("crash above 12, knee", mm16().admitting(Admission::CrashAbove { inside: 12, restart }), 12.0),
        knee("metastable, knee", mm16().crowded(Crowding::Metastable { above: 90, factor: 8.0, until: 8 }), 16.0),
        knee("429 at 300/s, exponential, knee", TargetModel::delay(exponential(40.0)).admitting(limiter), 10.0),
        knee("429 at 300/s, cv 0.05, knee", TargetModel::delay(jittered(40.0, 0.05)).admitting(limiter), 12.0),
    ]
}

fn restless() -> Vec<Case> {
    let pauses = Disturbance::Pauses { length: ms(150.0), period: Duration::from_secs(5) };
    let wobble = Disturbance::Wobble { amplitude: 0.1, period: Duration::from_secs(37) };
    vec![
        knee("GC 150 ms every 5 s, knee", mm16().disturbed(pauses), 16.0),
        knee("wobble 10% of 37 s, knee", mm16().disturbed(wobble), 16.0),
        knee("step x1.5 at 25 s, knee", mm16().disturbed(Disturbance::Step { factor: 1.5, at: Duration::from_secs(25) }), 16.0),
        knee("slower by 10%/min, knee", mm16().disturbed(Disturbance::Drift { per_minute: 0.1 }), 16.0),
    ]
}

/// The machine repairman: N* = c (D + Z) / D.
fn thinkers() -> Vec<Case> {
    let think = |name, servers, service_ms, think_ms, line| {
        let target = TargetModel::workers(servers, exponential(service_ms));
        Case::new(name, Class::Knee, target, thinking(think_ms, &[]), Truth::Line(line))
    };
    vec![
        think("c 1, 10 ms, think 90 ms, knee", 1, 10.0, 90.0, 10.0),
        think("c 1, 1 ms, think 100 ms, knee", 1, 1.0, 100.0, 101.0),
        think("c 2, 5 ms, think 50 ms, knee", 2, 5.0, 50.0, 22.0),
        think("c 4, 20 ms, think 1 s, knee", 4, 20.0, 1_000.0, 204.0),
        think("c 16, 40 ms, think 1 s, knee", 16, 40.0, 1_000.0, 416.0),
        Case::new(
            "ignores above 50, 100 ms, think 900 ms, knee",
            Class::WeakSpot,
            TargetModel::delay(jittered(100.0, 0.05)).admitting(Admission::IgnoreAbove { inside: 50 }),
            thinking(900.0, &[]),
            Truth::Line(421.0),
        ),
    ]
}
