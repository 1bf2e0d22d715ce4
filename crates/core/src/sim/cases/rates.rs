//! Requests a second, in an open loop: under an objective, and without one (the capacity).

use super::{
    super::{Admission, Disturbance, TargetModel},
    Case, Class, Truth, exponential, jittered, ms, rate,
};
use std::time::Duration;

fn mmc(servers: u32, mean_ms: f64) -> TargetModel {
    TargetModel::workers(servers, exponential(mean_ms))
}

pub(super) fn cases() -> Vec<Case> {
    [objectives(), capacities()].concat()
}

/// M/M/c lines by Erlang C.
fn objectives() -> Vec<Case> {
    let well = |name, target, goal, line| Case::new(name, Class::WellBehaved, target, goal, Truth::Line(line));
    let pauses = Disturbance::Pauses { length: ms(150.0), period: Duration::from_secs(5) };
    vec![
        well("rate: M/M/1 10 ms, p99<100ms", mmc(1, 10.0), rate(&["p99<100ms"]), 53.9),
        well("rate: M/M/16 40 ms, p99<250ms", mmc(16, 40.0), rate(&["p99<250ms"]), 374.0),
        well("rate: M/M/4 20 ms, p95<100ms", mmc(4, 20.0), rate(&["p95<100ms"]), 163.0),
        well("rate: 16 workers cv 0.1, p99<80ms", TargetModel::workers(16, jittered(40.0, 0.1)), rate(&["p99<80ms"]), 349.0),
        well("rate: async, p99<150ms", TargetModel::event_loop(jittered(100.0, 0.05), exponential(1.0), 1), rate(&["p99<150ms"]), 904.0),
        well(
            "rate: refuses above 20, p99<1s",
            mmc(16, 40.0).admitting(Admission::RefuseAbove { inside: 20 }),
            rate(&["p99<1s", "errors<1%"]),
            281.0,
        ),
        well("rate: GC 150 ms every 5 s, p99<400ms", mmc(16, 40.0).disturbed(pauses), rate(&["p99<400ms"]), 372.0)
            .class(Class::WeakSpot)
            .never_firm(),
        Case::new(
            "rate: slower by 10%/min, p99<250ms",
            Class::WeakSpot,
            mmc(16, 40.0).disturbed(Disturbance::Drift { per_minute: 0.1 }),
            rate(&["p99<250ms"]),
            Truth::Moves { from: 374.0, after_minute: 335.0 },
        ),
    ]
}

/// Capacity: c / S, or the last rate with errors under 1%.
fn capacities() -> Vec<Case> {
    let capacity = |name, target, line| Case::new(name, Class::Knee, target, rate(&[]), Truth::Line(line));
    let limiter = Admission::Limiter { per_s: 300.0, burst: 10.0 };
    vec![
        capacity("rate: M/M/1 10 ms", mmc(1, 10.0), 100.0),
        capacity("rate: M/M/16 40 ms", mmc(16, 40.0), 400.0),
        capacity("rate: 16 workers cv 0.1", TargetModel::workers(16, jittered(40.0, 0.1)), 400.0),
        capacity("rate: async", TargetModel::event_loop(jittered(100.0, 0.05), exponential(1.0), 1), 1_000.0),
        capacity("rate: 429 at 300/s", TargetModel::delay(exponential(40.0)).admitting(limiter), 259.0),
        capacity("rate: 4 workers 50 ms", TargetModel::workers(4, jittered(50.0, 0.05)), 80.0),
    ]
}
