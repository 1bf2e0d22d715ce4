//! The simulation against what queueing theory says (docs/METHOD.md, ground truth).

use plimsoll_core::{
    outcome::Failure,
    schedule::Arrivals,
    sim::{Admission, Crowding, Disturbance, Service, Simulation, Spread, TargetModel, measure_steady, steady_plan},
    step::{Driver, Flow, Load, StepResult},
};
use std::time::Duration;

fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1e3)
}

fn closed(users: u32, think_ms: f64) -> Load {
    Load::Users { users, think: ms(think_ms) }
}

fn poisson(per_s: f64) -> Load {
    Load::Rate { per_s, arrivals: Arrivals::Poisson }
}

fn measure(target: &TargetModel, load: Load, seconds: u64) -> StepResult {
    measure_steady(target, load, Duration::from_secs(seconds), Vec::new(), 11)
}

/// Another load on a simulation that has seen some.
fn then(simulation: &mut Simulation, load: Load, seconds: u64) -> StepResult {
    let plan = steady_plan(load, Duration::from_secs(seconds), Vec::new());
    match simulation.drive(&plan, &mut |_: &StepResult| Flow::Continue) {
        Ok(result) => result,
        Err(never) => match never {},
    }
}

fn close(name: &str, got: f64, want: f64, share: f64) {
    assert!((got / want - 1.0).abs() <= share, "{name}: {got}, not {want} within {share}");
}

fn quantile_ms(result: &StepResult, q: f64) -> f64 {
    result.quantile(q).expect("enough answers").as_secs_f64() * 1e3
}

fn rate(result: &StepResult) -> f64 {
    result.good_per_s().expect("time was measured")
}

fn mean_ms(result: &StepResult) -> f64 {
    result.mean_response_s().expect("answers") * 1e3
}

fn mmc(servers: u32, mean_ms: f64) -> TargetModel {
    TargetModel::workers(servers, Service::exponential(ms(mean_ms)))
}

#[test]
fn workers_give_min_of_users_and_workers_over_the_service_time() {
    for c in [1, 4, 8, 16, 40] {
        let target = TargetModel::workers(c, Service::constant(ms(50.0)));
        for users in [c.div_ceil(2), c, 2 * c] {
            let result = measure(&target, closed(users, 0.0), 400);
            close(&format!("{users} users on {c}"), rate(&result), f64::from(users.min(c)) / 0.05, 0.005);
        }
    }
}

#[test]
fn jittered_workers_answer_in_service_times_users_per_worker() {
    let target = TargetModel::workers(16, Service { mean: ms(40.0), spread: Spread::Jitter { cv: 0.1 }, tail: None });
    for (users, want) in [(16, 40.0), (32, 80.0), (40, 100.0)] {
        close("mean", mean_ms(&measure(&target, closed(users, 0.0), 300)), want, 0.005);
    }
}

#[test]
fn closed_mm16_has_the_percentiles_of_erlang_plus_exponential() {
    for (n, p50, p95, p99) in [(16, 27.7, 120.0, 184.0), (32, 69.0, 161.0, 226.0), (64, 151.0, 244.0, 308.0), (99, 239.0, 334.0, 399.0)] {
        let result = measure(&mmc(16, 40.0), closed(n, 0.0), 1_500);
        close("rate", rate(&result), 400.0, 0.005);
        for (q, want) in [(0.5, p50), (0.95, p95), (0.99, p99)] {
            close(&format!("{n} users, q {q}"), quantile_ms(&result, q), want, 0.012);
        }
    }
}

/// Mean response of M/M/c: S + C(c, a) S / (c - a).
#[test]
fn open_queues_wait_as_erlang_c_says() {
    for (c, a, waits) in [(1, 0.5, 0.5), (2, 1.5, 0.643), (4, 3.2, 0.596), (16, 14.4, 0.591)] {
        let result = measure(&mmc(c, 10.0), poisson(a / 0.01), 3_000);
        let got = (mean_ms(&result) / 10.0 - 1.0) * (f64::from(c) - a);
        close(&format!("C({c}, {a})"), got, waits, 0.035);
    }
}

#[test]
fn open_queues_meet_their_objectives_at_the_rates_of_erlang_c() {
    for (c, mean, q, limit, per_s) in [(1, 10.0, 0.99, 100.0, 53.9), (16, 40.0, 0.99, 250.0, 374.0), (4, 20.0, 0.95, 100.0, 163.0)] {
        let result = measure(&mmc(c, mean), poisson(per_s), 4_000);
        close(&format!("M/M/{c} at {per_s}/s"), quantile_ms(&result, q), limit, 0.035);
        close("answered rate", rate(&result), per_s, 0.01);
    }
}

#[test]
fn thinking_users_make_a_machine_repairman() {
    for (c, service, think, users, per_s, response) in [
        (1, 10.0, 90.0, 10, 83.2, 30.2),
        (1, 1.0, 100.0, 101, 930.0, 8.57),
        (2, 5.0, 50.0, 22, 353.0, 12.4),
        (4, 20.0, 1_000.0, 204, 190.0, 71.0),
        (16, 40.0, 1_000.0, 416, 387.0, 74.0),
    ] {
        // A million requests: the number thinking wanders slowly.
        let result = measure(&mmc(c, service), closed(users, think), (1e6 / per_s) as u64);
        close("rate", rate(&result), per_s, 0.01);
        close("response", mean_ms(&result), response, 0.035);
    }
}

#[test]
fn an_event_loop_is_full_at_wait_plus_cpu_over_cpu() {
    let target = TargetModel::event_loop(Service::constant(ms(100.0)), Service::exponential(ms(1.0)), 1);
    let alone = measure(&target, closed(1, 0.0), 200);
    close("unloaded", mean_ms(&alone), 101.0, 0.005);
    let full = measure(&target, closed(400, 0.0), 200);
    close("slots", rate(&full) * mean_ms(&alone) / 1e3, 101.0, 0.01);
}

#[test]
fn usl_targets_follow_the_law_and_peak_where_it_says() {
    for (alpha, beta, peak) in [(0.05, 0.001, 30.8_f64), (0.02, 0.0005, 44.3), (0.01, 0.0001, 99.5)] {
        let target = TargetModel::delay(Service::exponential(ms(10.0))).crowded(Crowding::Usl { alpha, beta });
        let at = |n: f64| {
            let result = measure(&target, closed(n as u32, 0.0), 400);
            let law = 10.0 * (1.0 + alpha * (n - 1.0) + beta * n * (n - 1.0));
            close(&format!("R({n})"), mean_ms(&result), law, 0.01);
            rate(&result)
        };
        let top = at(peak.round());
        assert!(top > at((peak * 0.6).round()) && top > at((peak * 1.6).round()), "the peak is at {peak}");
    }
    let target = TargetModel::delay(Service::exponential(ms(10.0))).crowded(Crowding::Usl { alpha: 0.05, beta: 0.001 });
    assert!(quantile_ms(&measure(&target, closed(42, 0.0), 1_000), 0.95) < 150.0);
    assert!(quantile_ms(&measure(&target, closed(45, 0.0), 1_000), 0.95) > 150.0);
}

#[test]
fn a_limiter_passes_its_rate() {
    let limiter = Admission::Limiter { per_s: 300.0, burst: 10.0 };
    let target = TargetModel::delay(Service::constant(ms(40.0))).admitting(limiter);
    let below = measure(&target, closed(11, 0.0), 100);
    close("11 users", rate(&below), 275.0, 0.005);
    assert_eq!(below.failed().total(), 0);
    let above = measure(&target, poisson(450.0), 200);
    close("good", rate(&above), 300.0, 0.005);
    close("refused share", above.error_share().unwrap(), 1.0 / 3.0, 0.02);
    assert_eq!(above.failed().get(Failure::TooManyRequests), above.failed().total());
}

#[test]
fn a_door_refuses_the_hundred_and_first() {
    let target = mmc(16, 40.0).admitting(Admission::RefuseAbove { inside: 100 });
    assert_eq!(measure(&target, closed(100, 0.0), 100).failed().total(), 0);
    let above = measure(&target, closed(101, 0.0), 200);
    // The 101st user tries again each 31 ms (30 ms of pause and 1 ms of refusal), while 400/s are served.
    close("refusals a second", above.failed().get(Failure::Unavailable) as f64 / 200.0, 1.0 / 0.031, 0.02);
    close("rate", rate(&above), 400.0, 0.01);
}

#[test]
fn a_crash_resets_everything_and_heals_under_a_load_that_is_borne() {
    let target = mmc(16, 40.0).admitting(Admission::CrashAbove { inside: 120, restart: Some(Duration::from_secs(1)) });
    let mut simulation = Simulation::start(target, 3);
    assert_eq!(then(&mut simulation, closed(120, 0.0), 30).failed().total(), 0);
    let crashed = then(&mut simulation, closed(121, 0.0), 30);
    assert!(crashed.failed().get(Failure::Reset) >= 121, "{:?}", crashed.failed());
    assert_eq!(crashed.failed().get(Failure::Reset) % 121, 0, "each crash resets all that is inside and the one too many");
    assert!(crashed.failed().get(Failure::Refused) > 1_000);
    let healed = then(&mut simulation, closed(100, 0.0), 30);
    assert_eq!(healed.failed().total(), 0);
    close("rate", rate(&healed), 400.0, 0.03);
}

#[test]
fn a_crash_without_restart_is_the_end() {
    let target = mmc(4, 40.0).admitting(Admission::CrashAbove { inside: 20, restart: None });
    let mut simulation = Simulation::start(target, 3);
    assert_eq!(then(&mut simulation, closed(20, 0.0), 10).signals.target_alive, Some(true));
    then(&mut simulation, closed(21, 0.0), 10);
    let after = then(&mut simulation, closed(1, 0.0), 10);
    assert_eq!((after.good(), after.signals.target_alive), (0, Some(false)));
    assert_eq!(after.failed().get(Failure::Refused), after.failed().total());
}

#[test]
fn a_metastable_target_stays_collapsed_below_the_load_that_broke_it() {
    let target = mmc(16, 40.0).crowded(Crowding::Metastable { above: 90, factor: 8.0, until: 8 });
    let mut simulation = Simulation::start(target, 3);
    close("106 users: 90 wait", rate(&then(&mut simulation, closed(106, 0.0), 60)), 400.0, 0.03);
    close("107 users", rate(&then(&mut simulation, closed(107, 0.0), 60)), 50.0, 0.06);
    close("30 users", rate(&then(&mut simulation, closed(30, 0.0), 60)), 50.0, 0.06);
    close("8 users", rate(&then(&mut simulation, closed(8, 0.0), 60)), 200.0, 0.03);
    close("30 users again", rate(&then(&mut simulation, closed(30, 0.0), 60)), 400.0, 0.03);
}

#[test]
fn disturbances_change_the_rate_by_what_they_say() {
    let pauses = Disturbance::Pauses { length: ms(150.0), period: Duration::from_secs(5) };
    let paused = measure(&mmc(16, 40.0).disturbed(pauses), closed(32, 0.0), 1_000);
    close("3% of the time stands still", rate(&paused), 400.0 * 0.97, 0.006);
    let step = Disturbance::Step { factor: 1.5, at: Duration::from_secs(25) };
    let mut simulation = Simulation::start(mmc(16, 40.0).disturbed(step), 3);
    close("before", rate(&then(&mut simulation, closed(32, 0.0), 18)), 400.0, 0.03);
    close("after", rate(&then(&mut simulation, closed(32, 0.0), 60)), 400.0 / 1.5, 0.03);
    let mut simulation =
        Simulation::start(TargetModel::delay(Service::constant(ms(10.0))).disturbed(Disturbance::Drift { per_minute: 0.1 }), 3);
    close("in the first half minute", mean_ms(&then(&mut simulation, closed(10, 0.0), 20)), 10.0 * (1.0 + 0.1 * 15.0 / 60.0), 0.003);
}

#[test]
fn a_tail_takes_its_share_of_the_workers() {
    let tail = Some(plimsoll_core::sim::Tail { share: 0.004, extra: Duration::from_secs(1) });
    let target = TargetModel::workers(16, Service { tail, ..Service::exponential(ms(40.0)) });
    close("rate", rate(&measure(&target, closed(64, 0.0), 2_000)), 16.0 / 0.044, 0.01);
}
