//! The decoders of answers, for those who try to break them: no part of the engine's interface.

use crate::{
    clock::Moment,
    http1::{AnswerLimits, Decoder, HeadReader, Progress},
    http2::{Blocks, Event, Session, SessionConfig},
    request::Request,
};
use plimsoll_core::outcome::Failure;
use std::sync::Arc;

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

/// What became of the requests of one HTTP/2 connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streams {
    /// Each request by its number, in the order in which they ended: its status, or what is wrong.
    pub ended: Vec<(u32, Result<u16, Failure>)>,
    /// What broke the connection, where it broke before the server closed it.
    pub broken: Option<Failure>,
    /// The most bytes of memory that were held on the way beyond what is to be written.
    pub kept: usize,
    /// The most bytes that were to be written at one time.
    pub unwritten: usize,
}

impl Streams {
    /// Sends `requests` with bodies that are larger than a server takes unasked, and reads these pieces of what the server says after its
    /// hello. Then the server closes.
    ///
    /// # Panics
    /// Never: the request is a good one.
    pub fn read<'p>(limits: AnswerLimits, requests: u32, pieces: impl IntoIterator<Item = &'p [u8]>) -> Self {
        /// An empty SETTINGS frame.
        const HELLO: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
        let request = Request { method: "POST".into(), body: vec![b'x'; 40_000], ..Request::get("h", "/") };
        let blocks = Blocks::of(&request, false).expect("a request that can be written");
        let config = SessionConfig { blocks, body: request.body, answers_head: false, limits, streams: requests };
        let mut session = Session::begin(Arc::new(config));
        let mut streams = Self { ended: Vec::new(), broken: None, kept: 0, unwritten: 0 };
        let mut events = Vec::new();
        let (now, mut begun) = (Moment::now(), 0);
        for piece in std::iter::once(HELLO).chain(pieces) {
            if let Err(failure) = session.receive(piece, now, &mut events) {
                streams.broken = Some(failure);
                break;
            }
            // All begin with the hello, so that the pieces after it make no difference.
            while begun < requests && session.has_room() {
                session.request(begun);
                begun += 1;
                session.wrote(session.unwritten().len());
            }
            streams.kept = streams.kept.max(session.kept_bytes());
            streams.unwritten = streams.unwritten.max(session.unwritten().len());
            session.wrote(session.unwritten().len());
        }
        streams.note(&mut events);
        session.lose(streams.broken.unwrap_or(Failure::Closed), &mut events);
        // All at one time, in no order of their own.
        events.sort_by_key(|&event| slot_of(event));
        streams.note(&mut events);
        streams
    }

    fn note(&mut self, events: &mut Vec<Event>) {
        self.ended.extend(events.drain(..).map(|event| match event {
            Event::Answered { slot, status, .. } => (slot, Ok(status)),
            Event::Failed { slot, failure } | Event::Untouched { slot, failure } => (slot, Err(failure)),
        }));
    }
}

fn slot_of(event: Event) -> u32 {
    match event {
        Event::Answered { slot, .. } | Event::Failed { slot, .. } | Event::Untouched { slot, .. } => slot,
    }
}
