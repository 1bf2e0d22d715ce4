//! What targets do wrong: each has its name, and none stops the engine.

mod server;

use plimsoll_core::{outcome::Failure, step::StepResult};
use plimsoll_engine::{AnswerLimits, EngineConfig, Request};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};
use server::{OK, Peer, Server, assert_accounted, config, ms, plan, run_once, users};
use std::net::{SocketAddr, TcpListener};

/// Two users for a while; all they get must be this failure.
fn assert_all_fail(config: EngineConfig, want: Failure) -> StepResult {
    let result = run_once(config, &plan(users(2), ms(400)));
    assert_accounted(&result);
    assert_eq!(result.failed().get(want), result.ended(), "only {want:?}: {:?}", result.failed());
    assert!(result.ended() >= 2, "each user ended a request at least once: {:?}", result.failed());
    assert!(result.failed().total() <= 2 * 21, "after a failure a user pauses for at least 20 ms: {}", result.failed().total());
    result
}

fn assert_all_good(config: EngineConfig) -> StepResult {
    let result = run_once(config, &plan(users(2), ms(300)));
    assert_accounted(&result);
    assert_eq!((result.failed().total(), result.not_sent().total()), (0, 0), "{:?}", result.failed());
    assert!(result.good() >= 2);
    result
}

/// A server that does this once to each connection, after a request, and then closes.
fn after_a_request<T>(act: impl Fn(&mut Peer) -> T + Send + Sync + 'static) -> Server {
    Server::start(move |peer| {
        if peer.request() {
            act(peer);
        }
    })
}

#[test]
fn nobody_listens() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let result = assert_all_fail(config(address), Failure::Refused);
    assert_eq!(result.sent(), result.ended(), "an attempt that failed was a send");
}

#[test]
fn closed_before_an_answer() {
    let server = after_a_request(|_| {});
    let result = assert_all_fail(config(server.address), Failure::Closed);
    assert!(server.connections() >= result.ended());
}

#[test]
fn reset_before_and_within_an_answer() {
    let server = after_a_request(Peer::reset);
    assert_all_fail(config(server.address), Failure::Reset);
}

#[test]
fn closed_within_an_answer() {
    for part in [
        b"HTTP/1.1 200".as_slice(),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
    ] {
        let server = after_a_request(move |peer| peer.say(part));
        assert_all_fail(config(server.address), Failure::Truncated);
    }
}

#[test]
fn no_http() {
    let banner = Server::start(|peer| {
        peer.say(b"SSH-2.0-OpenSSH_9.6\r\n");
        peer.wait_for_close();
    });
    assert_all_fail(config(banner.address), Failure::Malformed);
    let chatty = Server::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more");
    let result = assert_all_fail(config(chatty.address), Failure::Malformed);
    assert!(chatty.connections() >= result.ended(), "the connection is dropped");
}

#[test]
fn answers_without_end() {
    let limits = AnswerLimits { body_bytes: 1 << 20, ..AnswerLimits::default() };
    let endless = after_a_request(|peer| {
        peer.say(b"HTTP/1.1 200 OK\r\n\r\n");
        while peer.say(&[b'x'; 16 << 10]) {}
    });
    assert_all_fail(EngineConfig { limits, ..config(endless.address) }, Failure::TooLarge);
    let announced = after_a_request(|peer| {
        peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
        while peer.say(&[b'x'; 16 << 10]) {}
    });
    assert_all_fail(config(announced.address), Failure::TooLarge);
    let head = after_a_request(|peer| {
        peer.say(b"HTTP/1.1 200 OK\r\nX: ");
        while peer.say(&[b'x'; 16 << 10]) {}
    });
    assert_all_fail(config(head.address), Failure::TooLarge);
}

#[test]
fn no_answer_in_time() {
    let server = Server::start(|peer| peer.wait_for_close());
    let result = assert_all_fail(EngineConfig { timeout: ms(50), ..config(server.address) }, Failure::TimedOut);
    assert!(server.connections() >= result.ended(), "a connection that timed out is not used again");
}

#[test]
fn no_connection_in_time() {
    // An accept queue of one that nobody empties: further connection attempts are not even refused.
    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&listener, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    listen(&listener, 0).unwrap();
    let address = SocketAddr::try_from(getsockname(&listener).unwrap()).unwrap();
    let result = run_once(EngineConfig { timeout: ms(60), ..config(address) }, &plan(users(4), ms(400)));
    assert_accounted(&result);
    let failed = result.failed();
    assert_eq!(failed.get(Failure::TimedOut) + failed.get(Failure::ConnectTimedOut), result.ended(), "{failed:?}");
    assert!(failed.get(Failure::ConnectTimedOut) >= 3, "all but the first have no connection: {failed:?}");
}

#[test]
fn bad_statuses_keep_the_connection() {
    let answers: [(&[u8], Failure); 4] = [
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", Failure::TooManyRequests),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Failure::Unavailable),
        (b"HTTP/1.1 500 Broken\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", Failure::ServerError),
        (b"HTTP/1.1 404 Nowhere\r\nContent-Length: 0\r\n\r\n", Failure::ClientError),
    ];
    for (answer, failure) in answers {
        let server = Server::answering(answer);
        assert_all_fail(config(server.address), failure);
        assert_eq!(server.connections(), 2);
    }
}

#[test]
fn servers_that_close_after_each_answer_fail_nothing() {
    let announced = after_a_request(|peer| peer.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
    assert_all_good(config(announced.address));
    let until_close = after_a_request(|peer| peer.say(b"HTTP/1.1 200 OK\r\n\r\nok"));
    assert_all_good(config(until_close.address));
    let unannounced = after_a_request(|peer| peer.say(OK));
    assert_all_good(config(unannounced.address));
}

#[test]
fn a_large_answer_is_read_to_its_end() {
    const BODY: usize = 5 << 20;
    let until_close = after_a_request(|peer| peer.say(b"HTTP/1.1 200 OK\r\n\r\n") && peer.say(&vec![b'x'; BODY]));
    assert_all_good(config(until_close.address));
    let lasting = Server::start(|peer| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n");
        while peer.request() && peer.say(head.as_bytes()) && peer.say(&vec![b'x'; BODY]) {}
    });
    assert_all_good(config(lasting.address));
    assert_eq!(lasting.connections(), 2);
}

#[test]
fn an_idle_close_that_crosses_with_a_request_fails_nothing() {
    // The second request on each connection is read and then dropped, as if the close had been on its way.
    let closing = after_a_request(|peer| peer.say(OK) && peer.request());
    let result = assert_all_good(config(closing.address));
    assert!(closing.requests() >= 2 * (result.good() - 2), "each answer but the first of a user cost two requests");
    let resetting = after_a_request(|peer| {
        if peer.say(OK) && peer.request() {
            peer.reset();
        }
    });
    assert_all_good(config(resetting.address));
}

#[test]
fn without_keep_alive_each_request_has_its_own_connection() {
    let server = Server::answering(OK);
    let request = Request { keep_alive: false, ..Request::get("localhost", "/") };
    let result = assert_all_good(EngineConfig { request, ..config(server.address) });
    assert!(server.connections() >= result.good());
}

#[test]
fn a_large_request_is_written_in_parts_and_an_early_answer_counts() {
    let body = vec![b'x'; 8 << 20];
    let request = Request { method: "POST".into(), body, ..Request::get("localhost", "/") };
    let early = after_a_request(|peer| peer.say(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    let result = run_once(EngineConfig { request: request.clone(), ..config(early.address) }, &plan(users(1), ms(300)));
    assert_accounted(&result);
    let failed = result.failed();
    assert_eq!(failed.get(Failure::ClientError) + failed.get(Failure::Reset), result.ended(), "{failed:?}");
    let reads_all = Server::start(|peer| {
        let mut buffer = vec![0; 1 << 16];
        let mut left = 8 << 20;
        while peer.request() {
            left -= peer.take_buffered();
            while left > 0 {
                match std::io::Read::read(&mut peer.stream, &mut buffer) {
                    Ok(read @ 1..) => left -= read,
                    _ => return,
                }
            }
            left = 8 << 20;
            if !peer.say(OK) {
                return;
            }
        }
    });
    let result = run_once(EngineConfig { request, ..config(reads_all.address) }, &plan(users(2), ms(500)));
    assert_accounted(&result);
    assert_eq!((result.failed().total(), reads_all.connections()), (0, 2));
    assert!(reads_all.requests() >= result.good() && result.good() >= 2, "{} good", result.good());
}
