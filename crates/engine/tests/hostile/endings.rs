//! Connections that end where they should not, or by halves.

use crate::{
    beside::{after_a_request, assert_beside},
    server::{OK, Peer, Server, assert_accounted, config, ms, plan, run_once, users},
};
use plimsoll_core::outcome::Failure::{Closed, Reset, Truncated};
use std::net::Shutdown;

fn say_and_reset(peer: &mut Peer, part: &[u8]) {
    peer.say(part);
    peer.reset();
}

#[test]
fn a_reset_anywhere() {
    for part in [
        b"".as_slice(),
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nthe body would last until the end",
    ] {
        let server = after_a_request(move |peer| say_and_reset(peer, part));
        assert_beside(&server, Err(Reset), &part.escape_ascii().to_string());
    }
    let whole = after_a_request(|peer| say_and_reset(peer, OK));
    assert_beside(&whole, Ok(()), "a reset after the answer harms nobody");
}

/// The server closes its side only, and reads on until the client has closed as well.
fn half_closing(part: &'static [u8]) -> Server {
    after_a_request(move |peer| {
        peer.say(part);
        peer.stream.shutdown(Shutdown::Write).expect("an open connection can be closed by half");
        peer.wait_for_close();
    })
}

#[test]
fn a_close_by_half() {
    assert_beside(&half_closing(b""), Err(Closed), "before the answer");
    assert_beside(&half_closing(b"HTTP/1.1 200 OK\r\nContent-Le"), Err(Truncated), "inside the head");
    assert_beside(&half_closing(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"), Err(Truncated), "inside the body");
    assert_beside(&half_closing(b"HTTP/1.1 200 OK\r\n\r\nall there is"), Ok(()), "at the end of a body that lasts until then");
    assert_beside(&half_closing(OK), Ok(()), "after the answer");
}

#[test]
fn a_close_by_half_after_each_answer_opens_a_connection_for_each_request() {
    let server = half_closing(OK);
    let result = run_once(config(server.address), &plan(users(2), ms(200)));
    assert_accounted(&result);
    assert_eq!(result.failed().total(), 0, "{:?}", result.failed());
    assert!(server.connections() >= result.good(), "{} connections for {} answers", server.connections(), result.good());
}

#[test]
fn a_close_before_the_request_is_read() {
    // What the kernel says of it depends on what came first, the request or the close.
    let server = Server::start(|_| {});
    let result = run_once(config(server.address), &plan(users(2), ms(200)));
    assert_accounted(&result);
    let failed = result.failed();
    assert_eq!(failed.get(Closed) + failed.get(Reset), result.ended(), "{failed:?}");
    assert!(result.ended() >= 2);
}
