//! Answers as a stream of bytes: the end of one is found, its status kept, its body counted and thrown away.

use super::{
    chunked::Chunked,
    head::{Framing, Head, HeadReader},
};
use plimsoll_core::outcome::Failure;

/// Up to here an incomplete head is looked at again with each piece, so that what is no HTTP is known before it sends a line.
const EAGER_BYTES: usize = 16;

/// How far the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There is more to come.
    More,
    /// The answer is complete, and nothing follows it.
    Whole {
        /// Its status.
        status: u16,
        /// Whether the connection may carry another request.
        reusable: bool,
    },
}

#[derive(Debug)]
enum State {
    Head,
    Length { left: u64 },
    Chunked(Chunked),
    UntilClose { left: u64 },
}

/// The decoder of one connection, used for one answer after the other.
#[derive(Debug)]
pub(crate) struct Decoder {
    state: State,
    status: u16,
    reusable: bool,
    touched: bool,
    /// Bytes of the heads before the present one (interim answers).
    head_bytes: usize,
    /// The start of a head that came in pieces; empty, and without memory, otherwise.
    spill: Vec<u8>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { state: State::Head, status: 0, reusable: false, touched: false, head_bytes: 0, spill: Vec::new() }
    }
}

impl Decoder {
    /// Whether any byte of the present answer has come.
    pub(crate) fn touched(&self) -> bool {
        self.touched
    }

    /// Bytes of memory it holds beyond its own.
    pub(crate) fn kept_bytes(&self) -> usize {
        self.spill.capacity()
    }

    /// Takes the next bytes of the answer. After a failure, or bytes beyond the end (which are malformed), the decoder is of no more use.
    #[inline]
    pub(crate) fn feed(&mut self, data: &[u8], heads: &mut HeadReader) -> Result<Progress, Failure> {
        // What nearly every answer is: a head like the last one, with all of its body and nothing else.
        if !self.touched
            && let Some(head) = heads.known_whole(data)
        {
            return Ok(Progress::Whole { status: head.status, reusable: head.reusable });
        }
        self.feed_part(data, heads)
    }

    fn feed_part(&mut self, data: &[u8], heads: &mut HeadReader) -> Result<Progress, Failure> {
        let mut rest = data;
        self.touched |= !data.is_empty();
        while matches!(self.state, State::Head) {
            if rest.is_empty() {
                return Ok(Progress::More);
            }
            let Some((head, after)) = self.head(rest, heads)? else {
                return Ok(Progress::More);
            };
            rest = after;
            self.spill = Vec::new();
            if let 100..=199 = head.status {
                // Nothing here asks for another protocol, so that a switch to one is no answer.
                if head.status == 101 {
                    return Err(Failure::Malformed);
                }
                self.head_bytes += head.bytes;
                continue;
            }
            self.status = head.status;
            self.reusable = head.reusable;
            self.state = match head.framing {
                Framing::Empty => return self.end(rest),
                Framing::Length(left) if left > heads.limits.body_bytes => return Err(Failure::TooLarge),
                Framing::Length(left) => State::Length { left },
                Framing::Chunked => State::Chunked(Chunked::within(heads.limits.body_bytes, heads.limits.head_bytes)),
                Framing::UntilClose => State::UntilClose { left: heads.limits.body_bytes },
            };
        }
        self.body(rest)
    }

    /// The head at the start of what was spilled and `data`, and what of `data` follows it.
    fn head<'d>(&mut self, data: &'d [u8], heads: &mut HeadReader) -> Result<Option<(Head, &'d [u8])>, Failure> {
        // What lies beyond the limit is never looked at, so that the outcome is the same in whatever pieces a head comes.
        let most = (heads.limits.head_bytes as usize).saturating_sub(self.head_bytes);
        let spilled = self.spill.len();
        let within = &data[..data.len().min(most - spilled)];
        let is_full = within.len() < data.len();
        let found = if spilled == 0 {
            heads.read(within)?
        } else {
            self.spill.extend_from_slice(within);
            let worth_reading = self.spill.len() <= EAGER_BYTES || within.contains(&b'\n') || is_full;
            if worth_reading { heads.read(&self.spill)? } else { None }
        };
        match found {
            Some(head) => Ok(Some((head, &data[head.bytes - spilled..]))),
            None if is_full => Err(Failure::TooLarge),
            None => {
                if spilled == 0 {
                    self.spill.extend_from_slice(data);
                }
                Ok(None)
            }
        }
    }

    fn body(&mut self, data: &[u8]) -> Result<Progress, Failure> {
        match &mut self.state {
            State::Head => Ok(Progress::More),
            State::Length { left } => {
                let here = data.len() as u64;
                if here < *left {
                    *left -= here;
                    return Ok(Progress::More);
                }
                let rest = &data[*left as usize..];
                self.end(rest)
            }
            State::Chunked(chunked) => match chunked.feed(data)? {
                None => Ok(Progress::More),
                Some(rest) => self.end(rest),
            },
            State::UntilClose { left } => {
                *left = left.checked_sub(data.len() as u64).ok_or(Failure::TooLarge)?;
                Ok(Progress::More)
            }
        }
    }

    /// The answer is complete; `rest` is what came after it.
    fn end(&mut self, rest: &[u8]) -> Result<Progress, Failure> {
        if !rest.is_empty() {
            return Err(Failure::Malformed);
        }
        let whole = Progress::Whole { status: self.status, reusable: self.reusable };
        self.state = State::Head;
        self.touched = false;
        self.head_bytes = 0;
        Ok(whole)
    }

    /// The connection was closed in good order: the status of the answer that this completes, or what is missing.
    pub(crate) fn close(&mut self, heads: &mut HeadReader) -> Result<u16, Failure> {
        match self.state {
            State::UntilClose { .. } => Ok(self.status),
            State::Head if !self.touched => Err(Failure::Closed),
            // What came last may not have been worth a look until now.
            State::Head => heads.read(&self.spill).and(Err(Failure::Truncated)),
            _ => Err(Failure::Truncated),
        }
    }
}
