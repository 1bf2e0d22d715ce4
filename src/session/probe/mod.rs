//! One request by itself, over any way to a server: what it answers, and where that leads.

mod http1;
mod http2;
mod socket;

use super::link::Link;
use plimsoll_engine::{Protocol, Request, Tls};
use rustls::StreamOwned;
use socket::Socket;
use std::time::{Duration, Instant};

/// Heads are far shorter.
const LONGEST_HEAD: usize = 64 << 10;

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status.
    pub code: u16,
    /// What the server calls it; empty for nothing, which is all that HTTP/2 says.
    pub reason: String,
    /// Where a redirect leads, as it was written.
    pub location: Option<String>,
}

impl Answer {
    /// The status as it is quoted, such as `404 Not Found`.
    pub fn status(&self) -> String {
        format!("{} {}", self.code, self.reason).trim_end().to_owned()
    }
}

/// Sends one request by itself and reads the head of its answer; `None` when there is none to be had within `patience`.
pub(super) fn ask(link: &Link, request: &Request, patience: Duration) -> Option<Answer> {
    let wire = request.encode().ok()?;
    let session = link.tls.as_ref().map(Tls::session).transpose().ok()?;
    let socket = Socket::connect(link, Instant::now() + patience).ok()?;
    match (link.protocol, session) {
        (Protocol::Http1, None) => http1::exchange(socket, &wire).ok(),
        (Protocol::Http1, Some(session)) => http1::exchange(StreamOwned::new(session, socket), &wire).ok(),
        (Protocol::Http2 { .. }, session) => {
            let (socket, input) = socket.split().ok()?;
            match session {
                None => http2::exchange(socket, &input, request, "http"),
                Some(session) => http2::exchange(StreamOwned::new(session, socket), &input, request, "https"),
            }
        }
    }
}

/// The same over the first of several ways on which there is an answer.
pub(super) fn ask_in_turn(ways: &[Link], request: &Request, patience: Duration) -> Option<Answer> {
    ways.iter().find_map(|link| ask(link, request, patience))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_engine::Endpoint;
    use std::{
        io::{Read, Write},
        net::TcpListener,
        os::unix::net::UnixListener,
        thread::{self, JoinHandle},
    };

    const PATIENCE: Duration = Duration::from_secs(10);

    /// Answers one connection with these bytes, and gives what it was sent.
    fn answer<S: Read + Write>(mut stream: S, bytes: &[u8]) -> String {
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        stream.write_all(bytes).unwrap();
        String::from_utf8(request).unwrap()
    }

    fn tcp(bytes: &'static [u8]) -> (Link, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = Link::plain(listener.local_addr().unwrap(), vec!["127.0.0.9".parse().unwrap()]);
        let server = thread::spawn(move || {
            let (stream, from) = listener.accept().unwrap();
            assert_eq!(from.ip().to_string(), "127.0.0.9");
            answer(stream, bytes)
        });
        (link, server)
    }

    fn asked(bytes: &'static [u8]) -> Option<Answer> {
        let (link, server) = tcp(bytes);
        let got = ask(&link, &Request::get("h", "/a?b"), PATIENCE);
        assert!(server.join().unwrap().starts_with("GET /a?b HTTP/1.1\r\nHost: h\r\n"));
        got
    }

    #[test]
    fn the_head_of_an_answer_is_read_past_interim_ones() {
        let got = asked(
            b"HTTP/1.1 103 Early Hints\r\nLocation: /no\r\n\r\nHTTP/1.0 301 Moved\r\nlocation:  /b \r\nContent-Length: 9\r\n\r\nbody",
        );
        let want = Answer { code: 301, reason: "Moved".to_owned(), location: Some("/b".to_owned()) };
        assert_eq!(got, Some(want.clone()));
        assert_eq!(want.status(), "301 Moved");
        assert_eq!(asked(b"HTTP/1.1 500\r\n\r\n").unwrap().status(), "500");
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for odd in [&b"SSH-2.0-OpenSSH\r\n"[..], b"", b"HTTP/1.1 404 Not Fou", b"HTTP/1.1 abc\r\n\r\n", b"\xff\xfe\r\n\r\n"] {
            assert_eq!(asked(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_unix_socket_is_asked_too() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let server = thread::spawn(move || answer(listener.accept().unwrap().0, b"HTTP/1.1 204 No Content\r\n\r\n"));
        let link = Link { endpoint: Endpoint::Unix(path), ..Link::plain(([127, 0, 0, 1], 1).into(), Vec::new()) };
        assert_eq!(ask(&link, &Request::get("localhost", "/"), PATIENCE).unwrap().code, 204);
        server.join().unwrap();
    }

    #[test]
    fn silence_is_given_up_when_patience_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = Link::plain(listener.local_addr().unwrap(), Vec::new());
        for protocol in [Protocol::Http1, Protocol::Http2 { streams: std::num::NonZeroU32::MIN }] {
            let link = Link { protocol, ..link.clone() };
            assert_eq!(ask(&link, &Request::get("h", "/"), Duration::from_millis(20)), None);
        }
    }
}
