//! HTTP/1.1 without I/O: a decoder that takes bytes as they come and stores no body (RFC 9112).

mod chunked;
mod decoder;
mod head;

#[cfg(test)]
mod decoder_tests;

pub(crate) use decoder::{Decoder, Progress};
pub(crate) use head::HeadReader;

/// How much of one answer is accepted; more is [`plimsoll_core::outcome::Failure::TooLarge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerLimits {
    /// Bytes of all heads of one answer together, interim ones and trailers included. Default 64 KiB.
    pub head_bytes: u32,
    /// Bytes of the body, counted and thrown away. Default 64 MiB.
    pub body_bytes: u64,
}

impl Default for AnswerLimits {
    fn default() -> Self {
        Self { head_bytes: 64 << 10, body_bytes: 64 << 20 }
    }
}
