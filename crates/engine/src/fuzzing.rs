//! The decoder of answers, for those who try to break it: no part of the engine's interface.

use crate::http1::{AnswerLimits, Decoder, HeadReader, Progress};
use plimsoll_core::outcome::Failure;

/// A reader of answers with its memory of the last head, and the decoder of one connection.
#[derive(Debug)]
pub struct Answers {
    heads: HeadReader,
    decoder: Decoder,
}

/// What became of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The status and whether the connection may carry another request, or what is wrong.
    pub outcome: Result<(u16, bool), Failure>,
    /// Bytes of the pieces up to the one that completed the answer; all bytes where none did.
    pub taken: usize,
    /// The most bytes of memory that the decoder and its memory of heads held on the way.
    pub kept: usize,
}

impl Answers {
    /// Answers to requests with this method, within these limits.
    pub fn to(method: &str, limits: AnswerLimits) -> Self {
        Self { heads: HeadReader::answering(method, limits), decoder: Decoder::default() }
    }

    /// The answer in these pieces, after which the connection is closed in good order. It comes on the same connection as the one before,
    /// unless that left the connection of no more use.
    pub fn read<'p>(&mut self, pieces: impl IntoIterator<Item = &'p [u8]>) -> Reading {
        let mut reading = Reading { outcome: Err(Failure::Closed), taken: 0, kept: 0 };
        reading.outcome = self.outcome(pieces, &mut reading.taken, &mut reading.kept);
        if !matches!(reading.outcome, Ok((_, true))) {
            self.decoder = Decoder::default();
        }
        reading
    }

    fn outcome<'p>(
        &mut self,
        pieces: impl IntoIterator<Item = &'p [u8]>,
        taken: &mut usize,
        kept: &mut usize,
    ) -> Result<(u16, bool), Failure> {
        let mut whole = None;
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            if whole.is_some() {
                // Bytes beyond the end, as they would be in the same piece as the end.
                return Err(Failure::Malformed);
            }
            *taken += piece.len();
            let fed = self.decoder.feed(piece, &mut self.heads);
            *kept = (*kept).max(self.decoder.kept_bytes() + self.heads.kept_bytes());
            if let Progress::Whole { status, reusable } = fed? {
                whole = Some((status, reusable));
            }
        }
        match whole {
            Some(whole) => Ok(whole),
            None => self.decoder.close(&mut self.heads).map(|status| (status, false)),
        }
    }
}
