//! A client of few words: one connection, one request at a time.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Barrier,
    thread,
    time::Duration,
};

/// Longer than any answer takes on a busy machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// One answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: usize,
    pub keep_alive: bool,
}

/// A connection.
pub struct Client(TcpStream);

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(stream))
    }

    pub fn give_up_after(&self, patience: Duration) -> io::Result<()> {
        self.0.set_read_timeout(Some(patience))
    }

    pub fn send(&mut self) -> io::Result<()> {
        self.0.write_all(b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n")
    }

    /// Reads one answer, its body by its length; `InvalidData` when it is no HTTP.
    pub fn receive(&mut self) -> io::Result<Answer> {
        let (head, rest) = self.head()?;
        let text = String::from_utf8_lossy(&head).to_lowercase();
        let status = text.strip_prefix("http/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok());
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|length| length.trim().parse().ok());
        let (Some(status), Some(length)) = (status, length) else { return Err(io::ErrorKind::InvalidData.into()) };
        let mut body = vec![0; usize::saturating_sub(length, rest)];
        self.0.read_exact(&mut body)?;
        Ok(Answer { status, body: length, keep_alive: !text.contains("connection: close") })
    }

    /// The head of the answer, and how many bytes of its body came with it.
    pub fn head(&mut self) -> io::Result<(Vec<u8>, usize)> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let rest = bytes.len() - end - 4;
                bytes.truncate(end + 4);
                return Ok((bytes, rest));
            }
            match self.0.read(&mut chunk)? {
                0 if bytes.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
                0 => return Err(io::ErrorKind::InvalidData.into()),
                n => bytes.extend_from_slice(&chunk[..n]),
            }
        }
    }

    /// Reads this many bytes.
    pub fn swallow(&mut self, bytes: usize) -> io::Result<()> {
        self.0.read_exact(&mut vec![0; bytes])
    }
}

/// One request on a connection of its own.
pub fn get(address: SocketAddr) -> io::Result<Answer> {
    let mut client = Client::connect(address)?;
    client.send()?;
    client.receive()
}

/// `n` requests at one time, each on a connection of its own.
pub fn get_at_once(address: SocketAddr, n: usize) -> Vec<io::Result<Answer>> {
    let start = Barrier::new(n);
    thread::scope(|scope| {
        let users: Vec<_> = (0..n)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    get(address)
                })
            })
            .collect();
        users.into_iter().map(|user| user.join().expect("a user does not panic")).collect()
    })
}
