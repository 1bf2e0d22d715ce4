//! What a session's records become, over a pair of sockets: nothing here waits.

use super::{Handshake, Roots, Tls, TlsOptions, TlsStream};
use crate::{
    clock::Moment,
    config::Protocol,
    transport::{Got, Stop},
};
use plimsoll_core::outcome::Failure;
use rustls::{
    ConnectionTrafficSecrets, ContentType, ProtocolVersion, ServerConfig, ServerConnection,
    crypto::{cipher::OutboundPlainMessage, ring},
    pki_types::PrivatePkcs8KeyDer,
    version::TLS13,
};
use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    sync::Arc,
};

/// A client's session and the server at the other end, after the handshake.
fn pair() -> (TlsStream, ServerConnection, UnixStream) {
    let (stream, server, theirs, _) = pair_and_bytes();
    (stream, server, theirs)
}

/// The same, with the bytes that the server has heard and said so far.
fn pair_and_bytes() -> (TlsStream, ServerConnection, UnixStream, (usize, usize)) {
    let papers = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(papers.signing_key.serialize_der()).into();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![papers.cert.der().clone()], key)
        .unwrap();
    config.enable_secret_extraction = true;
    let mut server = ServerConnection::new(Arc::new(config)).unwrap();
    let options = TlsOptions { server_name: "localhost".to_owned(), roots: Roots::Anybody, identity: None, protocol: Protocol::Http1 };
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    theirs.set_nonblocking(true).unwrap();
    let mut stream = TlsStream::begin(ours.into(), &Tls::new(options).unwrap(), Moment::now()).unwrap();
    let (mut heard, mut said) = (0, 0);
    while stream.shake_hands().unwrap() != Handshake::Done || server.is_handshaking() {
        heard += server.read_tls(&mut theirs).unwrap();
        server.process_new_packets().unwrap();
        while server.wants_write() {
            said += server.write_tls(&mut theirs).unwrap();
        }
    }
    (stream, server, theirs, (heard, said))
}

/// What the server's session makes of this text.
fn records(server: &mut ServerConnection, text: &[u8]) -> Vec<u8> {
    server.writer().write_all(text).unwrap();
    drained(server)
}

fn drained(server: &mut ServerConnection) -> Vec<u8> {
    let mut wire = Vec::new();
    while server.wants_write() {
        server.write_tls(&mut wire).unwrap();
    }
    wire
}

/// So many tickets of one byte, a record each.
fn tickets(server: ServerConnection, number: usize) -> Vec<u8> {
    const TICKET: &[u8] = b"\x04\0\0\x0f\0\0\0\x01\0\0\0\0\x01n\0\x01t\0\0";
    let suite = server.negotiated_cipher_suite().unwrap().tls13().unwrap();
    let (first, secrets) = server.dangerous_extract_secrets().unwrap().tx;
    let ConnectionTrafficSecrets::Aes256Gcm { key, iv } = secrets else { panic!("another cipher is preferred") };
    let mut encrypter = suite.aead_alg.encrypter(key, iv);
    let record = || OutboundPlainMessage { typ: ContentType::Handshake, version: ProtocolVersion::TLSv1_2, payload: TICKET.into() };
    (first..).take(number).flat_map(|number| encrypter.encrypt(record(), number).unwrap().encode()).collect()
}

#[test]
fn text_is_read_to_its_end_and_not_beyond() {
    let (mut stream, mut server, mut theirs) = pair();
    let mut space = vec![0; 64 << 10];
    assert_eq!(stream.read(&mut space, false), Err(Stop::Again), "tickets alone");
    theirs.write_all(&records(&mut server, b"hello")).unwrap();
    assert_eq!(stream.read(&mut space, false), Ok(Got::Bytes { bytes: 5, drained: true }));
    assert_eq!(stream.read(&mut space, false), Err(Stop::Again));
    theirs.write_all(&records(&mut server, &[b'x'; 40_000])).unwrap();
    let mut left = 40_000;
    while left > 0 {
        let got = stream.read(&mut space, false);
        let Ok(Got::Bytes { bytes, .. }) = got else { panic!("{left} bytes are missing: {got:?}") };
        left -= bytes;
    }
    assert_eq!(stream.read(&mut space, false), Err(Stop::Again));
}

#[test]
fn a_farewell_that_comes_along_with_the_last_text_is_not_lost() {
    let (mut stream, mut server, mut theirs) = pair();
    let mut space = vec![0; 64 << 10];
    let text = records(&mut server, b"bye");
    server.send_close_notify();
    theirs.write_all(&[text, drained(&mut server)].concat()).unwrap();
    assert_eq!(stream.read(&mut space, false), Ok(Got::Bytes { bytes: 3, drained: false }), "no event will tell of the end");
    assert_eq!(stream.read(&mut space, false), Ok(Got::End));
}

#[test]
fn text_that_came_before_damage_is_read_before_the_damage_is_told() {
    let (mut stream, mut server, mut theirs) = pair();
    let mut space = vec![0; 64 << 10];
    let mut damaged = records(&mut server, b"well");
    damaged.extend_from_slice(&[0xaa; 60]);
    theirs.write_all(&damaged).unwrap();
    assert_eq!(stream.read(&mut space, false), Ok(Got::Bytes { bytes: 4, drained: false }));
    assert_eq!(stream.read(&mut space, false), Err(Stop::Broken(Failure::TlsBroken)));
    assert_eq!(stream.read(&mut space, false), Err(Stop::Broken(Failure::TlsBroken)), "and it stays so");
    assert_eq!(stream.write(b"more"), Err(Stop::Broken(Failure::TlsBroken)));
}

#[test]
fn an_end_without_a_farewell_is_a_cut() {
    let (mut stream, mut server, mut theirs) = pair();
    let mut space = vec![0; 64 << 10];
    theirs.write_all(&records(&mut server, b"half")).unwrap();
    drop(theirs);
    assert_eq!(stream.read(&mut space, true), Ok(Got::Bytes { bytes: 4, drained: false }));
    assert_eq!(stream.read(&mut space, true), Ok(Got::Cut));
}

#[test]
fn records_without_text_are_read_a_turn_at_a_time() {
    let (mut stream, server, mut theirs) = pair();
    let mut space = vec![0; 64 << 10];
    let flood = tickets(server, 2000);
    assert!(flood.len() > 64 << 10 && flood.len() < 96 << 10);
    theirs.write_all(&flood).unwrap();
    assert_eq!(stream.read(&mut space, false), Ok(Got::NoText));
    assert_eq!(stream.read(&mut space, false), Ok(Got::NoText));
    assert_eq!(stream.read(&mut space, false), Err(Stop::Again));
}

#[test]
fn what_the_wire_carries_is_counted_once() {
    let (mut stream, mut server, mut theirs, (mut heard, mut said)) = pair_and_bytes();
    let mut space = vec![0; 1 << 20];
    let (mut sent, mut received) = stream.take_overhead();
    let request = vec![b'x'; 1 << 20];
    let mut left = request.as_slice();
    while !left.is_empty() || stream.wants_write() {
        match if left.is_empty() { stream.flush().map(|()| 0) } else { stream.write(left) } {
            Ok(bytes) => {
                left = &left[bytes..];
                sent += bytes as u64 + stream.take_overhead().0;
            }
            Err(Stop::Again) => heard += all_there(&mut theirs, &mut space),
            Err(stop) => panic!("{stop:?}"),
        }
    }
    heard += all_there(&mut theirs, &mut space);
    sent += stream.take_overhead().0;
    assert_eq!(sent, heard as u64);

    let answer = records(&mut server, &[b'y'; 100]);
    theirs.write_all(&answer).unwrap();
    said += answer.len();
    assert!(matches!(stream.read(&mut space, false), Ok(Got::Bytes { bytes: 100, .. })));
    received += 100 + stream.take_overhead().1;
    assert_eq!(received, said as u64, "the tickets that follow a handshake included");
}

/// Reads what a socket holds.
fn all_there(socket: &mut UnixStream, space: &mut [u8]) -> usize {
    std::iter::from_fn(|| socket.read(space).ok()).sum()
}
