//! Handshakes that come to nothing.

use crate::{
    Scene,
    beside::GOOD,
    server::{Peer, Server, ms},
    tls_server::{BOTH, VALID, serving, serving_in_pieces},
};
use plimsoll_core::outcome::Failure::{Closed, ConnectTimedOut, Reset, TlsAlert, TlsHandshake};
use plimsoll_engine::EngineConfig;
use std::{io::Read, net::Shutdown};

/// A server that reads some of the client's first words, does this, and waits for the client to close.
fn after_hello<T>(act: impl Fn(&mut Peer) -> T + Send + Sync + 'static) -> Server {
    Server::start(move |peer| {
        let mut buffer = [0; 4096];
        if matches!(peer.stream.read(&mut buffer), Ok(1..)) {
            act(peer);
        }
    })
}

fn saying(bytes: &'static [u8]) -> Server {
    after_hello(move |peer| {
        peer.say(bytes);
        peer.wait_for_close();
    })
}

/// The start of a ServerHello that goes on for 70 more bytes.
const HALF_A_HELLO: &[u8] = b"\x16\x03\x03\0\x4a\x02\0\0\x46\x03\x03";

#[test]
fn no_tls_at_all() {
    let scene = Scene::new();
    for words in [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".as_slice(),
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail ESMTP\r\n",
        &[0; 64],
        &[0xff; 64],
    ] {
        scene.assert(&saying(words), Err(TlsHandshake), &words.escape_ascii().to_string());
        let early = Server::start(move |peer| {
            peer.say(words);
            peer.wait_for_close();
        });
        scene.assert(&early, Err(TlsHandshake), "before the client has said anything");
    }
}

#[test]
fn alerts() {
    let scene = Scene::new();
    scene.assert(&saying(b"\x15\x03\x01\0\x02\x02\x28"), Err(TlsAlert), "handshake_failure");
    scene.assert(&saying(b"\x15\x03\x01\0\x02\x02\x46"), Err(TlsAlert), "protocol_version: no shared version");
    scene.assert(&saying(b"\x15\x03\x01\0\x02\x02\x50"), Err(TlsAlert), "internal_error");
    let mut config = scene.authority.papers("localhost", VALID).server(BOTH);
    config.alpn_protocols = vec![b"h2".to_vec()];
    scene.assert(&serving(config, |_| {}), Err(TlsAlert), "no shared protocol");
    let mut config = scene.authority.papers("localhost", VALID).server(BOTH);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    scene.assert(&serving(config, |tls| while tls.request() && tls.say(GOOD) {}), Ok(()), "a shared protocol");
}

#[test]
fn versions_and_messages_that_nobody_offered() {
    let scene = Scene::new();
    // TLS 1.1, with a cipher of its time.
    let mut old = b"\x16\x03\x02\0\x2a\x02\0\0\x26\x03\x02".to_vec();
    old.extend_from_slice(&[7; 32]);
    old.extend_from_slice(b"\0\0\x2f\0");
    scene.assert(&saying(old.leak()), Err(TlsHandshake), "TLS 1.1");
    scene.assert(&saying(b"\x16\x03\x03\0\x04\x0e\0\0\0"), Err(TlsHandshake), "the end of a hello that never began");
    scene.assert(&saying(b"\x17\x03\x03\0\x05hello"), Err(TlsHandshake), "text before there are keys");
    scene.assert(&saying(b"\x16\x03\x03\xff\xff\x02\0\0\x46"), Err(TlsHandshake), "a record longer than any may be");
    scene.assert(&saying(b"\x16\x03\x03\0\x04\x02\xff\xff\xff"), Err(TlsHandshake), "a message of 16 MiB");
}

#[test]
fn hanging_up() {
    let scene = Scene::new();
    scene.assert(&after_hello(|_| {}), Err(Closed), "without a word");
    scene.assert(&after_hello(Peer::reset), Err(Reset), "with a reset");
    scene.assert(&after_hello(|peer| peer.say(HALF_A_HELLO)), Err(TlsHandshake), "inside the hello");
    let half = after_hello(|peer| {
        peer.say(HALF_A_HELLO);
        peer.stream.shutdown(Shutdown::Write).expect("an open connection can be closed by half");
        peer.wait_for_close();
    });
    scene.assert(&half, Err(TlsHandshake), "by half, inside the hello");
}

/// Long enough for a good answer on a machine that is busy with other tests.
fn impatient(config: EngineConfig) -> EngineConfig {
    EngineConfig { timeout: ms(1000), ..config }
}

#[test]
fn never_finishing() {
    let scene = Scene::new();
    let silent = Server::start(Peer::wait_for_close);
    scene.assert_with(&silent, Err(ConnectTimedOut), "not a word", impatient);
    scene.assert_with(&saying(HALF_A_HELLO), Err(ConnectTimedOut), "half a hello", impatient);
    let slow = after_hello(|peer| {
        let hello = HALF_A_HELLO.iter().copied().chain(std::iter::repeat_n(0, 60));
        for byte in hello {
            if !peer.is_there_after(ms(50)) || !peer.say(&[byte]) {
                return;
            }
        }
    });
    scene.assert_with(&slow, Err(ConnectTimedOut), "a hello byte by byte", impatient);
}

#[test]
fn floods() {
    let scene = Scene::new();
    let flooding = |record: &'static [u8]| {
        let records = record.repeat(500);
        after_hello(move |peer| while peer.say(&records) {})
    };
    scene.assert(&flooding(b"\x15\x03\x03\0\x02\x01\x5a"), Err(TlsHandshake), "warnings");
    scene.assert(&flooding(b"\x14\x03\x03\0\x01\x01"), Err(TlsHandshake), "changes of cipher");
    scene.assert(&flooding(b"\x16\x03\x03\0\0"), Err(TlsHandshake), "records without anything in them");
    scene.assert(&flooding(b"\x16\x03\x03\0\x04\0\0\0\0"), Err(TlsHandshake), "requests for another handshake");
}

#[test]
fn a_good_one_byte_by_byte() {
    let scene = Scene::new();
    let config = scene.authority.papers("localhost", VALID).server(BOTH);
    let server = serving_in_pieces(config, 1, |tls| while tls.request() && tls.say(GOOD) {});
    scene.assert(&server, Ok(()), "a handshake and an answer, byte by byte");
}
