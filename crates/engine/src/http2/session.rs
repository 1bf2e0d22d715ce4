//! One connection of HTTP/2: requests go in, frames come out, and the other way round. Whoever owns the transport moves the bytes.

use super::{
    blocks::Blocks,
    fields::FieldReader,
    frame::{self, code, flag, kind, setting},
};
use crate::{clock::Moment, http1::AnswerLimits};
use plimsoll_core::outcome::Failure;
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

/// What a stream may be sent without asking: all that an answer may hold is read and thrown away at once.
const STREAM_WINDOW: u32 = 0x7fff_ffff;
/// The window of a connection unless one side widens it, and the initial one of each stream (RFC 9113, section 6.9.2).
const USUAL_WINDOW: u32 = 65_535;
/// The largest payload that a server takes unless it says otherwise.
const USUAL_FRAME: usize = 16_384;
/// The largest window.
pub(super) const MOST_WINDOW: i64 = 0x7fff_ffff;
/// With more bytes than this to be written, no further requests are begun.
const BACKLOG_BYTES: usize = 64 << 10;
/// Streams are numbered up to here; then another connection is needed.
const LAST_STREAM: u32 = 0x7fff_fff0;

/// What all sessions of a shard share.
#[derive(Debug)]
pub(crate) struct SessionConfig {
    /// The request's fields.
    pub(crate) blocks: Blocks,
    /// Its body; empty for none.
    pub(crate) body: Vec<u8>,
    /// Whether answers have no body, whatever they say.
    pub(crate) answers_head: bool,
    /// How much of an answer is accepted.
    pub(crate) limits: AnswerLimits,
    /// Most requests at one time.
    pub(crate) streams: u32,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It has its whole answer.
    Answered {
        /// Whose it was.
        slot: u32,
        /// The answer's status.
        status: u16,
        /// When its first byte came, where it came in pieces.
        first: Option<Moment>,
    },
    /// It failed.
    Failed {
        /// Whose it was.
        slot: u32,
        /// Why.
        failure: Failure,
    },
    /// The server has certainly not acted on it: it may be sent once more.
    Untouched {
        /// Whose it was.
        slot: u32,
        /// What it is when it may not.
        failure: Failure,
    },
}

/// A request that is under way.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) slot: u32,
    /// The answer's status; 0 before its fields have come.
    pub(super) status: u16,
    /// The length of its body, where it was given.
    pub(super) length: Option<u64>,
    pub(super) received: u64,
    pub(super) first: Moment,
    /// Bytes of the request's body that have been framed.
    pub(super) framed: usize,
    /// Bytes of it that the server is ready to take on this stream.
    pub(super) window: i64,
}

/// Stream numbers are no secret and come from us: mixing them by one multiplication is enough.
#[derive(Default)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(u32::from(byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        // Fibonacci hashing (Knuth, volume 3, section 6.4).
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) config: Arc<SessionConfig>,
    pub(super) streams: HashMap<u32, Stream, BuildHasherDefault<NumberHasher>>,
    pub(super) next_stream: u32,
    /// Streams whose request has more body than the server is ready to take.
    pub(super) starved: Vec<u32>,
    /// What is to be written, and how much of it was.
    pub(super) out: Vec<u8>,
    written: usize,
    /// The start of a frame that came in pieces.
    pub(super) spill: Vec<u8>,
    pub(super) fields: FieldReader,
    /// A field block that came in pieces: its stream, whether that ends with it, and the pieces.
    pub(super) block: Option<(u32, bool, Vec<u8>)>,
    /// Whether the server has said hello.
    pub(super) greeted: bool,
    /// Whether the server has said good-bye: it takes no further requests.
    pub(super) leaving: bool,
    pub(super) most_streams: u32,
    pub(super) frame_bytes: usize,
    pub(super) stream_window: u32,
    pub(super) window: i64,
    pub(super) table_bytes: u32,
    /// Bytes received since the server was last told that it may send more.
    pub(super) consumed: u32,
    /// Frames since one that brought a request on.
    pub(super) idle_frames: u32,
    /// Requests that were sent and answered.
    sent: u64,
    pub(super) answered: u64,
    /// Whether anything came since the last request was sent.
    pub(super) heard: bool,
}

impl Session {
    /// A connection that has yet to say hello.
    pub(crate) fn begin(config: Arc<SessionConfig>) -> Self {
        let mut out = frame::PREFACE.to_vec();
        frame::write_settings(&mut out, &[(setting::ENABLE_PUSH, 0), (setting::INITIAL_WINDOW_SIZE, STREAM_WINDOW)]);
        frame::write(&mut out, kind::WINDOW_UPDATE, 0, 0, &(STREAM_WINDOW - USUAL_WINDOW).to_be_bytes());
        Self {
            config,
            streams: HashMap::default(),
            next_stream: 1,
            starved: Vec::new(),
            out,
            written: 0,
            spill: Vec::new(),
            fields: FieldReader::default(),
            block: None,
            greeted: false,
            leaving: false,
            most_streams: u32::MAX,
            frame_bytes: USUAL_FRAME,
            stream_window: USUAL_WINDOW,
            window: i64::from(USUAL_WINDOW),
            table_bytes: 4096,
            consumed: 0,
            idle_frames: 0,
            sent: 0,
            answered: 0,
            heard: false,
        }
    }

    /// Whether the server has said hello.
    pub(crate) fn is_greeted(&self) -> bool {
        self.greeted
    }

    /// Whether any request was sent.
    pub(crate) fn has_carried(&self) -> bool {
        self.sent > 0
    }

    /// Whether the connection takes no further requests.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving || self.next_stream > LAST_STREAM
    }

    /// Whether no request is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.streams.is_empty()
    }

    /// Whether one more request may begin.
    pub(crate) fn has_room(&self) -> bool {
        self.greeted
            && !self.is_leaving()
            && self.streams.len() < self.config.streams.min(self.most_streams) as usize
            && self.unwritten().len() < BACKLOG_BYTES
    }

    /// Begins the request of a slot; gives the number of its stream.
    pub(crate) fn request(&mut self, slot: u32) -> u32 {
        debug_assert!(self.has_room());
        let stream = self.next_stream;
        self.next_stream += 2;
        let config = Arc::clone(&self.config);
        let block = match (config.blocks.fit(self.table_bytes), self.sent) {
            (false, _) => &config.blocks.plain,
            (true, 0) => &config.blocks.first,
            (true, _) => &config.blocks.next,
        };
        self.sent += 1;
        self.heard = false;
        let ends = if config.body.is_empty() { flag::END_STREAM } else { 0 };
        let mut pieces = block.chunks(self.frame_bytes).peekable();
        let mut head = (kind::HEADERS, ends);
        while let Some(piece) = pieces.next() {
            let last = if pieces.peek().is_none() { flag::END_HEADERS } else { 0 };
            frame::write(&mut self.out, head.0, head.1 | last, stream, piece);
            head = (kind::CONTINUATION, 0);
        }
        let window = i64::from(self.stream_window);
        let state = Stream { slot, status: 0, length: None, received: 0, first: Moment::NEVER, framed: 0, window };
        self.streams.insert(stream, state);
        if !config.body.is_empty() {
            self.send_body(stream);
        }
        stream
    }

    /// Frames as much of a request's body as the server is ready to take.
    pub(super) fn send_body(&mut self, number: u32) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        let body = &self.config.body;
        while stream.framed < body.len() {
            let ready = stream.window.min(self.window).min(self.frame_bytes as i64);
            let Ok(ready @ 1..) = usize::try_from(ready) else {
                self.starved.push(number);
                return;
            };
            let piece = &body[stream.framed..][..ready.min(body.len() - stream.framed)];
            stream.framed += piece.len();
            stream.window -= piece.len() as i64;
            self.window -= piece.len() as i64;
            let ends = if stream.framed == body.len() { flag::END_STREAM } else { 0 };
            frame::write(&mut self.out, kind::DATA, ends, number, piece);
        }
    }

    /// The server is ready to take more of some bodies.
    pub(super) fn resume(&mut self) {
        for stream in std::mem::take(&mut self.starved) {
            self.send_body(stream);
        }
    }

    /// Gives a request up.
    pub(crate) fn cancel(&mut self, stream: u32) {
        if self.streams.remove(&stream).is_some() {
            self.reset(stream, code::CANCEL);
        }
    }

    pub(super) fn reset(&mut self, stream: u32, code: u32) {
        frame::write(&mut self.out, kind::RST_STREAM, 0, stream, &code.to_be_bytes());
    }

    /// What is to be written.
    pub(crate) fn unwritten(&self) -> &[u8] {
        &self.out[self.written..]
    }

    /// So much of it was.
    pub(crate) fn wrote(&mut self, bytes: usize) {
        self.written += bytes;
        if self.written == self.out.len() {
            self.out.clear();
            self.written = 0;
        }
    }

    /// The transport is gone: what becomes of the requests under way.
    pub(crate) fn lose(&mut self, failure: Failure, events: &mut Vec<Event>) {
        // A server may close an idle connection at any moment, so that requests cross with that.
        let crossed = self.answered > 0 && !self.heard && matches!(failure, Failure::Closed | Failure::Reset | Failure::TlsBroken);
        for (_, stream) in self.streams.drain() {
            let slot = stream.slot;
            events.push(match (stream.status, failure) {
                (0, _) if crossed => Event::Untouched { slot, failure },
                (0, _) => Event::Failed { slot, failure },
                // What had begun was cut off.
                (_, Failure::Closed) => Event::Failed { slot, failure: Failure::Truncated },
                _ => Event::Failed { slot, failure },
            });
        }
    }
}
