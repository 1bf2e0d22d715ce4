//! Reading requests and writing answers on a blocking stream: HTTP/1.1, bounded.

use std::io::{self, Read, Write};

/// The longest request head that is read.
const MOST_HEAD: usize = 16 * 1024;
/// The longest request body that is read (and thrown away).
const MOST_BODY: u64 = 16 * 1024 * 1024;
/// The most header fields of a request.
const MOST_FIELDS: usize = 64;
/// How much of a streamed body is written at once.
const CHUNK: usize = 64 * 1024;

/// What matters of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whether it asks for the head of the answer only.
    pub head_only: bool,
    /// Whether the client wants to go on on this connection.
    pub keep_alive: bool,
}

/// The requests of one connection.
pub struct Requests<S> {
    stream: S,
    buffer: Vec<u8>,
}

impl<S: Read> Requests<S> {
    pub(super) fn from(stream: S) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// The next request, its body read and thrown away; `None` when the client has closed.
    ///
    /// # Errors
    /// `InvalidData` when what came is no request that this server takes; else what the socket said.
    pub(super) fn next(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some((request, head, body)) = parse(&self.buffer)? {
                self.drop_message(head, body)?;
                return Ok(Some(request));
            }
            if self.buffer.len() >= MOST_HEAD {
                return Err(invalid());
            }
            if self.fill()? == 0 {
                return if self.buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut chunk = [0; 2048];
        let n = self.stream.read(&mut chunk)?;
        self.buffer.extend_from_slice(&chunk[..n]);
        Ok(n)
    }

    fn drop_message(&mut self, head: usize, body: u64) -> io::Result<()> {
        self.buffer.drain(..head);
        let mut left = body;
        loop {
            let held = self.buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.buffer.drain(..held);
            left -= held as u64;
            if left == 0 {
                return Ok(());
            }
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The request at the start of `bytes` with the lengths of its head and body; `None` when its head is not complete.
fn parse(bytes: &[u8]) -> io::Result<Option<(Request, usize, u64)>> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    let head = match parsed.parse(bytes).map_err(|_| invalid())? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Ok(None),
    };
    let mut request = Request { head_only: parsed.method == Some("HEAD"), keep_alive: parsed.version == Some(1) };
    let mut body = 0;
    for field in parsed.headers.iter() {
        if field.name.eq_ignore_ascii_case("content-length") {
            body = std::str::from_utf8(field.value).ok().and_then(|text| text.trim().parse().ok()).ok_or_else(invalid)?;
        } else if field.name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(invalid());
        } else if field.name.eq_ignore_ascii_case("connection") {
            request.keep_alive = match field.value.trim_ascii() {
                value if value.eq_ignore_ascii_case(b"close") => false,
                value if value.eq_ignore_ascii_case(b"keep-alive") => true,
                _ => request.keep_alive,
            };
        }
    }
    if body > MOST_BODY { Err(invalid()) } else { Ok(Some((request, head, body))) }
}

fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// The head of an answer with a body of this length.
pub(super) fn head(status: u16, body: u64, keep_alive: bool) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    };
    let connection = if keep_alive { "keep-alive" } else { "close" };
    format!("HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {body}\r\nConnection: {connection}\r\n\r\n")
        .into_bytes()
}

/// Writes a body of `length` bytes in bounded chunks.
pub(super) fn stream_body(stream: &mut impl Write, length: u64) -> io::Result<()> {
    let chunk = [b'x'; CHUNK];
    let mut left = length;
    while left > 0 {
        let n = left.min(CHUNK as u64);
        stream.write_all(&chunk[..n as usize])?;
        left -= n;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that hands out its text in pieces of `step` bytes.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(out.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    #[test]
    fn requests_are_split_wherever_the_bytes_are() {
        let text = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloHEAD / HTTP/1.0\r\n\r\n\
            GET / HTTP/1.1\r\nConnection: Close\r\n\r\n";
        for step in [1, 3, 17, 4096] {
            let mut requests = Requests::from(Trickle(text, step));
            let mut seen = Vec::new();
            while let Some(request) = requests.next().unwrap() {
                seen.push((request.head_only, request.keep_alive));
            }
            assert_eq!(seen, [(false, true), (false, true), (true, false), (false, false)], "{step}");
        }
    }

    #[test]
    fn what_is_no_request_or_too_long_is_an_error() {
        let long = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &[b'a'; MOST_HEAD]].concat();
        for (text, kind) in [
            (b"\x16\x03\x01\x02\x00".as_slice(), io::ErrorKind::InvalidData),
            (&long, io::ErrorKind::InvalidData),
            (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", io::ErrorKind::InvalidData),
            (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", io::ErrorKind::InvalidData),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", io::ErrorKind::InvalidData),
            (b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhello", io::ErrorKind::UnexpectedEof),
            (b"GET / HT", io::ErrorKind::UnexpectedEof),
        ] {
            assert_eq!(Requests::from(Trickle(text, 4096)).next().unwrap_err().kind(), kind, "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_streamed_body_has_its_length() {
        let mut out = Vec::new();
        stream_body(&mut out, 150_000).unwrap();
        assert_eq!(out.len(), 150_000);
    }
}
