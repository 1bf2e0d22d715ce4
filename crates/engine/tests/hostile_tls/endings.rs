//! TLS connections that end: with a farewell and without, inside an answer, after it, and before.

use crate::{
    Scene,
    beside::Want,
    server::{OK, Server, assert_accounted, config, ms, plan, run_once, users},
};
use plimsoll_core::outcome::Failure::{Closed, Reset, TlsAlert, TlsBroken, Truncated};
use plimsoll_engine::EngineConfig;
use std::net::Shutdown;

const UNTIL_CLOSE: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nas long as it lasts";

/// What is said before the end, and what comes of an end without a farewell, and with one.
const ENDS: &[(&[u8], Want, Want)] = &[
    (b"", Err(Closed), Err(Closed)),
    (b"HTTP/1.1 200 OK\r\nContent-Le", Err(Truncated), Err(Truncated)),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", Err(Truncated), Err(Truncated)),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", Err(Truncated), Err(Truncated)),
    // Here the end itself is what the answer needs, and only a farewell says that it is one.
    (UNTIL_CLOSE, Err(TlsBroken), Ok(())),
    (OK, Ok(()), Ok(())),
];

#[test]
fn with_and_without_a_farewell() {
    let scene = Scene::new();
    for &(said, cut, ended) in ENDS {
        let what = said.escape_ascii().to_string();
        let cutting = scene.serving(move |tls| {
            if tls.request() {
                tls.say(said);
            }
        });
        scene.assert(&cutting, cut, &format!("{what}, cut"));
        let polite = scene.serving(move |tls| {
            if tls.request() {
                tls.say(said);
                tls.farewell();
            }
        });
        scene.assert(&polite, ended, &format!("{what}, ended"));
    }
}

#[test]
fn by_half() {
    let scene = Scene::new();
    for &(said, cut, _) in ENDS {
        let server = scene.serving(move |tls| {
            if tls.request() {
                tls.say(said);
                tls.socket().shutdown(Shutdown::Write).expect("an open connection can be closed by half");
                tls.peer.wait_for_close();
            }
        });
        scene.assert(&server, cut, &format!("{}, cut by half", said.escape_ascii()));
    }
    let farewell_alone = scene.serving(|tls| {
        if tls.request() {
            tls.say(UNTIL_CLOSE);
            tls.farewell();
            tls.peer.wait_for_close();
        }
    });
    scene.assert(&farewell_alone, Ok(()), "a farewell on a connection that stays open");
}

#[test]
fn with_a_reset_or_an_alert() {
    let scene = Scene::new();
    for said in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", UNTIL_CLOSE] {
        let what = said.escape_ascii().to_string();
        let resetting = scene.serving(move |tls| {
            if tls.request() {
                tls.say(said);
                tls.peer.reset();
            }
        });
        scene.assert(&resetting, Err(Reset), &format!("{what}, reset"));
        let alerting = scene.serving(move |tls| {
            if tls.request() {
                tls.say(said);
                // Damage on the client's side of the conversation is what a session says an alert about.
                let mut damage: &[u8] = b"\x17\x03\x03\0\x20no record of any session of ours";
                assert!(tls.session.read_tls(&mut damage).is_ok_and(|bytes| bytes > 0));
                assert!(tls.session.process_new_packets().is_err());
                tls.flush();
                tls.peer.wait_for_close();
            }
        });
        scene.assert(&alerting, Err(TlsAlert), &format!("{what}, alert"));
    }
}

/// Two users for a while; all of their requests are answered.
fn assert_all_good(scene: &Scene, server: &Server) -> u64 {
    let config = EngineConfig { tls: Some(scene.tls.clone()), ..config(server.address) };
    let result = run_once(config, &plan(users(2), ms(300)));
    assert_accounted(&result);
    assert_eq!((result.failed().total(), result.not_sent().total()), (0, 0), "{:?}", result.failed());
    assert!(result.good() >= 2);
    result.good()
}

#[test]
fn an_idle_connection_is_opened_again_quietly() {
    let scene = Scene::new();
    let cutting = scene.serving(|tls| {
        if tls.request() {
            tls.say(OK);
        }
    });
    assert_all_good(&scene, &cutting);
    let polite = scene.serving(|tls| {
        if tls.request() {
            tls.say(OK);
            tls.farewell();
        }
    });
    assert_all_good(&scene, &polite);
    // The second request on each connection is read and then dropped, as if the end had been on its way.
    let crossing = scene.serving(|tls| {
        if tls.request() && tls.say(OK) {
            tls.request();
        }
    });
    let good = assert_all_good(&scene, &crossing);
    assert!(crossing.requests() >= 2 * (good - 2), "each answer but the first of a user cost two requests");
    let resetting = scene.serving(|tls| {
        if tls.request() && tls.say(OK) && tls.request() {
            tls.peer.reset();
        }
    });
    assert_all_good(&scene, &resetting);
}

#[test]
fn a_lasting_connection_has_one_handshake() {
    let scene = Scene::new();
    let server = scene.serving(|tls| while tls.request() && tls.say(OK) {});
    let good = assert_all_good(&scene, &server);
    assert_eq!(server.connections(), 2, "{good} answers");
}
