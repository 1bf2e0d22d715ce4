//! What the server says on a connection of HTTP/2.

use super::{
    fields::Section,
    frame::{self, HEAD_BYTES, Head, MOST_PAYLOAD, code, flag, kind, setting},
    session::{Event, MOST_WINDOW, Session},
};
use crate::clock::Moment;
use plimsoll_core::outcome::Failure;

/// So many frames in a row that bring no request on are a flood.
const MOST_IDLE_FRAMES: u32 = 1_000;
/// So many acknowledgements that the server does not take in are a flood, too.
const MOST_REPLIES: u32 = 1_000;
/// After so many bytes the server is told that it may send as many more.
const REFILL_BYTES: u32 = 1 << 29;
/// Error code PROTOCOL_ERROR.
const PROTOCOL_ERROR: u32 = 1;

const BROKEN: Failure = Failure::Http2Broken;

impl Session {
    /// Takes bytes that came. After an error the connection is of no more use.
    pub(crate) fn receive(&mut self, data: &[u8], now: Moment, events: &mut Vec<Event>) -> Result<(), Failure> {
        self.heard = true;
        if self.spill.is_empty() {
            let taken = self.frames(data, now, events)?;
            self.spill.extend_from_slice(&data[taken..]);
            return Ok(());
        }
        let mut spill = std::mem::take(&mut self.spill);
        spill.extend_from_slice(data);
        let taken = self.frames(&spill, now, events)?;
        spill.drain(..taken);
        self.spill = spill;
        Ok(())
    }

    /// Takes the whole frames at the start of `data`; says how many bytes they were.
    fn frames(&mut self, data: &[u8], now: Moment, events: &mut Vec<Event>) -> Result<usize, Failure> {
        let mut rest = data;
        while let Some(head) = Head::read(rest) {
            if head.length > MOST_PAYLOAD || (!self.greeted && (head.kind != kind::SETTINGS || head.has(flag::ACK))) {
                return Err(BROKEN);
            }
            let Some(payload) = rest[HEAD_BYTES..].get(..head.length) else { break };
            self.frame(head, payload, now, events)?;
            rest = &rest[HEAD_BYTES + head.length..];
        }
        Ok(data.len() - rest.len())
    }

    fn frame(&mut self, head: Head, payload: &[u8], now: Moment, events: &mut Vec<Event>) -> Result<(), Failure> {
        if let Some((stream, ..)) = self.block
            && (head.kind != kind::CONTINUATION || head.stream != stream)
        {
            return Err(BROKEN);
        }
        self.idle_frames += 1;
        if self.idle_frames > MOST_IDLE_FRAMES {
            return Err(BROKEN);
        }
        match head.kind {
            kind::DATA => self.data(head, payload, now, events),
            kind::HEADERS => {
                let mut block = unpadded(head, payload)?;
                if head.has(flag::PRIORITY) {
                    block = block.get(5..).ok_or(BROKEN)?;
                }
                if block.len() > self.config.limits.head_bytes as usize {
                    return Err(Failure::TooLarge);
                }
                if !head.has(flag::END_HEADERS) {
                    self.block = Some((head.stream, head.has(flag::END_STREAM), block.to_vec()));
                    return Ok(());
                }
                self.block_complete(head.stream, head.has(flag::END_STREAM), block, now, events)
            }
            kind::CONTINUATION => {
                let Some((stream, ends, mut block)) = self.block.take() else { return Err(BROKEN) };
                block.extend_from_slice(payload);
                if block.len() > self.config.limits.head_bytes as usize {
                    return Err(Failure::TooLarge);
                }
                if !head.has(flag::END_HEADERS) {
                    self.block = Some((stream, ends, block));
                    return Ok(());
                }
                self.block_complete(stream, ends, &block, now, events)
            }
            kind::RST_STREAM => self.stream_reset(head, payload, events),
            kind::SETTINGS => self.settings(head, payload),
            kind::PING if head.stream != 0 || payload.len() != 8 => Err(BROKEN),
            kind::PING => {
                if head.has(flag::ACK) {
                    Ok(())
                } else {
                    self.acknowledge(kind::PING, payload)
                }
            }
            kind::GOAWAY => self.go_away(head, payload, events),
            kind::WINDOW_UPDATE => self.window_update(head, payload, events),
            // We asked for none.
            kind::PUSH_PROMISE => Err(BROKEN),
            kind::PRIORITY if payload.len() != 5 || head.stream == 0 => Err(BROKEN),
            // What we do not know, we take no notice of (RFC 9113, section 4.1).
            _ => Ok(()),
        }
    }

    fn data(&mut self, head: Head, payload: &[u8], now: Moment, events: &mut Vec<Event>) -> Result<(), Failure> {
        // The whole payload counts for the windows, padding included (RFC 9113, section 6.9.1).
        self.consumed += head.length as u32;
        if self.consumed >= REFILL_BYTES {
            frame::write(&mut self.out, kind::WINDOW_UPDATE, 0, 0, &self.consumed.to_be_bytes());
            self.consumed = 0;
        }
        let body = unpadded(head, payload)?;
        let Some(stream) = self.streams.get_mut(&head.stream) else { return self.of_no_stream(head.stream) };
        if !body.is_empty() || head.has(flag::END_STREAM) {
            self.idle_frames = 0;
        }
        stream.received += body.len() as u64;
        let fault = if stream.status == 0 {
            Some((Failure::Malformed, PROTOCOL_ERROR))
        } else if stream.received > self.config.limits.body_bytes {
            Some((Failure::TooLarge, code::CANCEL))
        } else {
            None
        };
        match fault {
            Some((failure, code)) => self.fail(head.stream, failure, code, events),
            None if head.has(flag::END_STREAM) => self.complete(head.stream, now, events),
            None => {}
        }
        Ok(())
    }

    fn block_complete(&mut self, stream: u32, ends: bool, block: &[u8], now: Moment, events: &mut Vec<Event>) -> Result<(), Failure> {
        let section = self.fields.read(block).map_err(|_| BROKEN)?;
        if !self.streams.contains_key(&stream) {
            return self.of_no_stream(stream);
        }
        match self.understand(stream, ends, section, now) {
            Err(failure) => self.fail(stream, failure, PROTOCOL_ERROR, events),
            Ok(()) if ends => self.complete(stream, now, events),
            Ok(()) => {}
        }
        Ok(())
    }

    /// What a field block means for its stream (RFC 9113, section 8.1).
    fn understand(&mut self, number: u32, ends: bool, section: Section, now: Moment) -> Result<(), Failure> {
        let Some(stream) = self.streams.get_mut(&number) else { return Ok(()) };
        if section.is_malformed {
            return Err(Failure::Malformed);
        }
        match section.status {
            // Trailers, which end the answer.
            None if stream.status != 0 && ends => Ok(()),
            // Nothing here asks for another protocol, and an interim answer is not the last.
            Some(100..=199) if ends || stream.status != 0 || section.status == Some(101) => Err(Failure::Malformed),
            Some(100..=199) => Ok(()),
            Some(status) if stream.status == 0 => {
                self.idle_frames = 0;
                (stream.status, stream.length, stream.first) = (status, section.length, now);
                Ok(())
            }
            _ => Err(Failure::Malformed),
        }
    }

    /// The answer is whole.
    fn complete(&mut self, number: u32, now: Moment, events: &mut Vec<Event>) {
        let Some(stream) = self.streams.remove(&number) else { return };
        self.idle_frames = 0;
        if stream.framed < self.config.body.len() {
            // The server has answered without the rest of the request, and does not want it (RFC 9113, section 8.1).
            self.reset(number, code::NO_ERROR);
        }
        let has_no_body = self.config.answers_head || matches!(stream.status, 204 | 304);
        let missing = stream.length.filter(|_| !has_no_body).map(|length| length.cmp(&stream.received));
        let slot = stream.slot;
        events.push(match missing {
            Some(std::cmp::Ordering::Greater) => Event::Failed { slot, failure: Failure::Truncated },
            Some(std::cmp::Ordering::Less) => Event::Failed { slot, failure: Failure::Malformed },
            _ => {
                self.answered += 1;
                // An answer that began with the bytes at hand came in one piece.
                Event::Answered { slot, status: stream.status, first: (stream.first != now).then_some(stream.first) }
            }
        });
    }

    fn fail(&mut self, number: u32, failure: Failure, code: u32, events: &mut Vec<Event>) {
        if let Some(stream) = self.streams.remove(&number) {
            self.reset(number, code);
            events.push(Event::Failed { slot: stream.slot, failure });
        }
    }

    /// A frame of a stream that is no more, because its request was given up, or that never was.
    fn of_no_stream(&self, number: u32) -> Result<(), Failure> {
        if number % 2 == 1 && number < self.next_stream { Ok(()) } else { Err(BROKEN) }
    }

    fn stream_reset(&mut self, head: Head, payload: &[u8], events: &mut Vec<Event>) -> Result<(), Failure> {
        if payload.len() != 4 {
            return Err(BROKEN);
        }
        let Some(stream) = self.streams.remove(&head.stream) else { return self.of_no_stream(head.stream) };
        let (slot, failure) = (stream.slot, Failure::StreamReset);
        events.push(if frame::number(payload) == code::REFUSED_STREAM {
            Event::Untouched { slot, failure }
        } else {
            Event::Failed { slot, failure }
        });
        Ok(())
    }

    fn settings(&mut self, head: Head, payload: &[u8]) -> Result<(), Failure> {
        if head.stream != 0 || !payload.len().is_multiple_of(6) || (head.has(flag::ACK) && !payload.is_empty()) {
            return Err(BROKEN);
        }
        if head.has(flag::ACK) {
            return Ok(());
        }
        for (parameter, value) in frame::settings(payload) {
            match parameter {
                // Once too small, always: a table that was emptied no longer holds what the first request wrote.
                setting::HEADER_TABLE_SIZE => self.table_bytes = self.table_bytes.min(value),
                setting::MAX_CONCURRENT_STREAMS => self.most_streams = value,
                setting::INITIAL_WINDOW_SIZE => {
                    if i64::from(value) > MOST_WINDOW {
                        return Err(BROKEN);
                    }
                    let change = i64::from(value) - i64::from(self.stream_window);
                    self.stream_window = value;
                    self.streams.values_mut().for_each(|stream| stream.window += change);
                    self.resume();
                }
                setting::MAX_FRAME_SIZE if !(16_384..=0xff_ffff).contains(&value) => return Err(BROKEN),
                setting::MAX_FRAME_SIZE => self.frame_bytes = value as usize,
                _ => {}
            }
        }
        self.greeted = true;
        self.acknowledge(kind::SETTINGS, &[])
    }

    fn acknowledge(&mut self, kind: u8, payload: &[u8]) -> Result<(), Failure> {
        self.replies += 1;
        if self.replies > MOST_REPLIES {
            return Err(BROKEN);
        }
        frame::write(&mut self.out, kind, flag::ACK, 0, payload);
        Ok(())
    }

    fn go_away(&mut self, head: Head, payload: &[u8], events: &mut Vec<Event>) -> Result<(), Failure> {
        if head.stream != 0 || payload.len() < 8 {
            return Err(BROKEN);
        }
        self.leaving = true;
        let last = frame::number(payload) & 0x7fff_ffff;
        for (_, stream) in self.streams.extract_if(|&number, _| number > last) {
            events.push(Event::Untouched { slot: stream.slot, failure: Failure::GoAway });
        }
        Ok(())
    }

    fn window_update(&mut self, head: Head, payload: &[u8], events: &mut Vec<Event>) -> Result<(), Failure> {
        if payload.len() != 4 {
            return Err(BROKEN);
        }
        let more = i64::from(frame::number(payload) & 0x7fff_ffff);
        if head.stream == 0 {
            self.window += more;
            if more == 0 || self.window > MOST_WINDOW {
                return Err(BROKEN);
            }
            self.resume();
            return Ok(());
        }
        let Some(stream) = self.streams.get_mut(&head.stream) else { return self.of_no_stream(head.stream) };
        stream.window += more;
        if more == 0 || stream.window > MOST_WINDOW {
            self.fail(head.stream, Failure::Http2Broken, PROTOCOL_ERROR, events);
        } else {
            self.resume();
        }
        Ok(())
    }
}

/// A payload without its padding (RFC 9113, section 6.1).
fn unpadded(head: Head, payload: &[u8]) -> Result<&[u8], Failure> {
    if !head.has(flag::PADDED) {
        return Ok(payload);
    }
    let (&padding, rest) = payload.split_first().ok_or(BROKEN)?;
    let length = rest.len().checked_sub(usize::from(padding)).ok_or(BROKEN)?;
    Ok(&rest[..length])
}
