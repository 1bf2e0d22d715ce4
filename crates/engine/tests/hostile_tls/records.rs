//! What goes on inside a session: damage, floods, many records, small pieces, and large requests.

use crate::{
    Scene,
    beside::GOOD,
    server::{OK, Server, assert_accounted, config, ms, plan, run_once, users},
    tls_server::{VALID, serving, serving_in_pieces},
};
use plimsoll_core::{
    outcome::Failure::{ClientError, Malformed, TimedOut, TlsBroken, TooLarge},
    step::StepPlan,
};
use plimsoll_engine::{AnswerLimits, EngineConfig, Request};
use rustls::{
    ConnectionTrafficSecrets, ContentType, ProtocolVersion, ServerConnection,
    crypto::{cipher::OutboundPlainMessage, ring::Ticketer},
    version::{TLS12, TLS13},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

#[test]
fn damage() {
    let scene = Scene::new();
    for garbage in
        [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".as_slice(), &[0xaa; 600], b"\x17\x03\x03\0\x20no record of any session of ours"]
    {
        let server = scene.serving(move |tls| {
            if tls.request() {
                tls.say_raw(garbage);
                tls.peer.wait_for_close();
            }
        });
        scene.assert(&server, Err(TlsBroken), "garbage in place of records");
    }
    let flipped = scene.serving(|tls| {
        if tls.request() {
            let mut wire = tls.prepare(OK);
            *wire.last_mut().expect("a record") ^= 1;
            tls.say_raw(&wire);
            tls.peer.wait_for_close();
        }
    });
    scene.assert(&flipped, Err(TlsBroken), "one bit of a record");
    let inside = scene.serving(|tls| {
        if tls.request() {
            let wire = tls.prepare(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
            tls.say_raw(&[wire.as_slice(), &[0xaa; 60]].concat());
            tls.peer.wait_for_close();
        }
    });
    scene.assert(&inside, Err(TlsBroken), "inside an answer");
    let after = scene.serving(|tls| {
        if tls.request() {
            let wire = tls.prepare(OK);
            tls.say_raw(&[wire.as_slice(), &[0xaa; 60]].concat());
            tls.peer.wait_for_close();
        }
    });
    scene.assert(&after, Ok(()), "a whole answer that came before the damage counts");
}

#[test]
fn http_inside_tls_has_the_same_names() {
    let scene = Scene::new();
    for (said, want) in [
        (b"SSH-2.0-OpenSSH_9.6\r\n".as_slice(), Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000000\r\n\r\n", TooLarge),
        (b"HTTP/1.1 404 Nowhere\r\nContent-Length: 0\r\n\r\n", ClientError),
    ] {
        let server = scene.serving(move |tls| {
            if tls.request() {
                tls.say(said);
                tls.peer.wait_for_close();
            }
        });
        scene.assert(&server, Err(want), &said.escape_ascii().to_string());
    }
}

#[test]
fn floods() {
    let scene = Scene::new();
    let text = scene.serving(|tls| {
        if tls.request() {
            tls.say(b"HTTP/1.1 200 OK\r\n\r\n");
            while tls.say(&[b'x'; 16 << 10]) {}
        }
    });
    scene.assert(&text, Err(TooLarge), "a body without end");
    let crumbs = scene.serving(|tls| {
        if tls.request() {
            tls.say(b"HTTP/1.1 200 OK\r\nX: ");
            while tls.say(b"x") {}
        }
    });
    let limits = AnswerLimits { head_bytes: 2 << 10, ..AnswerLimits::default() };
    let narrow = |config: EngineConfig| EngineConfig { limits, ..config };
    scene.assert_with(&crumbs, Err(TooLarge), "a head without end, a record for each byte", narrow);
    let keys = serving(scene.authority.papers("localhost", VALID).server(&[&TLS13]), |tls| {
        if tls.request() {
            while tls.session.refresh_traffic_keys().is_ok() && tls.flush() {}
        }
    });
    scene.assert(&keys, Err(TlsBroken), "key updates without end");
    for (tickets, want) in [(100, Ok(())), (1000, Err(TlsBroken))] {
        let mut config = scene.authority.papers("localhost", VALID).server(&[&TLS13]);
        config.send_tls13_tickets = tickets;
        config.ticketer = Ticketer::new().expect("a ticketer");
        let server = serving(config, |tls| while tls.request() && tls.say(GOOD) {});
        scene.assert(&server, want, &format!("{tickets} tickets in one breath before the answer"));
    }
}

#[test]
fn a_flood_of_records_without_text_does_not_hold_the_shard() {
    // A ticket of one byte: all that it brings is thrown away.
    const TICKET: &[u8] = b"\x04\0\0\x0f\0\0\0\x01\0\0\0\0\x01n\0\x01t\0\0";
    let scene = Scene::new();
    let mut config = scene.authority.papers("localhost", VALID).server(&[&TLS13]);
    config.enable_secret_extraction = true;
    let config = Arc::new(config);
    let floods = AtomicU64::new(0);
    let server = Server::start(move |peer| {
        let mut session = ServerConnection::new(Arc::clone(&config)).expect("a session");
        while session.is_handshaking() {
            if session.complete_io(&mut peer.stream).is_err() {
                return;
            }
        }
        // Two are enough: to seal a record takes this machine as long as to open it.
        if floods.fetch_add(1, Ordering::SeqCst) >= 2 {
            return peer.wait_for_close();
        }
        let mut seal = sealing(session);
        while peer.say(&(0..100).flat_map(|_| seal(ContentType::Handshake, TICKET)).collect::<Vec<u8>>()) {}
    });
    let impatient = |config: EngineConfig| EngineConfig { timeout: ms(1000), ..config };
    scene.assert_with(&server, Err(TimedOut), "tickets without end, a record each", impatient);
}

/// Makes records of a session's, with whatever in them.
fn sealing(session: ServerConnection) -> impl FnMut(ContentType, &[u8]) -> Vec<u8> {
    let suite = session.negotiated_cipher_suite().and_then(|suite| suite.tls13()).expect("a session of TLS 1.3");
    let (mut number, secrets) = session.dangerous_extract_secrets().expect("secrets that may be had").tx;
    let (key, iv) = match secrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv }
        | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
        | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => (key, iv),
        _ => panic!("no cipher of ours"),
    };
    let mut encrypter = suite.aead_alg.encrypter(key, iv);
    move |typ, payload| {
        let record = OutboundPlainMessage { typ, version: ProtocolVersion::TLSv1_2, payload: payload.into() };
        let sealed = encrypter.encrypt(record, number).expect("a record");
        number += 1;
        sealed.encode()
    }
}

#[test]
fn large_answers() {
    const BODY: usize = 1 << 20;
    let scene = Scene::new();
    let heads = [format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n"), "HTTP/1.1 200 OK\r\n\r\n".to_owned()];
    let roomy = |config: EngineConfig| EngineConfig { limits: AnswerLimits::default(), ..config };
    for (head, lasts_until_close) in heads.into_iter().zip([false, true]) {
        for version in [&TLS12, &TLS13] {
            let whole = [head.as_bytes(), &vec![b'x'; BODY]].concat();
            let papers = scene.authority.papers("localhost", VALID);
            let server = serving_in_pieces(papers.server(&[version]), 5000, move |tls| {
                if tls.request() {
                    tls.say(&whole);
                    if lasts_until_close {
                        tls.farewell();
                    }
                    tls.peer.wait_for_close();
                }
            });
            let result = scene.assert_with(&server, Ok(()), "1 MiB in pieces that are no records", roomy);
            assert!(result.traffic.received_bytes >= 20 * BODY as u64);
        }
    }
    let lasting = scene.serving(|tls| {
        let whole = [format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n").as_bytes(), &vec![b'x'; BODY]].concat();
        while tls.request() && tls.say(&whole) {}
    });
    let plan = StepPlan { requests: Some(10), ..plan(users(2), Duration::from_secs(60)) };
    let result = run_once(EngineConfig { tls: Some(scene.tls.clone()), ..config(lasting.address) }, &plan);
    assert_accounted(&result);
    assert_eq!(result.good(), 10, "{:?}", result.failed());
    assert!(lasting.connections() <= 2, "{} connections", lasting.connections());
}

/// A request of 1 MiB: many records, and more than a session or a socket takes at one time.
fn large_request() -> Request {
    Request { method: "POST".into(), body: vec![b'x'; 1 << 20], ..Request::get("localhost", "/") }
}

#[test]
fn large_requests_are_written_in_parts_and_their_bytes_count_once() {
    let scene = Scene::new();
    for version in [&TLS12, &TLS13] {
        let heard = Arc::new(AtomicU64::new(0));
        let heard_there = Arc::clone(&heard);
        let papers = scene.authority.papers("localhost", VALID);
        let server = serving(papers.server(&[version]), move |tls| {
            while tls.request() && tls.body(1 << 20) && tls.say(OK) {}
            heard_there.store(tls.heard, Ordering::SeqCst);
        });
        let config = EngineConfig { tls: Some(scene.tls.clone()), request: large_request(), ..config(server.address) };
        let plan = StepPlan { requests: Some(8), ..plan(users(1), Duration::from_secs(60)) };
        let result = run_once(config, &plan);
        assert_accounted(&result);
        assert_eq!((result.good(), result.failed().total(), server.connections()), (8, 0, 1), "{:?}", result.failed());
        crate::server::eventually("the server has heard the end", || heard.load(Ordering::SeqCst) > 0);
        let (counted, heard) = (result.traffic.sent_bytes, heard.load(Ordering::SeqCst));
        // Only the farewell, a record with two bytes in it, comes after the last answer.
        assert!(counted <= heard && heard <= counted + 40, "{counted} bytes counted, {heard} heard");
    }
}

#[test]
fn an_early_answer_to_a_large_request_counts() {
    let scene = Scene::new();
    let early = scene.serving(|tls| {
        if tls.request() {
            tls.say(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            tls.farewell();
            tls.peer.wait_for_close();
        }
    });
    let config = EngineConfig { tls: Some(scene.tls.clone()), request: large_request(), ..config(early.address) };
    let result = run_once(config, &StepPlan { requests: Some(6), ..plan(users(2), Duration::from_secs(60)) });
    assert_accounted(&result);
    assert_eq!(result.failed().get(ClientError), 6, "{:?}", result.failed());
}
