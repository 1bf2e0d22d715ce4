//! The request and its answer over HTTP/1.1.

use super::{Answer, LONGEST_HEAD};
use std::io::{self, ErrorKind, Read, Write};

const MOST_FIELDS: usize = 128;

/// Sends a request as it goes over the wire, and reads the head of its answer.
///
/// # Errors
/// When no answer comes, or none that is HTTP.
pub(super) fn exchange(mut stream: impl Read + Write, wire: &[u8]) -> io::Result<Answer> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_without_end_is_given_up() {
        let mut endless = io::repeat(b'a');
        assert_eq!(read_head(&mut endless).unwrap_err().kind(), ErrorKind::InvalidData);
        let mut fields = io::Read::chain(&b"HTTP/1.1 200 OK\r\nA: "[..], io::repeat(b'a'));
        assert_eq!(read_head(&mut fields).unwrap_err().kind(), ErrorKind::InvalidData);
    }
}
