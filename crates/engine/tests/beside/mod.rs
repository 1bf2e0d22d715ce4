//! A hostile server and a good one under the same open loop: every other connection goes to the hostile one.

#![allow(dead_code, reason = "each test binary uses its part")]

use crate::server::{Peer, Server, assert_accounted, config, plan, run_once};
use plimsoll_core::{
    outcome::Failure,
    schedule::Arrivals,
    step::{Load, StepPlan, StepResult},
};
use plimsoll_engine::{AnswerLimits, EngineConfig, Request};
use std::time::Duration;

/// What the good server says: an answer to HEAD as well.
pub const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Requests of one run: half of them to each server, in turn.
const REQUESTS: u64 = 40;

/// What each request to a hostile server must come to.
pub type Want = Result<(), Failure>;

/// Small enough to be reached within a moment.
pub const LIMITS: AnswerLimits = AnswerLimits { head_bytes: 64 << 10, body_bytes: 256 << 10 };

/// A server that does this once to each connection, after a request.
pub fn after_a_request<T>(act: impl Fn(&mut Peer) -> T + Send + Sync + 'static) -> Server {
    Server::start(move |peer| {
        if peer.request() {
            act(peer);
        }
    })
}

/// A server that answers each connection's first request with this, and leaves the rest to the client.
pub fn saying(answer: impl Into<Vec<u8>>) -> Server {
    let answer = answer.into();
    after_a_request(move |peer| {
        peer.say(&answer);
        peer.wait_for_close();
    })
}

/// As [`saying`], but the server closes after its words.
pub fn saying_and_closing(answer: impl Into<Vec<u8>>) -> Server {
    let answer = answer.into();
    after_a_request(move |peer| peer.say(&answer))
}

/// Half of an open loop goes to `hostile` and comes to `want`; the other half goes to a good server, and all of it is answered.
pub fn assert_beside(hostile: &Server, want: Want, what: &str) -> StepResult {
    assert_beside_with(hostile, want, what, |config| config)
}

/// As [`assert_beside`], with another configuration.
pub fn assert_beside_with(hostile: &Server, want: Want, what: &str, with: impl Fn(EngineConfig) -> EngineConfig) -> StepResult {
    assert_beside_good(hostile, &Server::answering(GOOD), want, what, with)
}

/// As [`assert_beside_with`], beside this good server.
pub fn assert_beside_good(
    hostile: &Server,
    good: &Server,
    want: Want,
    what: &str,
    with: impl Fn(EngineConfig) -> EngineConfig,
) -> StepResult {
    // Without keep-alive each request opens a connection, and connections take the endpoints in turn.
    let request = Request { keep_alive: false, ..Request::get("localhost", "/") };
    let mut both = with(EngineConfig { request, limits: LIMITS, ..config(hostile.address) });
    both.endpoints.push(good.address.into());
    let load = Load::Rate { per_s: 400.0, arrivals: Arrivals::Constant };
    let plan = StepPlan { requests: Some(REQUESTS), ..plan(load, Duration::from_secs(60)) };
    let before = good.requests();
    let result = run_once(both, &plan);
    assert_accounted(&result);
    assert_eq!((result.offered(), result.not_sent().total(), result.pending.count()), (REQUESTS, 0, 0), "{what}");
    let (well, badly) = match want {
        Ok(()) => (REQUESTS, 0),
        Err(failure) => {
            assert_eq!(result.failed().get(failure), result.failed().total(), "{what}: only {failure:?}: {:?}", result.failed());
            (REQUESTS / 2, REQUESTS / 2)
        }
    };
    assert_eq!((result.good(), result.failed().total()), (well, badly), "{what}: {:?}", result.failed());
    assert_eq!(good.requests() - before, REQUESTS / 2, "{what}: the good server has its half");
    result
}

/// One run for each answer.
pub fn assert_each(table: &[(&[u8], Want)]) {
    for (answer, want) in table {
        assert_beside(&saying(*answer), *want, &answer.escape_ascii().to_string());
    }
}
