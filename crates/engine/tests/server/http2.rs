//! The server's side of HTTP/2, frame by frame, so that a test may break any of its rules.

use super::Peer;
use std::io::Read;

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;
/// The field block of an answer with status 200.
pub const OK_BLOCK: &[u8] = &[0x88];

const PREFACE: usize = 24;

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// One setting.
pub fn setting(parameter: u16, value: u32) -> Vec<u8> {
    [&parameter.to_be_bytes()[..], &value.to_be_bytes()].concat()
}

/// A whole answer with a short body.
pub fn answer(stream: u32) -> Vec<u8> {
    [frame(HEADERS, END_HEADERS, stream, OK_BLOCK), frame(DATA, END_STREAM, stream, b"ok")].concat()
}

pub fn go_away(last_stream: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[&last_stream.to_be_bytes()[..], &[0; 4]].concat())
}

/// Takes the client's hello and answers it with these settings; `false` when the client has closed.
pub fn greet(peer: &mut Peer, settings: &[u8]) -> bool {
    let mut preface = [0; PREFACE];
    peer.stream.read_exact(&mut preface).is_ok() && preface.starts_with(b"PRI * HTTP/2.0") && peer.say(&frame(SETTINGS, 0, 0, settings))
}

/// The stream of the next whole request; `None` when the client has closed.
pub fn request(peer: &mut Peer) -> Option<u32> {
    loop {
        let mut head = [0; 9];
        peer.stream.read_exact(&mut head).ok()?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let mut payload = vec![0; length];
        peer.stream.read_exact(&mut payload).ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        match (head[3], head[4]) {
            (SETTINGS, 0) if !peer.say(&frame(SETTINGS, 1, 0, &[])) => return None,
            (HEADERS | DATA, flags) if flags & END_STREAM != 0 => return Some(stream),
            _ => {}
        }
    }
}

/// Answers every request.
pub fn serve(peer: &mut Peer, settings: &[u8]) {
    if greet(peer, settings) {
        while let Some(stream) = request(peer) {
            if !peer.say(&answer(stream)) {
                return;
            }
        }
    }
}
