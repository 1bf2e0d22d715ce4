//! The open loop: requests fall due whatever the target does.

mod server;

use plimsoll_core::{outcome::NotSent, schedule::Arrivals, step::Load};
use plimsoll_engine::{Engine, EngineConfig};
use server::{OK, Server, assert_accounted, config, eventually, ms, plan, run, run_once, users};
use std::num::NonZeroU32;

fn rate(per_s: f64) -> Load {
    Load::Rate { per_s, arrivals: Arrivals::Constant }
}

#[test]
fn an_open_loop_offers_its_rate_whatever_the_shards() {
    let server = Server::answering(OK);
    for (threads, arrivals) in [(1, Arrivals::Constant), (2, Arrivals::Constant), (2, Arrivals::Poisson)] {
        let config = EngineConfig { threads: NonZeroU32::new(threads).unwrap(), ..config(server.address) };
        let result = run_once(config, &plan(Load::Rate { per_s: 500.0, arrivals }, ms(1000)));
        assert_accounted(&result);
        assert_eq!(result.failed().total(), 0);
        // Five standard deviations of a Poisson count; equal gaps are exact but for the phase of each shard.
        let room = if arrivals == Arrivals::Poisson { 112 } else { u64::from(threads) };
        assert!(result.offered().abs_diff(500) <= room, "{} offered", result.offered());
    }
}

#[test]
fn a_hanging_target_slows_no_arrival() {
    let server = Server::start(|peer| peer.wait_for_close());
    let result = run_once(config(server.address), &plan(rate(200.0), ms(500)));
    assert_accounted(&result);
    assert!(result.offered().abs_diff(100) <= 1, "{} offered", result.offered());
    assert_eq!((result.ended(), result.pending.count()), (0, result.offered()));
}

#[test]
fn beyond_the_cap_on_connections_requests_wait_and_then_give_up() {
    let server = Server::start(|peer| peer.wait_for_close());
    let config = EngineConfig { max_in_flight: Some(3), timeout: ms(10_000), ..config(server.address) };
    let result = run_once(config.clone(), &plan(rate(200.0), ms(500)));
    assert_accounted(&result);
    assert_eq!((result.sent(), server.connections()), (3, 3));
    assert_eq!((result.not_sent().total(), result.pending.count()), (0, result.offered()), "what waits is pending");

    let result = run_once(EngineConfig { timeout: ms(100), ..config }, &plan(rate(200.0), ms(600)));
    assert_accounted(&result);
    let given_up = result.not_sent().get(NotSent::NoConnection);
    assert_eq!(given_up, result.not_sent().total());
    assert!(given_up > result.failed().total(), "three connections serve few of 120: {given_up} gave up");
}

#[test]
fn the_axis_may_change_from_step_to_step() {
    let server = Server::answering(OK);
    let mut engine = Engine::start(config(server.address)).unwrap();
    run(&mut engine, &plan(users(6), ms(200)));
    let result = run(&mut engine, &plan(rate(300.0), ms(400)));
    assert!(result.offered().abs_diff(120) <= 1, "{} offered", result.offered());
    assert_eq!(result.failed().total(), 0);
    let result = run(&mut engine, &plan(users(2), ms(200)));
    assert_eq!((result.pending.count(), result.failed().total()), (2, 0));
    eventually("what the pool held is closed", || server.open() == 2);
}

#[test]
fn a_server_that_closes_each_connection_is_served_from_fresh_ones() {
    let server = Server::start(|peer| {
        if peer.request() {
            peer.say(b"HTTP/1.0 200 OK\r\n\r\nbye");
        }
    });
    let result = run_once(config(server.address), &plan(rate(200.0), ms(500)));
    assert_accounted(&result);
    assert_eq!((result.failed().total(), result.not_sent().total()), (0, 0));
    assert!(server.connections() >= result.good());
}
