//! The chunked transfer coding (RFC 9112, section 7.1), a byte stream at a time.

use plimsoll_core::outcome::Failure;

/// Most bytes of one chunk's extensions.
const MOST_EXTENSION_BYTES: u16 = 4096;

/// Where in the coding the stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Digits of a chunk's size.
    Size { value: u64, digits: u8 },
    /// After the size: spaces or extensions up to the end of the line.
    Extension { value: u64, bytes: u16 },
    /// The line feed after the size.
    SizeEnd { value: u64 },
    /// Data, with this many bytes to come.
    Data { left: u64 },
    /// The carriage return after the data.
    DataReturn,
    /// The line feed after the data.
    DataEnd,
    /// The start of a trailer line, or of the empty line that ends the body.
    LineStart,
    /// Inside a trailer line.
    Line,
    /// The line feed of a trailer line.
    LineEnd,
    /// The line feed of the empty line.
    LastEnd,
}

/// The decoder of one chunked body. What it counts is bounded by the caller's limits; it stores nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunked {
    at: At,
    body_left: u64,
    trailer_left: u32,
}

impl Chunked {
    /// A body of at most `most_body` bytes, followed by trailers of at most `most_trailer` bytes.
    pub(super) fn within(most_body: u64, most_trailer: u32) -> Self {
        Self { at: At::Size { value: 0, digits: 0 }, body_left: most_body, trailer_left: most_trailer }
    }

    /// Takes `data`; gives what follows the end of the body once that is reached.
    pub(super) fn feed<'d>(&mut self, mut data: &'d [u8]) -> Result<Option<&'d [u8]>, Failure> {
        while let Some((&byte, rest)) = data.split_first() {
            if let At::Data { left } = self.at {
                let taken = left.min(data.len() as u64);
                data = &data[taken as usize..];
                self.at = if taken == left { At::DataReturn } else { At::Data { left: left - taken } };
                continue;
            }
            data = rest;
            if self.at == At::LastEnd {
                return if byte == b'\n' { Ok(Some(data)) } else { Err(Failure::Malformed) };
            }
            self.at = self.step(byte)?;
        }
        Ok(None)
    }

    fn step(&mut self, byte: u8) -> Result<At, Failure> {
        Ok(match (self.at, byte) {
            (At::Size { digits: 1.., value }, b'\r') => At::SizeEnd { value },
            (At::Size { digits: 1.., value }, b';' | b' ' | b'\t') => At::Extension { value, bytes: 0 },
            (At::Size { digits, value }, _) => {
                let digit = char::from(byte).to_digit(16).ok_or(Failure::Malformed)?;
                // Sixteen hexadecimal digits fill 64 bits; one more is an overflow, even with leading zeros.
                if digits == 16 {
                    return Err(Failure::Malformed);
                }
                At::Size { value: value << 4 | u64::from(digit), digits: digits + 1 }
            }
            (At::Extension { value, .. }, b'\r') => At::SizeEnd { value },
            (At::Extension { .. }, b'\n') => return Err(Failure::Malformed),
            (At::Extension { bytes: MOST_EXTENSION_BYTES, .. }, _) => return Err(Failure::TooLarge),
            (At::Extension { value, bytes }, _) => At::Extension { value, bytes: bytes + 1 },
            (At::SizeEnd { value: 0 }, b'\n') => At::LineStart,
            (At::SizeEnd { value }, b'\n') => {
                self.body_left = self.body_left.checked_sub(value).ok_or(Failure::TooLarge)?;
                At::Data { left: value }
            }
            (At::DataReturn, b'\r') => At::DataEnd,
            (At::DataEnd, b'\n') => At::Size { value: 0, digits: 0 },
            (At::LineStart, b'\r') => At::LastEnd,
            (At::LineStart | At::Line, b'\n') => return Err(Failure::Malformed),
            (At::Line, b'\r') => At::LineEnd,
            (At::LineStart | At::Line, _) => {
                self.trailer_left = self.trailer_left.checked_sub(1).ok_or(Failure::TooLarge)?;
                At::Line
            }
            (At::LineEnd, b'\n') => At::LineStart,
            (At::SizeEnd { .. } | At::DataReturn | At::DataEnd | At::LineEnd | At::Data { .. } | At::LastEnd, _) => {
                return Err(Failure::Malformed);
            }
        })
    }
}
