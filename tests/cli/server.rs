//! A server for one test: over TCP or a Unix-domain socket, in plain text or TLS. It remembers what it was asked, and by how
//! many connections.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::{
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpListener},
    os::unix::net::UnixListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

/// Requests beyond these are answered but not remembered.
const REMEMBERED: usize = 1_000;

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request line and all fields.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
    /// Where it came from, over TCP.
    pub from: Option<IpAddr>,
}

impl Asked {
    /// The path that was asked for.
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// The value of a field; `None` without it.
    pub fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.filter(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}

/// What a server has seen so far.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<(Vec<Asked>, usize)>>);

impl Seen {
    /// The first requests.
    pub fn requests(&self) -> Vec<Asked> {
        self.0.lock().unwrap().0.clone()
    }

    /// Connections that sent a request.
    pub fn connections(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

/// What a server answers to a request: status line and fields, without the empty line.
type Answer = dyn Fn(&Asked) -> String + Send + Sync;

/// 200 to everything.
pub fn well(_: &Asked) -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: 0".to_owned()
}

/// A redirect.
pub fn redirect(code: u16, to: &str) -> String {
    format!("HTTP/1.1 {code} Over There\r\nLocation: {to}\r\nContent-Length: 0")
}

/// A server on a free port of 127.0.0.1, in TLS where a configuration is given. It lives as long as the test process.
pub fn on_tcp(tls: Option<Arc<ServerConfig>>, answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, answer): (_, Arc<Answer>) = (Seen::default(), Arc::new(answer));
    let kept = seen.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (seen, answer, tls) = (kept.clone(), Arc::clone(&answer), tls.clone());
            let from = stream.peer_addr().map(|address| address.ip()).ok();
            thread::spawn(move || serve_maybe_tls(stream, tls, from, &seen, &*answer));
        }
    });
    (address, seen)
}

/// The same on a Unix-domain socket.
pub fn on_unix(path: &Path, tls: Option<Arc<ServerConfig>>, answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Seen {
    let listener = UnixListener::bind(path).unwrap();
    let (seen, answer): (_, Arc<Answer>) = (Seen::default(), Arc::new(answer));
    let kept = seen.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (seen, answer, tls) = (kept.clone(), Arc::clone(&answer), tls.clone());
            thread::spawn(move || serve_maybe_tls(stream, tls, None, &seen, &*answer));
        }
    });
    seen
}

fn serve_maybe_tls(stream: impl Read + Write, tls: Option<Arc<ServerConfig>>, from: Option<IpAddr>, seen: &Seen, answer: &Answer) {
    match tls {
        Some(config) => serve(StreamOwned::new(ServerConnection::new(config).unwrap(), stream), from, seen, answer),
        None => serve(stream, from, seen, answer),
    }
}

/// Answers requests until the client goes away.
fn serve(mut stream: impl Read + Write, from: Option<IpAddr>, seen: &Seen, answer: &Answer) {
    let (mut buffer, mut bytes) = (vec![0; 64 << 10], Vec::new());
    let mut first = true;
    loop {
        while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut asked = Asked { head, body: Vec::new(), from };
            let length: usize = asked.field("content-length").map_or(0, |length| length.parse().unwrap());
            if bytes.len() < end + 4 + length {
                break;
            }
            asked.body = bytes[end + 4..end + 4 + length].to_vec();
            bytes.drain(..end + 4 + length);
            let closes = asked.field("connection") == Some("close");
            let said = answer(&asked) + "\r\n\r\n";
            {
                let mut seen = seen.0.lock().unwrap();
                seen.1 += usize::from(std::mem::take(&mut first));
                if seen.0.len() < REMEMBERED {
                    seen.0.push(asked);
                }
            }
            if stream.write_all(said.as_bytes()).and_then(|()| stream.flush()).is_err() || closes {
                return;
            }
        }
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => bytes.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
}
