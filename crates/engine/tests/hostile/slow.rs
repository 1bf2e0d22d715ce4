//! Answers that come one byte at a time, or not at all, or without a pause.

use crate::{
    beside::{after_a_request, assert_beside, assert_beside_with},
    server::{OK, Peer, ms},
};
use plimsoll_core::outcome::Failure::{Malformed, ServerError, TimedOut};
use plimsoll_engine::{AnswerLimits, EngineConfig};

/// Says each byte in a packet of its own.
fn say_by_byte(peer: &mut Peer, bytes: &[u8]) -> bool {
    peer.stream.set_nodelay(true).expect("a socket takes TCP_NODELAY");
    bytes.iter().all(|byte| peer.say(std::slice::from_ref(byte)))
}

#[test]
fn one_byte_at_a_time() {
    for (answer, want) in [
        (OK, Ok(())),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: v\r\n\r\n", Ok(())),
        (b"HTTP/1.1 204 No Content\r\nX-Long: a field of some length\r\n\r\n", Ok(())),
        (b"HTTP/1.1 500 Broken\r\nContent-Length: 5\r\n\r\nhello", Err(ServerError)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Err(Malformed)),
    ] {
        let server = after_a_request(move |peer| {
            say_by_byte(peer, answer);
            peer.wait_for_close();
        });
        assert_beside(&server, want, &answer.escape_ascii().to_string());
    }
}

/// Long enough for a good answer on a machine that is busy with other tests.
fn impatient(config: EngineConfig) -> EngineConfig {
    EngineConfig { timeout: ms(500), ..config }
}

#[test]
fn one_byte_at_a_time_for_longer_than_the_time_out() {
    for (start, drop) in [
        (b"HTTP/1.1 200 OK\r\nX: ".as_slice(), b"x".as_slice()),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let server = after_a_request(move |peer| {
            say_by_byte(peer, start);
            while peer.is_there_after(ms(20)) && peer.say(drop) {}
        });
        assert_beside_with(&server, Err(TimedOut), &start.escape_ascii().to_string(), impatient);
    }
}

#[test]
fn silence() {
    for start in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"] {
        let server = after_a_request(move |peer| {
            peer.say(start);
            peer.wait_for_close();
        });
        assert_beside_with(&server, Err(TimedOut), &start.escape_ascii().to_string(), impatient);
    }
}

#[test]
fn a_flood_that_no_limit_stops() {
    let server = after_a_request(|peer| {
        peer.say(b"HTTP/1.1 200 OK\r\n\r\n");
        while peer.say(&[b'x'; 64 << 10]) {}
    });
    let limits = AnswerLimits { body_bytes: u64::MAX, ..AnswerLimits::default() };
    let config = |config: EngineConfig| EngineConfig { limits, ..impatient(config) };
    assert_beside_with(&server, Err(TimedOut), "as fast as it can until the time-out", config);
}
