//! The Huffman code of HPACK, read only (RFC 7541, appendix B). The code is canonical: the lengths of the codes determine it.

/// Code lengths in bits of the 256 bytes and, last, of the end of string.
#[rustfmt::skip]
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];

const LONGEST: usize = 30;
const END_OF_STRING: u16 = 256;
/// Codes up to this long are found by one look at the next bits: all of the usual characters.
const QUICK_BITS: u32 = 8;

/// The code, laid out for reading.
struct Code {
    /// Symbols in the order of their codes.
    symbols: [u16; 257],
    /// For each length: the first code, left-aligned in 32 bits, that is longer.
    beyond: [u64; LONGEST + 1],
    /// For each length: the first code of it, and where its symbol stands.
    first: [(u32, u16); LONGEST + 1],
    /// For each value of the next bits: the symbol and its length; length 0 where the code is longer.
    quick: [(u8, u8); 1 << QUICK_BITS],
}

static CODE: Code = lay_out();

const fn lay_out() -> Code {
    let mut code = Code { symbols: [0; 257], beyond: [0; LONGEST + 1], first: [(0, 0); LONGEST + 1], quick: [(0, 0); 1 << QUICK_BITS] };
    let (mut next, mut position, mut length) = (0u64, 0usize, 1usize);
    while length <= LONGEST {
        next <<= 1;
        code.first[length] = (next as u32, position as u16);
        let mut symbol = 0;
        while symbol < 257 {
            if LENGTHS[symbol] as usize == length {
                code.symbols[position] = symbol as u16;
                if length as u32 <= QUICK_BITS {
                    let spare = QUICK_BITS - length as u32;
                    let mut tail = 0;
                    while tail < 1u64 << spare {
                        code.quick[((next << spare) | tail) as usize] = (symbol as u8, length as u8);
                        tail += 1;
                    }
                }
                position += 1;
                next += 1;
            }
            symbol += 1;
        }
        code.beyond[length] = next << (32 - length);
        length += 1;
    }
    code
}

/// Decodes `data` and hands each byte to `take`; `None` when the data is not what an encoder writes (RFC 7541, section 5.2).
pub(super) fn decode(data: &[u8], mut take: impl FnMut(u8)) -> Option<()> {
    let mut rest = data.iter();
    // The next bits, left-aligned, and how many there are.
    let (mut bits, mut count) = (0u64, 0u32);
    loop {
        while count <= 56 {
            let Some(&byte) = rest.next() else { break };
            bits |= u64::from(byte) << (56 - count);
            count += 8;
        }
        if count == 0 {
            return Some(());
        }
        let (symbol, length) = match CODE.quick[(bits >> 56) as usize] {
            (_, 0) => long_code(bits)?,
            (symbol, length) => (u16::from(symbol), u32::from(length)),
        };
        if length > count {
            // What is left is padding: fewer than eight bits, all of them ones.
            let is_padding = count < 8 && bits >> (64 - count) == (1 << count) - 1;
            return is_padding.then_some(());
        }
        if symbol == END_OF_STRING {
            return None;
        }
        take(symbol as u8);
        bits <<= length;
        count -= length;
    }
}

fn long_code(bits: u64) -> Option<(u16, u32)> {
    let head = bits >> 32;
    let length = (QUICK_BITS as usize + 1..=LONGEST).find(|&length| head < CODE.beyond[length])?;
    let (first, position) = CODE.first[length];
    let offset = (bits >> (64 - length)) as u32 - first;
    Some((CODE.symbols[usize::from(position) + offset as usize], length as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(data: &[u8]) -> Option<String> {
        let mut out = Vec::new();
        decode(data, |byte| out.push(byte))?;
        String::from_utf8(out).ok()
    }

    #[test]
    fn the_examples_of_the_standard() {
        // RFC 7541, appendix C.4 and C.6.
        let table: [(&[u8], &str); 5] = [
            (&[0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff], "www.example.com"),
            (&[0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf], "no-cache"),
            (&[0x64, 0x02], "302"),
            (
                &[
                    0xd0, 0x7a, 0xbe, 0x94, 0x10, 0x54, 0xd4, 0x44, 0xa8, 0x20, 0x05, 0x95, 0x04, 0x0b, 0x81, 0x66, 0xe0, 0x82, 0xa6, 0x2d,
                    0x1b, 0xff,
                ],
                "Mon, 21 Oct 2013 20:13:21 GMT",
            ),
            (&[0x9b, 0xd9, 0xab], "gzip"),
        ];
        for (data, want) in table {
            assert_eq!(text(data).as_deref(), Some(want));
        }
    }

    #[test]
    fn every_byte_comes_back() {
        // Encoded here by the lengths alone, bit by bit.
        for byte in 0..=255u8 {
            let symbol = CODE.symbols.iter().position(|&symbol| symbol == u16::from(byte)).unwrap();
            let length = usize::from(LENGTHS[usize::from(byte)]);
            let (first, position) = CODE.first[length];
            let code = u64::from(first) + (symbol - usize::from(position)) as u64;
            let padded = (code << (64 - length)) | (u64::MAX >> length);
            let data = &padded.to_be_bytes()[..length.div_ceil(8)];
            let mut got = Vec::new();
            assert_eq!(decode(data, |byte| got.push(byte)), Some(()), "{byte}");
            assert_eq!(got, [byte]);
        }
    }

    #[test]
    fn wrong_padding_and_an_end_of_string_are_refused() {
        assert_eq!(text(&[0xff]), None, "eight bits of padding");
        assert_eq!(text(&[0x84]), None, "padding of zeros");
        assert_eq!(text(&[0xff, 0xff, 0xff, 0xff]), None, "the end of string itself");
        assert_eq!(text(&[]).as_deref(), Some(""));
    }
}
