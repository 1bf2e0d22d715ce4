//! The body of an answer: a few bytes, or as many as it takes to be a nuisance, streamed in chunks.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

/// A body of a known length; chunks share their memory.
pub struct Filler {
    chunk: Bytes,
    left: u64,
}

impl Filler {
    /// A body of `length` bytes, made of repetitions of `chunk`, which must not be empty unless the length is 0.
    pub fn of(length: u64, chunk: Bytes) -> Self {
        Self { chunk, left: length }
    }
}

impl Body for Filler {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let n = self.left.min(self.chunk.len() as u64);
        if n == 0 {
            return Poll::Ready(None);
        }
        self.left -= n;
        Poll::Ready(Some(Ok(Frame::data(self.chunk.slice(..n as usize)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
