//! Heads of answers: what they say about the body that follows, and a memory of the last one.

use super::AnswerLimits;
use httparse::{Error, Header, ParserConfig, Response, Status};
use plimsoll_core::outcome::Failure;
use std::mem::MaybeUninit;

/// Most fields in one head; more are too large.
const MOST_FIELDS: usize = 128;

/// How the body that follows a head is bounded (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is no body.
    Empty,
    /// This many bytes, at least one.
    Length(u64),
    /// Chunks.
    Chunked,
    /// All until the connection is closed.
    UntilClose,
}

/// What one head said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Bytes of the head, the empty line included.
    pub(super) bytes: usize,
    /// The status.
    pub(super) status: u16,
    /// The body's bounds.
    pub(super) framing: Framing,
    /// Whether the connection may carry another request after this answer.
    pub(super) reusable: bool,
}

impl Head {
    /// Bytes of the whole answer, where the head says so and its body may have that many; 0 otherwise, as for an interim answer.
    fn whole_bytes(&self, most_of_body: u64) -> usize {
        let body = match self.framing {
            Framing::Empty if self.status >= 200 => Some(0),
            Framing::Length(length) if length <= most_of_body => usize::try_from(length).ok(),
            _ => None,
        };
        body.and_then(|body| self.bytes.checked_add(body)).unwrap_or(0)
    }
}

/// Reads heads for all connections of a shard: servers send the same head again and again, so that comparing it with the last one saves the
/// parser most of its work.
#[derive(Debug)]
pub(crate) struct HeadReader {
    pub(super) limits: AnswerLimits,
    /// Answers to HEAD have no body, whatever their head says.
    answers_head: bool,
    last_bytes: Vec<u8>,
    last: Option<Head>,
    /// What [`Head::whole_bytes`] says of the last one.
    last_whole_bytes: usize,
}

impl HeadReader {
    /// A reader of answers to requests with this method.
    pub(crate) fn answering(method: &str, limits: AnswerLimits) -> Self {
        Self { limits, answers_head: method == "HEAD", last_bytes: Vec::new(), last: None, last_whole_bytes: 0 }
    }

    /// Bytes of memory it holds beyond its own.
    pub(crate) fn kept_bytes(&self) -> usize {
        self.last_bytes.capacity()
    }

    /// The head at the start of `data`; `None` while it is incomplete.
    #[inline]
    pub(super) fn read(&mut self, data: &[u8]) -> Result<Option<Head>, Failure> {
        match self.known(data) {
            Some(head) => Ok(Some(head)),
            None => self.parse(data),
        }
    }

    /// The head at the start of `data`, if it is the one that was read last.
    fn known(&self, data: &[u8]) -> Option<Head> {
        self.last.filter(|_| data.starts_with(&self.last_bytes))
    }

    /// The head of `data`, if that is all of an answer with the head that was read last, and nothing else.
    #[inline]
    pub(super) fn known_whole(&self, data: &[u8]) -> Option<&Head> {
        if data.len() == self.last_whole_bytes && data.starts_with(&self.last_bytes) { self.last.as_ref() } else { None }
    }

    fn parse(&mut self, data: &[u8]) -> Result<Option<Head>, Failure> {
        // Empty lines may come before a request, not before an answer (RFC 9112, section 2.2).
        if let Some(b'\r' | b'\n') = data.first() {
            return Err(Failure::Malformed);
        }
        // A user agent has to read folded lines (RFC 9112, section 5.2).
        let mut config = ParserConfig::default();
        config.allow_obsolete_multiline_headers_in_responses(true);
        let mut fields = [const { MaybeUninit::<Header<'_>>::uninit() }; MOST_FIELDS];
        let mut response = Response::new(&mut []);
        match config.parse_response_with_uninit_headers(&mut response, data, &mut fields) {
            Ok(Status::Partial) => Ok(None),
            Ok(Status::Complete(bytes)) => {
                let head = understand(&response, bytes, self.answers_head)?;
                self.last_bytes.clear();
                self.last_bytes.extend_from_slice(&data[..bytes]);
                self.last = Some(head);
                self.last_whole_bytes = head.whole_bytes(self.limits.body_bytes);
                Ok(Some(head))
            }
            Err(Error::TooManyHeaders) => Err(Failure::TooLarge),
            Err(_) => Err(Failure::Malformed),
        }
    }
}

/// What the fields of a complete head mean for the body and for the connection.
fn understand(response: &Response<'_, '_>, bytes: usize, answers_head: bool) -> Result<Head, Failure> {
    let (Some(status), Some(minor_version)) = (response.code, response.version) else {
        return Err(Failure::Malformed);
    };
    // The first digit is the class of an answer, and there is none below 1 (RFC 9110, section 15).
    if status < 100 {
        return Err(Failure::Malformed);
    }
    let mut length: Option<u64> = None;
    let mut coded = false;
    let mut chunked = false;
    let mut close = false;
    let mut keep = false;
    for field in response.headers.iter() {
        if field.name.eq_ignore_ascii_case("content-length") {
            for part in field.value.split(|&byte| byte == b',') {
                let given = decimal(part.trim_ascii()).ok_or(Failure::Malformed)?;
                if length.is_some_and(|before| before != given) {
                    return Err(Failure::Malformed);
                }
                length = Some(given);
            }
        } else if field.name.eq_ignore_ascii_case("transfer-encoding") {
            coded = true;
            for coding in list(field.value) {
                // Nothing may be applied over the chunks, and the chunks only once (RFC 9112, section 7).
                if chunked {
                    return Err(Failure::Malformed);
                }
                chunked = coding.eq_ignore_ascii_case(b"chunked");
            }
        } else if field.name.eq_ignore_ascii_case("connection") {
            for option in list(field.value) {
                close |= option.eq_ignore_ascii_case(b"close");
                keep |= option.eq_ignore_ascii_case(b"keep-alive");
            }
        }
    }
    if coded && length.is_some() {
        // Two bounds for one body: "ought to be handled as an error" (RFC 9112, section 6.3).
        return Err(Failure::Malformed);
    }
    let framing = match (status, length) {
        _ if answers_head => Framing::Empty,
        (100..=199 | 204 | 304, _) => Framing::Empty,
        _ if chunked => Framing::Chunked,
        _ if coded => Framing::UntilClose,
        (_, Some(0)) => Framing::Empty,
        (_, Some(length)) => Framing::Length(length),
        (_, None) => Framing::UntilClose,
    };
    let persistent = if minor_version == 0 { keep && !coded } else { true };
    Ok(Head { bytes, status, framing, reusable: persistent && !close && framing != Framing::UntilClose })
}

/// The elements of a comma-separated list, empty ones left out.
fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}

/// Digits only, and no overflow: `+5` and `0x5` are no lengths.
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, &digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}
