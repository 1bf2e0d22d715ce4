//! Bodies whose bounds lie, contradict each other, or are beyond all bounds.

use crate::{
    beside::{Want, after_a_request, assert_beside, assert_beside_with, assert_each, saying, saying_and_closing},
    server::{Server, assert_accounted, config, ms, plan, run_once, users},
};
use plimsoll_core::outcome::Failure::{Malformed, TooLarge, Truncated};
use plimsoll_engine::{EngineConfig, Request};

#[test]
fn lengths() {
    assert_each(&[
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000000\r\n\r\nx", Err(TooLarge)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nx", Err(TooLarge)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\nContent-Length: 1\r\n\r\nx", Ok(())),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 11\r\n\r\n1\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nmore than one", Err(Malformed)),
    ]);
    let short = saying_and_closing(*b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfewer than a hundred");
    assert_beside(&short, Err(Truncated), "a body shorter than its length");
}

/// A chunked answer with this body, as it goes over the wire.
fn chunked(body: &[u8]) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", body].concat()
}

#[test]
fn chunk_sizes() {
    let table: &[(&[u8], Want)] = &[
        (b"000000000000000A;name=\"value\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", Ok(())),
        (b"00000000000000001\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"10000000000000000\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"ffffffffffffffff\r\nx\r\n0\r\n\r\n", Err(TooLarge)),
        (b"7fffffffffffffff\r\nx\r\n0\r\n\r\n", Err(TooLarge)),
        (b"fffffffffffffffe\r\nx", Err(TooLarge)),
        (b"1\r\nx\r\nffffffffffffffff\r\n", Err(TooLarge)),
        (b"-1\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"0x1\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"g\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b";name\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"1 1\r\nx\r\n0\r\n\r\n", Err(Malformed)),
        // Lines that end with a line feed alone: between chunks that is how bodies are taken apart by one and not by the other.
        (b"1\nx\r\n0\r\n\r\n", Err(Malformed)),
        (b"1\r\nx\n0\r\n\r\n", Err(Malformed)),
        (b"1\r\nx\r\n0\r\n\n", Err(Malformed)),
        // A size that is too short for its data, and one that is too long.
        (b"2\r\nabc\r\n0\r\n\r\n", Err(Malformed)),
        (b"4\r\nab\r\n0\r\n\r\n", Err(Malformed)),
        // An answer after the end of the body, and one that is taken for trailers.
        (b"1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"1\r\nx\r\n0\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
    ];
    for (body, want) in table {
        assert_beside(&saying(chunked(body)), *want, &body.escape_ascii().to_string());
    }
    for cut in [b"5\r\nabc".as_slice(), b"5\r\nabcde", b"5", b"", b"1\r\nx\r\n", b"1\r\nx\r\n0\r\n", b"0\r\nTrailer: x"] {
        assert_beside(&saying_and_closing(chunked(cut)), Err(Truncated), &cut.escape_ascii().to_string());
    }
}

#[test]
fn chunked_bodies_without_end() {
    for part in [b"1\r\nx\r\n".as_slice(), b"1;name=value\r\nx\r\n", b"1000\r\n"] {
        let data = if part.starts_with(b"1000") { [part, &[b'x'; 4096], b"\r\n"].concat() } else { part.repeat(100) };
        let server = after_a_request(move |peer| {
            peer.say(&chunked(b""));
            while peer.say(&data) {}
        });
        assert_beside(&server, Err(TooLarge), &part.escape_ascii().to_string());
    }
    for start in [b"1;".as_slice(), b"1 ", b"0\r\nTrailer: "] {
        let server = after_a_request(move |peer| {
            peer.say(&chunked(start));
            while peer.say(&[b' '; 4096]) {}
        });
        assert_beside(&server, Err(TooLarge), &start.escape_ascii().to_string());
    }
}

#[test]
fn answers_that_have_no_body() {
    assert_each(&[
        (b"HTTP/1.1 204 No Content\r\n\r\n", Ok(())),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", Ok(())),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", Err(Malformed)),
        (b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", Ok(())),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", Err(Malformed)),
    ]);
    let head = |config: EngineConfig| {
        let request = Request { method: "HEAD".into(), ..config.request };
        EngineConfig { request, ..config }
    };
    let table: &[(&[u8], Want)] = &[
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000000\r\n\r\n", Ok(())),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Ok(())),
        (b"HTTP/1.1 200 OK\r\n\r\n", Ok(())),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Err(Malformed)),
    ];
    for (answer, want) in table {
        assert_beside_with(&saying(*answer), *want, &answer.escape_ascii().to_string(), head);
    }
}

#[test]
fn version_1_0() {
    let table: &[(&[u8], Want)] = &[
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", Ok(())),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nuntil the end", Ok(())),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", Ok(())),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nok", Err(Truncated)),
    ];
    for (answer, want) in table {
        assert_beside(&saying_and_closing(*answer), *want, &answer.escape_ascii().to_string());
    }
    let lasting = Server::answering(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok");
    let result = run_once(config(lasting.address), &plan(users(2), ms(200)));
    assert_accounted(&result);
    assert_eq!((result.failed().total(), lasting.connections()), (0, 2));
    assert!(result.good() > 2, "connections are used again: {}", result.good());
}
