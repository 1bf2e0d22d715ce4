//! Steps against servers of this process: counts and identities, settling, users who come and go.

mod server;

use plimsoll_core::{
    schedule::Arrivals,
    step::{Driver, Flow, Load, Settle, StepEnd},
};
use plimsoll_engine::{Engine, EngineConfig, EngineError};
use server::{OK, Server, assert_accounted, config, eventually, ms, plan, run, run_once, users};
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

#[test]
fn every_request_of_a_closed_loop_is_accounted_for() {
    let server = Server::answering(OK);
    for threads in [1, 3] {
        let before = server.requests();
        let config = EngineConfig { threads: NonZeroU32::new(threads).unwrap(), ..config(server.address) };
        let result = run_once(config, &plan(users(8), ms(400)));
        assert_accounted(&result);
        assert_eq!((result.end, result.batches.len(), result.measured()), (StepEnd::Full, 5, ms(400)));
        assert_eq!(result.failed().total(), 0);
        assert_eq!(result.pending.count(), 8, "without a pause each user always has a request in flight");
        assert!(server.requests() - before >= result.good());
        assert!(result.batches.iter().all(|batch| batch.late[1] == 0));
        let health = &result.generator;
        assert!(health.cpu_share.is_some() && health.send_lag_p99_us >= health.send_lag_p50_us, "{health:?}");
    }
}

#[test]
fn users_stay_from_step_to_step_and_surplus_ones_leave() {
    let server = Server::answering(OK);
    let mut engine = Engine::start(config(server.address)).unwrap();
    run(&mut engine, &plan(users(4), ms(200)));
    assert_eq!(server.connections(), 4);
    run(&mut engine, &plan(users(10), ms(200)));
    assert_eq!(server.connections(), 10, "six users are added, with a connection each");
    let result = run(&mut engine, &plan(users(3), ms(200)));
    assert_eq!(result.pending.count(), 3);
    eventually("seven connections close", || server.open() == 3);
    assert_eq!(server.connections(), 10);
    drop(engine);
    eventually("the others close with the engine", || server.open() == 0);
}

#[test]
fn a_rest_takes_all_load_away_and_its_time_does_not_count() {
    let server = Server::answering(OK);
    let mut engine = Engine::start(config(server.address)).unwrap();
    let before = run(&mut engine, &plan(users(4), ms(200)));
    let began = Instant::now();
    engine.rest().unwrap();
    engine.rest().unwrap();
    eventually("all users leave", || server.open() == 0);
    let requests = server.requests();
    let open = Load::Rate { per_s: 1e3, arrivals: Arrivals::Constant };
    let after = run(&mut engine, &plan(open, ms(200)));
    let gap = after.started.saturating_sub(before.ended_at());
    assert!(gap < began.elapsed() - after.measured(), "{gap:?} of {:?} counted", began.elapsed());
    assert!(server.requests() - requests <= after.offered() + after.settle_good + 1, "only the next step sends");
}

#[test]
fn what_leaves_in_flight_counts_no_more() {
    let server = Server::start(|peer| {
        peer.request();
        peer.wait_for_close();
    });
    let mut engine = Engine::start(config(server.address)).unwrap();
    let result = run(&mut engine, &plan(users(5), ms(200)));
    assert_accounted(&result);
    assert_eq!((result.offered(), result.sent(), result.pending.count()), (5, 5, 5));
    let result = run(&mut engine, &plan(users(2), ms(100)));
    assert_eq!((result.offered(), result.ended(), result.pending.count()), (0, 0, 2));
    assert!(result.pending.quantile(0.5, 0).unwrap() >= ms(100), "they are as old as their first step");
}

#[test]
fn settling_discards_what_ends_before_the_batches() {
    let server = Server::answering(OK);
    let mut engine = Engine::start(config(server.address)).unwrap();
    let mut plan = plan(users(2), ms(100));
    plan.settle = Settle { least: ms(50), most: Duration::from_secs(30), completions: 500 };
    let mut seen = Vec::new();
    let result = engine
        .drive(&plan, &mut |so_far| {
            seen.push((so_far.batches.len(), so_far.response.count() == so_far.good()));
            Flow::Continue
        })
        .unwrap();
    assert!(result.settle_good >= 500, "{} good while settling", result.settle_good);
    assert!(result.settled >= ms(50) && result.settled < Duration::from_secs(30), "{:?}", result.settled);
    assert!(seen.iter().all(|&(_, exact)| exact), "histograms are up to date at each call");
    let batches: Vec<usize> = seen.iter().map(|&(batches, _)| batches).filter(|&batches| batches > 0).collect();
    assert_eq!(batches, [1, 2, 3, 4, 5]);
    let all = result.settle_good + result.good() + result.pending.count();
    assert!(server.requests() >= all - 2, "{all} requests, {} of them seen by the server", server.requests());
}

#[test]
fn a_caller_may_end_a_step_while_it_settles() {
    let server = Server::start(|peer| peer.wait_for_close());
    let mut engine = Engine::start(EngineConfig { threads: NonZeroU32::new(2).unwrap(), ..config(server.address) }).unwrap();
    let mut plan = plan(users(3), ms(100));
    plan.settle = Settle { least: Duration::ZERO, most: Duration::from_secs(600), completions: 1 };
    let mut calls = 0;
    let result = engine
        .drive(&plan, &mut |so_far| {
            calls += 1;
            assert!(so_far.batches.is_empty());
            if calls == 3 { Flow::Interrupt } else { Flow::Continue }
        })
        .unwrap();
    assert_eq!((result.end, calls), (StepEnd::Interrupted, 3));
    assert_eq!((result.batches.len(), result.settle_good, result.pending.count()), (0, 0, 3));
    assert!(result.settled < Duration::from_secs(600));
}

#[test]
fn a_caller_may_end_a_step_after_a_batch_and_go_on_with_another() {
    let server = Server::answering(OK);
    let mut engine = Engine::start(config(server.address)).unwrap();
    let result = engine
        .drive(&plan(users(4), ms(500)), &mut |so_far| if so_far.batches.len() == 2 { Flow::Enough } else { Flow::Continue })
        .unwrap();
    assert_eq!((result.end, result.batches.len(), result.measured()), (StepEnd::Enough, 2, ms(200)));
    assert_accounted(&result);
    let result = run(&mut engine, &plan(users(4), ms(200)));
    assert_eq!((result.end, result.batches.len(), result.pending.count()), (StepEnd::Full, 5, 4));
    assert_eq!(server.connections(), 4);
}

#[test]
fn users_who_think_pause_between_requests() {
    let server = Server::answering(OK);
    let load = Load::Users { users: 20, think: ms(100) };
    let result = run_once(config(server.address), &plan(load, ms(1000)));
    assert_accounted(&result);
    assert_eq!(result.failed().total(), 0);
    // At most users x time / think, plus five standard deviations of a Poisson count.
    assert!(result.offered() <= 271, "{} offered", result.offered());
    assert_eq!(server.connections(), result.offered().min(20), "pauses keep the connection");
}

#[test]
fn a_void_plan_and_one_beyond_the_file_limit_are_refused() {
    let server = Server::answering(OK);
    let mut engine = Engine::start(config(server.address)).unwrap();
    let most = engine.max_users();
    let mut refusal = |load| engine.drive(&plan(load, ms(100)), &mut |_| Flow::Continue).unwrap_err();
    assert!(matches!(refusal(users(most + 1)), EngineError::TooFewFiles { .. }));
    assert!(matches!(refusal(users(0)), EngineError::VoidPlan(_)));
    assert!(matches!(refusal(Load::Rate { per_s: 0.0, arrivals: Default::default() }), EngineError::VoidPlan(_)));
    assert_eq!(server.connections(), 0);
    let nowhere = EngineConfig { cpus: Some(vec![1 << 20]), ..config(server.address) };
    assert!(matches!(Engine::start(nowhere), Err(EngineError::NoSuchCpu(_))));
    assert!(matches!(Engine::start(EngineConfig { endpoints: Vec::new(), ..config(server.address) }), Err(EngineError::NoAddress)));
}
