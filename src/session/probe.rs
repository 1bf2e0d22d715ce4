//! One request by itself, over any way to a server: what it answers, and where that leads.

use super::link::Link;
use plimsoll_engine::{Endpoint, Protocol, Request};
use rustix::{
    fd::OwnedFd,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, bind, connect, recv, send, socket_with,
        sockopt::{Timeout, set_socket_timeout},
    },
};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Heads are far shorter.
const LONGEST_HEAD: usize = 64 << 10;
const MOST_FIELDS: usize = 128;

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status.
    pub code: u16,
    /// What the server calls it; empty for nothing.
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

/// Sends one request by itself over HTTP/1.1 and reads the head of its answer; `None` when there is none to be had within `patience`, and over a
/// link of HTTP/2.
pub(super) fn ask(link: &Link, request: &Request, patience: Duration) -> Option<Answer> {
    if link.protocol != Protocol::Http1 {
        return None;
    }
    let wire = request.encode().ok()?;
    let socket = Socket::connect(link, Instant::now() + patience).ok()?;
    match &link.tls {
        Some(tls) => exchange(rustls::StreamOwned::new(tls.session().ok()?, socket), &wire).ok(),
        None => exchange(socket, &wire).ok(),
    }
}

fn exchange(mut stream: impl Read + Write, wire: &[u8]) -> io::Result<Answer> {
    let written = stream.write_all(wire).and_then(|()| stream.flush());
    let answer = read_head(&mut stream);
    // A server may answer, and turn the rest away, before it has read all of a request.
    if answer.is_err() { written.and(answer) } else { answer }
}

/// Reads heads until one is no interim answer.
fn read_head(stream: &mut impl Read) -> io::Result<Answer> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    loop {
        while let Some((bytes, answer)) = parse(&head)? {
            if answer.code >= 200 {
                return Ok(answer);
            }
            head.drain(..bytes);
        }
        if head.len() > LONGEST_HEAD {
            return Err(ErrorKind::InvalidData.into());
        }
        match stream.read(&mut piece) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(n) => head.extend_from_slice(&piece[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The answer at the start of these bytes and how long its head is; `None` while that is incomplete.
fn parse(bytes: &[u8]) -> io::Result<Option<(usize, Answer)>> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut head = httparse::Response::new(&mut fields);
    let status = head.parse(bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
    let (httparse::Status::Complete(length), Some(code)) = (status, head.code) else { return Ok(None) };
    let location = head.headers.iter().find(|field| field.name.eq_ignore_ascii_case("location"));
    let location = location.and_then(|field| std::str::from_utf8(field.value).ok()).map(|text| text.trim().to_owned());
    Ok(Some((length, Answer { code, reason: head.reason.unwrap_or_default().to_owned(), location })))
}

/// A socket that blocks, and gives up at a moment.
struct Socket {
    fd: OwnedFd,
    until: Instant,
}

impl Socket {
    fn connect(link: &Link, until: Instant) -> io::Result<Self> {
        let family = match &link.endpoint {
            Endpoint::Tcp(SocketAddr::V4(_)) => AddressFamily::INET,
            Endpoint::Tcp(SocketAddr::V6(_)) => AddressFamily::INET6,
            Endpoint::Unix(_) => AddressFamily::UNIX,
        };
        let socket = Self { fd: socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?, until };
        // It bounds connecting too (socket(7)).
        socket.give(Timeout::Send)?;
        match &link.endpoint {
            Endpoint::Tcp(address) => {
                if let Some(&source) = link.sources.first() {
                    bind(&socket.fd, &SocketAddr::new(source, 0))?;
                }
                connect(&socket.fd, address)?;
            }
            Endpoint::Unix(path) => connect(&socket.fd, &SocketAddrUnix::new(path)?)?,
        }
        Ok(socket)
    }

    /// Gives the next call what time is left.
    fn give(&self, direction: Timeout) -> io::Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        // Zero would mean for ever.
        Ok(set_socket_timeout(&self.fd, direction, Some(left.max(Duration::from_millis(1))))?)
    }
}

impl Read for Socket {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.give(Timeout::Recv)?;
        let (bytes, _) = recv(&self.fd, space, RecvFlags::empty())?;
        Ok(bytes)
    }
}

impl Write for Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.give(Timeout::Send)?;
        Ok(send(&self.fd, data, SendFlags::NOSIGNAL)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
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
    fn a_head_without_end_is_given_up() {
        let mut endless = io::repeat(b'a');
        assert_eq!(read_head(&mut endless).unwrap_err().kind(), ErrorKind::InvalidData);
        let mut fields = io::Read::chain(&b"HTTP/1.1 200 OK\r\nA: "[..], io::repeat(b'a'));
        assert_eq!(read_head(&mut fields).unwrap_err().kind(), ErrorKind::InvalidData);
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
        assert_eq!(ask(&link, &Request::get("h", "/"), Duration::from_millis(20)), None);
        // Only HTTP/1.1 is spoken here.
        let link = Link { protocol: Protocol::Http2 { streams: std::num::NonZeroU32::MIN }, ..link };
        assert_eq!(ask(&link, &Request::get("h", "/"), Duration::from_secs(3600)), None);
    }
}
