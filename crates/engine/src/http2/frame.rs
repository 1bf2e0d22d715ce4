//! Frames of HTTP/2 (RFC 9113, sections 4 and 6): heads read, small ones written.

/// Bytes of a frame's head.
pub(super) const HEAD_BYTES: usize = 9;
/// The largest payload that a peer may send us: we ask for no other than the default.
pub(super) const MOST_PAYLOAD: usize = 16_384;

/// What a client says first (RFC 9113, section 3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Types of frames.
pub(super) mod kind {
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const PRIORITY: u8 = 2;
    pub const RST_STREAM: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PUSH_PROMISE: u8 = 5;
    pub const PING: u8 = 6;
    pub const GOAWAY: u8 = 7;
    pub const WINDOW_UPDATE: u8 = 8;
    pub const CONTINUATION: u8 = 9;
}

/// Flags of frames; ACK is the first bit of SETTINGS and PING.
pub(super) mod flag {
    pub const END_STREAM: u8 = 0x1;
    pub const ACK: u8 = 0x1;
    pub const END_HEADERS: u8 = 0x4;
    pub const PADDED: u8 = 0x8;
    pub const PRIORITY: u8 = 0x20;
}

/// Parameters of SETTINGS.
pub(super) mod setting {
    pub const HEADER_TABLE_SIZE: u16 = 1;
    pub const ENABLE_PUSH: u16 = 2;
    pub const MAX_CONCURRENT_STREAMS: u16 = 3;
    pub const INITIAL_WINDOW_SIZE: u16 = 4;
    pub const MAX_FRAME_SIZE: u16 = 5;
}

/// Error codes (RFC 9113, section 7).
pub(super) mod code {
    pub const NO_ERROR: u32 = 0;
    pub const REFUSED_STREAM: u32 = 7;
    pub const CANCEL: u32 = 8;
}

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) length: usize,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl Head {
    /// The head at the start of `data`; `None` while it is incomplete.
    #[inline]
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let head: &[u8; HEAD_BYTES] = data.first_chunk()?;
        Some(Self {
            length: usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]),
            kind: head[3],
            flags: head[4],
            stream: number(&head[5..]) & 0x7fff_ffff,
        })
    }

    pub(super) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Four bytes as a number; 0 where there are fewer.
#[inline]
pub(super) fn number(data: &[u8]) -> u32 {
    data.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// Writes a frame.
#[inline]
pub(super) fn write(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    write_head(out, payload.len(), kind, flags, stream);
    out.extend_from_slice(payload);
}

/// Writes the head of a frame whose payload follows.
#[inline]
pub(super) fn write_head(out: &mut Vec<u8>, length: usize, kind: u8, flags: u8, stream: u32) {
    let [_, high, middle, low] = (length as u32).to_be_bytes();
    let [a, b, c, d] = stream.to_be_bytes();
    out.extend_from_slice(&[high, middle, low, kind, flags, a, b, c, d]);
}

/// Writes a SETTINGS frame.
pub(super) fn write_settings(out: &mut Vec<u8>, settings: &[(u16, u32)]) {
    write_head(out, settings.len() * 6, kind::SETTINGS, 0, 0);
    for (parameter, value) in settings {
        out.extend_from_slice(&parameter.to_be_bytes());
        out.extend_from_slice(&value.to_be_bytes());
    }
}

/// The parameters of a SETTINGS payload.
pub(super) fn settings(payload: &[u8]) -> impl Iterator<Item = (u16, u32)> + '_ {
    payload.as_chunks::<6>().0.iter().map(|one| (u16::from_be_bytes([one[0], one[1]]), number(&one[2..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut out = Vec::new();
        write(&mut out, kind::PING, flag::ACK, 0x7fff_ffff, b"12345678");
        let head = Head::read(&out).unwrap();
        assert_eq!(head, Head { length: 8, kind: kind::PING, flags: flag::ACK, stream: 0x7fff_ffff });
        assert!(head.has(flag::ACK) && !head.has(flag::PADDED));
        assert_eq!(out.len(), HEAD_BYTES + 8);
        assert_eq!(Head::read(&out[..8]), None);

        let mut out = Vec::new();
        write_settings(&mut out, &[(setting::ENABLE_PUSH, 0), (setting::INITIAL_WINDOW_SIZE, 1 << 30)]);
        assert_eq!(Head::read(&out).map(|head| head.length), Some(12));
        assert_eq!(settings(&out[HEAD_BYTES..]).collect::<Vec<_>>(), [(2, 0), (4, 1 << 30)]);
    }

    #[test]
    fn the_reserved_bit_of_a_stream_is_passed_over() {
        assert_eq!(Head::read(&[0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]).unwrap().stream, 0x7fff_ffff);
    }
}
