//! What hostile peers send is never kept: the peak of the allocator is bounded by the limits, not by what comes. The allocator is the whole
//! process's, so that this test has a process of its own.

mod server;
mod tls_server;

use peak_alloc::PeakAlloc;
use plimsoll_core::step::StepResult;
use plimsoll_engine::{AnswerLimits, Engine, EngineConfig, Tls};
use server::{OK, Peer, Server, assert_accounted, config, ms, plan, run, users};
use std::io::Read;
use tls_server::{Authority, BOTH, VALID, serving};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const USERS: u32 = 32;
const LIMITS: AnswerLimits = AnswerLimits { head_bytes: 64 << 10, body_bytes: 8 << 20 };

/// The most memory, in bytes above what there was before, while this server is under load; and what came of it.
fn peak_under(server: &Server, tls: Option<&Tls>) -> (usize, StepResult) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let config = EngineConfig { limits: LIMITS, timeout: ms(300), tls: tls.cloned(), ..config(server.address) };
    let mut engine = Engine::start(config).expect("the engine starts");
    let result = run(&mut engine, &plan(users(USERS), ms(600)));
    assert_accounted(&result);
    (MEMORY.peak_usage() - before, result)
}

/// A server that says `start` and then `more` for as long as somebody listens. It allocates nothing on the way.
fn flooding(start: &'static [u8], more: &'static [u8]) -> Server {
    Server::start(move |peer: &mut Peer| {
        if peer.request() {
            peer.say(start);
            while peer.say(more) {}
        }
    })
}

fn assert_floods_are_not_kept() {
    // What an engine, its histograms and the server's threads take when all goes well.
    let (calm, _) = peak_under(&Server::answering(OK), None);
    // A head may be kept while it is incomplete: up to its limit, in a buffer that doubles as it grows.
    let heads = 2 * USERS as usize * LIMITS.head_bytes as usize;
    let slack = 1 << 20;
    let data: &[u8] = Box::leak(vec![b'x'; 64 << 10].into_boxed_slice());
    let fields: &[u8] = Box::leak(b"X: y\r\n".repeat(10_000).into_boxed_slice());
    let interims: &[u8] = Box::leak(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(2_000).into_boxed_slice());
    let chunks: &[u8] = Box::leak(b"1;name=value\r\nx\r\n".repeat(4_000).into_boxed_slice());
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice();
    let table: [(&str, &[u8], &[u8], usize); 8] = [
        ("one line of a head", b"HTTP/1.1 200 OK\r\nX: ", data, heads),
        ("fields", b"HTTP/1.1 200 OK\r\n", fields, heads),
        ("interim answers", b"", interims, heads),
        ("a body until the end", b"HTTP/1.1 200 OK\r\n\r\n", data, 0),
        ("a body of 7 MiB", b"HTTP/1.1 200 OK\r\nContent-Length: 7340032\r\n\r\n", data, 0),
        ("chunks", chunked, chunks, 0),
        ("one chunk without end", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffff\r\n", data, 0),
        ("trailers", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: ", data, 0),
    ];
    for (what, start, more, room) in table {
        let server = flooding(start, more);
        let (peak, result) = peak_under(&server, None);
        assert!(peak <= calm + room + slack, "{what}: {peak} bytes, {calm} without a flood");
        assert!(result.ended() > 0, "{what}: requests end");
        assert!(result.traffic.received_bytes > 1 << 20, "{what}: it was a flood: {} bytes", result.traffic.received_bytes);
    }
}

fn assert_floods_inside_tls_are_not_kept() {
    let authority = Authority::new();
    let tls = authority.trusted("localhost");
    let serving = |serve: fn(&mut tls_server::TlsPeer<'_>)| serving(authority.papers("localhost", VALID).server(BOTH), serve);
    let (calm, _) = peak_under(&serving(|tls| while tls.request() && tls.say(OK) {}), Some(&tls));
    // What rustls keeps of records that are not whole, at both ends: a message of a handshake may have 64 KiB.
    let sessions = 2 * USERS as usize * (64 << 10);
    let text = serving(|tls| {
        if tls.request() {
            tls.say(b"HTTP/1.1 200 OK\r\n\r\n");
            while tls.say(&[b'x'; 16 << 10]) {}
        }
    });
    let (peak, result) = peak_under(&text, Some(&tls));
    assert!(peak <= calm + sessions, "text: {peak} bytes, {calm} without a flood");
    assert!(result.traffic.received_bytes > 1 << 20, "it was a flood: {} bytes", result.traffic.received_bytes);
    let hello = Server::start(|peer| {
        if matches!(peer.stream.read(&mut [0; 4096]), Ok(1..)) {
            // A message of 65,532 bytes, the last of which never comes.
            peer.say(b"\x16\x03\x03\x40\0\x02\0\xff\xfc");
            peer.say(&[0; (16 << 10) - 4]);
            while peer.say(b"\x16\x03\x03\0\x01\0") && peer.is_there_after(ms(1)) {}
        }
    });
    let (peak, _) = peak_under(&hello, Some(&tls));
    assert!(peak <= calm + sessions, "half a handshake: {peak} bytes, {calm} without a flood");
}

/// One after the other: there is one allocator.
#[test]
fn floods_are_not_kept() {
    assert_floods_are_not_kept();
    assert_floods_inside_tls_are_not_kept();
}
