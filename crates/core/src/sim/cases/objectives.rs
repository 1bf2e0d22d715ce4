//! Users at one time under an objective. Closed M/M/c lines: R = Erlang(N - c, c/S) + Exp(1/S).

use super::{
    super::{Admission, Crowding, Disturbance, Service, Spread, Tail, TargetModel},
    Case, Class, Truth, exponential, jittered, ms, thinking, users,
};
use std::time::Duration;

fn mmc(servers: u32, mean_ms: f64) -> TargetModel {
    TargetModel::workers(servers, exponential(mean_ms))
}

pub(super) fn cases() -> Vec<Case> {
    [queues(), cliffs(), rough_ground()].concat()
}

fn queues() -> Vec<Case> {
    let well = |name, target, goal, line| Case::new(name, Class::WellBehaved, target, goal, Truth::Line(line));
    vec![
        well("16 workers, cv 0.1, p99", TargetModel::workers(16, jittered(40.0, 0.1)), users(&["p99<400ms"]), 153.0),
        well("M/M/16, p99", mmc(16, 40.0), users(&["p99<400ms"]), 99.0),
        well("M/M/16, p95", mmc(16, 40.0), users(&["p95<250ms"]), 66.0),
        well("M/M/16, p99<300ms", mmc(16, 40.0), users(&["p99<300ms"]), 60.0),
        well("c 8, 50 ms, p99<500ms", mmc(8, 50.0), users(&["p99<500ms"]), 48.0),
        well("c 40, 100 ms, p99<1s", mmc(40, 100.0), users(&["p99<1s"]), 253.0),
        well("c 4, 20 ms, p95<100ms", mmc(4, 20.0), users(&["p95<100ms"]), 10.0),
        well("c 8, 10 ms, p99<100ms", mmc(8, 10.0), users(&["p99<100ms"]), 48.0),
        well("async, p99", TargetModel::event_loop(jittered(100.0, 0.1), exponential(1.0), 1), users(&["p99<200ms"]), 161.0),
        well(
            "USL, p95",
            TargetModel::delay(exponential(10.0)).crowded(Crowding::Usl { alpha: 0.05, beta: 0.001 }),
            users(&["p95<150ms"]),
            43.0,
        ),
        well("c 2, 50 us, p99<1ms", mmc(2, 0.05), users(&["p99<1ms"]), 26.0),
        well("M/M/16, think 1 s, p99", mmc(16, 40.0), thinking(1_000.0, &["p99<250ms"]), 423.0),
    ]
}

fn cliffs() -> Vec<Case> {
    let well = |name, target, goal, line| Case::new(name, Class::WellBehaved, target, goal, Truth::Line(line));
    let restart = Some(Duration::from_secs(1));
    let metastable = Crowding::Metastable { above: 90, factor: 8.0, until: 8 };
    vec![
        well("refuses above 100", mmc(16, 40.0).admitting(Admission::RefuseAbove { inside: 100 }), users(&["p99<1s", "errors<1%"]), 100.0),
        well(
            "crash above 120",
            mmc(16, 40.0).admitting(Admission::CrashAbove { inside: 120, restart }),
            users(&["p99<1s", "errors<1%"]),
            120.0,
        ),
        well(
            "crash above 120, stays down",
            mmc(16, 40.0).admitting(Admission::CrashAbove { inside: 120, restart: None }),
            users(&["p99<1s", "errors<1%"]),
            120.0,
        )
        .class(Class::WeakSpot),
        well("metastable", mmc(16, 40.0).crowded(metastable), users(&["p99<300ms"]), 60.0),
        well(
            "errors<5% alone, refuses above 30",
            mmc(16, 40.0).admitting(Admission::RefuseAbove { inside: 30 }),
            users(&["errors<5%", "p99<1s"]),
            30.0,
        ),
    ]
}

fn rough_ground() -> Vec<Case> {
    let weak = |name, target, goal, truth| Case::new(name, Class::WeakSpot, target, goal, truth);
    let lognormal = Service { mean: ms(40.0), spread: Spread::LogNormal { cv: 1.5 }, tail: None };
    let tailed = Service { tail: Some(Tail { share: 0.004, extra: Duration::from_secs(1) }), ..exponential(40.0) };
    let pauses = Disturbance::Pauses { length: ms(150.0), period: Duration::from_secs(5) };
    let wobble = Disturbance::Wobble { amplitude: 0.1, period: Duration::from_secs(37) };
    let p99 = || users(&["p99<400ms"]);
    vec![
        weak("lognormal cv 1.5, p99", TargetModel::workers(16, lognormal), p99(), Truth::Line(63.0)),
        weak("8 requests/s (0.5 s, c 4), p99", mmc(4, 500.0), users(&["p99<4s"]), Truth::Line(15.0)),
        weak("0.4% tail of +1 s, p99", TargetModel::workers(16, tailed), p99(), Truth::Line(83.0)),
        weak("GC 150 ms every 5 s, p99", mmc(16, 40.0).disturbed(pauses), p99(), Truth::Line(80.0)).never_firm(),
        weak("wobble 10% of 37 s, p99", mmc(16, 40.0).disturbed(wobble), p99(), Truth::Line(97.0)),
        weak(
            "slower by 10%/min, p99",
            mmc(16, 40.0).disturbed(Disturbance::Drift { per_minute: 0.1 }),
            p99(),
            Truth::Moves { from: 99.0, after_minute: 85.0 },
        ),
    ]
}
