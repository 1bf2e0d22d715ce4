//! The chunked transfer coding (RFC 9112, section 7.1), a byte stream at a time.

use plimsoll_core::outcome::Failure;

/// Most bytes of spaces and extensions after the size of one chunk.
const MOST_EXTENSION_BYTES: u16 = 4096;

/// Where in the coding the stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Digits of a chunk's size.
    Size { value: u64, digits: u8 },
    /// Spaces after the size: no more digits can come.
    Gap { value: u64, bytes: u16 },
    /// Extensions, up to the end of the line.
    Extension { value: u64, bytes: u16 },
    /// The line feed after the size.
    SizeEnd { value: u64 },
    /// Data, with this many bytes to come.
    Data { left: u64 },
    /// The carriage return after the data.
    DataReturn,
    /// The line feed after the data.
    DataEnd,
    /// The start of a trailer field, or of the empty line that ends the body.
    FieldStart,
    /// Inside the name of a trailer field.
    Name,
    /// Inside its value.
    Value,
    /// The line feed after it.
    FieldEnd,
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
            (At::Size { digits: 1.., value }, b' ' | b'\t') => At::Gap { value, bytes: 1 },
            (At::Size { digits: 1.., value }, b';') => At::Extension { value, bytes: 1 },
            (At::Size { digits, value }, _) => {
                let digit = char::from(byte).to_digit(16).ok_or(Failure::Malformed)?;
                // Sixteen hexadecimal digits fill 64 bits; one more is an overflow, even with leading zeros.
                if digits == 16 {
                    return Err(Failure::Malformed);
                }
                At::Size { value: value << 4 | u64::from(digit), digits: digits + 1 }
            }
            (At::Gap { value, .. } | At::Extension { value, .. }, b'\r') => At::SizeEnd { value },
            (At::Gap { bytes: MOST_EXTENSION_BYTES, .. } | At::Extension { bytes: MOST_EXTENSION_BYTES, .. }, _) => {
                return Err(Failure::TooLarge);
            }
            (At::Gap { value, bytes }, b' ' | b'\t') => At::Gap { value, bytes: bytes + 1 },
            (At::Gap { value, bytes }, b';') => At::Extension { value, bytes: bytes + 1 },
            (At::Gap { .. }, _) | (At::Extension { .. }, b'\n') => return Err(Failure::Malformed),
            (At::Extension { value, bytes }, _) => At::Extension { value, bytes: bytes + 1 },
            (At::SizeEnd { value: 0 }, b'\n') => At::FieldStart,
            (At::SizeEnd { value }, b'\n') => {
                self.body_left = self.body_left.checked_sub(value).ok_or(Failure::TooLarge)?;
                At::Data { left: value }
            }
            (At::DataReturn, b'\r') => At::DataEnd,
            (At::DataEnd, b'\n') => At::Size { value: 0, digits: 0 },
            (At::FieldStart, b'\r') => At::LastEnd,
            (At::Value, b'\r') => At::FieldEnd,
            (At::FieldEnd, b'\n') => At::FieldStart,
            // A server that forgets the empty line would have its next head taken for trailers, if these could be anything.
            (At::FieldStart, _) if is_name(byte) => self.trailer(At::Name)?,
            (At::Name, b':') => self.trailer(At::Value)?,
            (At::Name, _) if is_name(byte) => self.trailer(At::Name)?,
            (At::Value, b'\t' | b' '..=b'~' | 0x80..) => self.trailer(At::Value)?,
            _ => return Err(Failure::Malformed),
        })
    }

    /// One more byte of trailers, after which the stream stands at `next`.
    fn trailer(&mut self, next: At) -> Result<At, Failure> {
        self.trailer_left = self.trailer_left.checked_sub(1).ok_or(Failure::TooLarge)?;
        Ok(next)
    }
}

/// Whether a byte may be in the name of a field (RFC 9110, section 5.6.2).
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
