//! HTTP/2 end to end: streams that share connections, servers that leave, and servers that break the rules. What a session makes of single
//! frames is held by its own tests.

mod server;

use plimsoll_core::{
    outcome::Failure,
    schedule::Arrivals,
    step::{Load, StepPlan, StepResult},
};
use plimsoll_engine::{Endpoint, Engine, EngineConfig, EngineError, Protocol, Request};
use server::{
    Peer, Server, assert_accounted, config, eventually,
    http2::{self, DATA, END_HEADERS, END_STREAM, HEADERS, PING, RST_STREAM, SETTINGS, answer, frame, go_away, greet, request, setting},
    ms, plan, run, run_once, users,
};
use std::{net::SocketAddr, num::NonZeroU32};

const MAX_CONCURRENT_STREAMS: u16 = 3;
const INITIAL_WINDOW_SIZE: u16 = 4;

fn shared(address: SocketAddr, streams: u32) -> EngineConfig {
    EngineConfig { protocol: Protocol::Http2 { streams: NonZeroU32::new(streams).expect("streams") }, ..config(address) }
}

/// What a server does with a connection.
type Act = fn(&mut Peer);

/// A server that does this once it has said hello without any settings.
fn greeting(act: impl Fn(&mut Peer) + Send + Sync + 'static) -> Server {
    Server::start(move |peer| {
        if greet(peer, &[]) {
            act(peer);
        }
    })
}

fn assert_all_good(result: &StepResult) {
    assert_accounted(result);
    assert_eq!((result.failed().total(), result.not_sent().total()), (0, 0), "{:?}", result.failed());
    assert!(result.good() >= 10, "{}", result.good());
    assert_eq!(result.statuses.get(&200), Some(&result.good()));
}

fn assert_all_fail(result: &StepResult, want: Failure) {
    assert_accounted(result);
    assert_eq!(result.failed().get(want), result.ended(), "only {want:?}: {:?}", result.failed());
    assert!(result.ended() >= 2, "{:?}", result.failed());
}

#[test]
fn users_share_connections_by_streams() {
    for (streams, connections) in [(1, 8), (4, 2), (100, 1)] {
        let server = Server::start(|peer| http2::serve(peer, &[]));
        let result = run_once(shared(server.address, streams), &plan(users(8), ms(300)));
        assert_all_good(&result);
        assert_eq!(server.connections(), connections, "{streams} streams");
    }
}

#[test]
fn threads_and_arrivals_share_them_too() {
    let server = Server::start(|peer| http2::serve(peer, &[]));
    let two = EngineConfig { threads: NonZeroU32::new(2).unwrap(), ..shared(server.address, 5) };
    assert_all_good(&run_once(two, &plan(users(10), ms(200))));
    assert_eq!(server.connections(), 2);
    let rate = Load::Rate { per_s: 500.0, arrivals: Arrivals::Constant };
    assert_all_good(&run_once(shared(server.address, 50), &plan(rate, ms(300))));
    assert_eq!(server.connections(), 3, "one more carries the whole rate");
}

#[test]
fn so_many_requests_are_sent_and_no_more() {
    let server = Server::start(|peer| http2::serve(peer, &[]));
    for threads in [1, 3] {
        let config = EngineConfig { threads: NonZeroU32::new(threads).unwrap(), ..shared(server.address, 4) };
        let exactly = StepPlan { requests: Some(1001), ..plan(users(16), ms(60_000)) };
        let result = run_once(config, &exactly);
        assert_all_good(&result);
        assert_eq!((result.offered(), result.sent(), result.good()), (1001, 1001, 1001));
        assert!(result.measured() < ms(60_000), "it ends with the last request");
    }
}

#[test]
fn a_server_that_allows_fewer_streams_gets_no_more() {
    let server = Server::start(|peer| http2::serve(peer, &setting(MAX_CONCURRENT_STREAMS, 2)));
    let result = run_once(shared(server.address, 10), &plan(users(10), ms(300)));
    assert_all_good(&result);
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_server_that_leaves_after_some_requests_costs_none_of_them() {
    // As servers do that limit the requests of a connection; those beyond the limit were never taken.
    let server = greeting(|peer| {
        for _ in 0..10 {
            match request(peer) {
                Some(stream) if peer.say(&answer(stream)) => {}
                _ => return,
            }
        }
        if let Some(stream) = request(peer) {
            peer.say(&go_away(stream - 2));
            peer.wait_for_close();
        }
    });
    let result = run_once(shared(server.address, 4), &plan(users(8), ms(400)));
    assert_all_good(&result);
    assert!(server.connections() >= result.good() / 10, "{} connections for {} answers", server.connections(), result.good());
}

#[test]
fn a_server_that_only_ever_leaves_is_named() {
    let server = greeting(|peer| {
        while request(peer).is_some() {
            peer.say(&go_away(0));
        }
    });
    assert_all_fail(&run_once(shared(server.address, 4), &plan(users(2), ms(400))), Failure::GoAway);
}

#[test]
fn an_idle_connection_that_the_server_closes_is_opened_again_quietly() {
    let server = greeting(|peer| {
        if let Some(stream) = request(peer) {
            peer.say(&answer(stream));
        }
    });
    let thoughtful = Load::Users { users: 4, think: ms(10) };
    let result = run_once(shared(server.address, 1), &plan(thoughtful, ms(400)));
    assert_all_good(&result);
    assert!(server.connections() >= result.good(), "each answer ended a connection");
}

#[test]
fn streams_that_are_reset_fail_and_the_connection_goes_on() {
    let server = greeting(|peer| {
        while let Some(stream) = request(peer) {
            let reset = frame(RST_STREAM, 0, stream, &2u32.to_be_bytes());
            if !peer.say(&if stream % 4 == 1 { reset } else { answer(stream) }) {
                return;
            }
        }
    });
    let result = run_once(shared(server.address, 2), &plan(users(2), ms(400)));
    assert_accounted(&result);
    assert!(result.good() > 2 && result.failed().get(Failure::StreamReset) > 2, "{} good, {:?}", result.good(), result.failed());
    assert_eq!((result.failed().total(), server.connections()), (result.failed().get(Failure::StreamReset), 1));
}

#[test]
fn a_server_of_another_protocol_is_named() {
    let old = Server::start(|peer| {
        peer.say(b"HTTP/1.1 505 HTTP Version Not Supported\r\nContent-Length: 0\r\n\r\n");
        peer.wait_for_close();
    });
    assert_all_fail(&run_once(shared(old.address, 2), &plan(users(2), ms(300))), Failure::Http2Broken);
}

#[test]
fn silence_runs_out_of_time_before_hello_and_after_it() {
    let mute = Server::start(Peer::wait_for_close);
    let hasty = |address| EngineConfig { timeout: ms(60), ..shared(address, 2) };
    assert_all_fail(&run_once(hasty(mute.address), &plan(users(4), ms(400))), Failure::ConnectTimedOut);
    let deaf = greeting(Peer::wait_for_close);
    let result = run_once(hasty(deaf.address), &plan(users(4), ms(400)));
    assert_all_fail(&result, Failure::TimedOut);
    assert_eq!(deaf.connections(), 2, "a request that is given up leaves its connection to the others");
}

#[test]
fn a_server_that_takes_no_body_starves_the_request_and_nothing_else() {
    let starving = Server::start(|peer| http2::serve(peer, &setting(INITIAL_WINDOW_SIZE, 10)));
    let request = Request { method: "POST".into(), body: vec![b'x'; 1000], ..Request::get("localhost", "/") };
    let result = run_once(EngineConfig { request, timeout: ms(60), ..shared(starving.address, 2) }, &plan(users(4), ms(400)));
    assert_all_fail(&result, Failure::TimedOut);
}

#[test]
fn bodies_in_many_frames_arrive_whole() {
    let server = Server::start(|peer| http2::serve(peer, &setting(INITIAL_WINDOW_SIZE, 1 << 20)));
    // Beyond the connection's first window of 65,535 bytes the server would have to ask for more, so that one request is what fits.
    let request = Request { method: "POST".into(), body: vec![b'x'; 60_000], ..Request::get("localhost", "/") };
    let one = StepPlan { requests: Some(1), ..plan(users(1), ms(5_000)) };
    let result = run_once(EngineConfig { request, ..shared(server.address, 1) }, &one);
    assert_eq!((result.good(), result.failed().total()), (1, 0));
    assert!(result.traffic.sent_bytes > 60_000, "{:?}", result.traffic);
}

#[test]
fn floods_and_lies_hurt_nobody_else() {
    let floods: [(&str, Act); 4] = [
        ("settings", |peer| while peer.say(&frame(SETTINGS, 0, 0, &[])) {}),
        ("pings", |peer| while peer.say(&frame(PING, 0, 0, &[0; 8])) {}),
        ("a field block without an end", |peer| {
            if let Some(stream) = request(peer) {
                peer.say(&frame(HEADERS, 0, stream, http2::OK_BLOCK));
                while peer.say(&frame(9, 0, stream, &[b'x'; 4096])) {}
            }
        }),
        ("data of a stream that never was", |peer| {
            peer.say(&frame(DATA, END_STREAM, 4_001, b"x"));
            peer.wait_for_close();
        }),
    ];
    for (what, act) in floods {
        let hostile = greeting(act);
        let good = Server::start(|peer| http2::serve(peer, &[]));
        let endpoints = vec![Endpoint::Tcp(hostile.address), Endpoint::Tcp(good.address)];
        let result = run_once(EngineConfig { endpoints, ..shared(good.address, 1) }, &plan(users(4), ms(400)));
        assert_accounted(&result);
        let named = result.failed().get(Failure::Http2Broken) + result.failed().get(Failure::TooLarge);
        // Whoever met the flood goes to the next endpoint, and stays there.
        assert!(named >= 1, "{what}: {:?}", result.failed());
        assert!(result.good() > 100, "{what}: {} good", result.good());
    }
}

#[test]
fn answers_cut_off_and_connections_cut_off_have_their_names() {
    let half = greeting(|peer| {
        if let Some(stream) = request(peer) {
            peer.say(&frame(HEADERS, END_HEADERS, stream, http2::OK_BLOCK));
        }
    });
    assert_all_fail(&run_once(shared(half.address, 1), &plan(users(2), ms(300))), Failure::Truncated);
    let reset = greeting(|peer| {
        request(peer);
        peer.reset();
    });
    assert_all_fail(&run_once(shared(reset.address, 1), &plan(users(2), ms(300))), Failure::Reset);
}

#[test]
fn fewer_users_than_before_leave_the_others_alone() {
    let server = Server::start(|peer| http2::serve(peer, &[]));
    let mut engine = Engine::start(shared(server.address, 4)).unwrap();
    for count in [16, 3, 9] {
        let result = run(&mut engine, &plan(users(count), ms(150)));
        assert_eq!(result.failed().total(), 0, "{count} users");
        assert!(result.good() > 10);
    }
    drop(engine);
    eventually("all connections are closed", || server.open() == 0);
}

#[test]
fn requests_that_share_a_connection_can_not_close_it() {
    let server = Server::start(|peer| http2::serve(peer, &[]));
    let request = Request { keep_alive: false, ..Request::get("localhost", "/") };
    let refused = Engine::start(EngineConfig { request, ..shared(server.address, 1) });
    assert!(matches!(refused, Err(EngineError::ClosesSharedConnections)));
}
