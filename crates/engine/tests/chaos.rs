//! A server that does something else with each request: whatever comes, every request is accounted for.

mod server;

use plimsoll_core::{
    outcome::Failure,
    schedule::Arrivals,
    step::{Driver, Flow, Load},
};
use plimsoll_engine::{Engine, EngineConfig};
use server::{OK, Peer, Server, assert_accounted, config, ms, plan, run_once, users};
use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
};

/// Does one of ten things; `false` ends the connection.
fn mischief(peer: &mut Peer, choice: u64) -> bool {
    let goes_on = match choice % 10 {
        0 => false,
        1 => {
            peer.reset();
            false
        }
        2 => {
            peer.wait_for_close();
            false
        }
        3 => peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
        4 => peer.say(b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        5 => peer.say(b"220 ready\r\n"),
        6 => peer.say(b"HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n"),
        7 => peer.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
        _ => peer.say(OK),
    };
    // After half an answer, and where it said so, the server closes.
    goes_on && !matches!(choice % 10, 3 | 4)
}

fn chaos() -> Server {
    let turns = AtomicU64::new(1);
    Server::start(move |peer| {
        while peer.request() {
            let turn = turns.fetch_add(1, Ordering::Relaxed);
            // A multiplicative hash, so that neighbours get different treatment.
            if !mischief(peer, turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) {
                return;
            }
        }
    })
}

fn hardened(server: &Server, threads: u32) -> EngineConfig {
    EngineConfig { timeout: ms(60), threads: NonZeroU32::new(threads).unwrap(), ..config(server.address) }
}

#[test]
fn whatever_a_target_does_every_request_is_accounted_for() {
    let server = chaos();
    let loads = [users(1), users(12), Load::Users { users: 12, think: ms(5) }, Load::Rate { per_s: 400.0, arrivals: Arrivals::Poisson }];
    for load in loads {
        for threads in [1, 2] {
            let result = run_once(hardened(&server, threads), &plan(load, ms(500)));
            assert_accounted(&result);
            assert!(result.sent() <= result.offered(), "nothing is sent twice");
            let impossible = [Failure::Refused, Failure::Unreachable, Failure::TooLarge, Failure::ServerError, Failure::ClientError];
            for failure in impossible {
                assert_eq!(result.failed().get(failure), 0, "{failure:?} under {load:?}");
            }
        }
    }
}

#[test]
fn loads_that_come_and_go_leave_nothing_behind() {
    let server = chaos();
    let mut engine = Engine::start(hardened(&server, 2)).unwrap();
    let mut expected = Vec::new();
    for (index, load) in
        [users(8), users(3), Load::Rate { per_s: 200.0, arrivals: Arrivals::Constant }, users(16), users(1)].into_iter().enumerate()
    {
        let batches = 1 + index % 3;
        let flow = |done: usize| if done == batches { Flow::Enough } else { Flow::Continue };
        let result = engine.drive(&plan(load, ms(250)), &mut |so_far| flow(so_far.batches.len())).unwrap();
        assert_eq!(result.batches.len(), batches);
        assert_eq!(result.response.count(), result.good());
        expected.push(result.started);
    }
    assert!(expected.is_sorted(), "steps follow each other");
    drop(engine);
    server::eventually("all connections are closed", || server.open() == 0);
}
