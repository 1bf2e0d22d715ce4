//! The request as a field block (RFC 7541), encoded once: its fields are written out for the first request of a connection, and enter the
//! server's table; every further one names them by number.

use crate::request::{Request, RequestError};

/// The size of the server's table unless it asks for less.
const TABLE_BYTES: u32 = 4096;
/// What an entry counts beside its name and its value (RFC 7541, section 4.1).
const ENTRY_OVERHEAD: usize = 32;
/// The first number of the dynamic table.
const DYNAMIC: usize = 62;

/// Fields of the static table that a request may have, with their numbers (RFC 7541, appendix A).
const STATIC: [(&str, &str, usize); 6] = [
    (":method", "GET", 2),
    (":method", "POST", 3),
    (":path", "/", 4),
    (":path", "/index.html", 5),
    (":scheme", "http", 6),
    (":scheme", "https", 7),
];
/// Names of the static table that a request may have.
const STATIC_NAMES: [(&str, usize); 23] = [
    (":authority", 1),
    (":method", 2),
    (":path", 4),
    (":scheme", 6),
    ("accept-charset", 15),
    ("accept-encoding", 16),
    ("accept-language", 17),
    ("accept", 19),
    ("authorization", 23),
    ("cache-control", 24),
    ("content-encoding", 26),
    ("content-length", 28),
    ("content-type", 31),
    ("cookie", 32),
    ("expect", 35),
    ("from", 37),
    ("if-match", 39),
    ("if-modified-since", 40),
    ("if-none-match", 41),
    ("proxy-authorization", 49),
    ("range", 50),
    ("referer", 51),
    ("user-agent", 58),
];

/// The field blocks of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
    /// For the first request of a connection.
    pub(super) first: Vec<u8>,
    /// For all others, once the first has been sent.
    pub(super) next: Vec<u8>,
    /// For servers whose table is too small: it uses none, and tells so first.
    pub(super) plain: Vec<u8>,
    /// Bytes of the server's table that the fields take.
    pub(super) table_bytes: u32,
}

impl Blocks {
    /// Encodes a request.
    ///
    /// # Errors
    /// When a part of it is no HTTP.
    pub(crate) fn of(request: &Request, is_secure: bool) -> Result<Self, RequestError> {
        let mut fields = request.fields()?;
        let scheme = if is_secure { "https" } else { "http" };
        let pseudo = [(":method", request.method.as_str()), (":scheme", scheme), (":path", request.target.as_str())];
        let mut all: Vec<(String, String)> = pseudo.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        if let Some(position) = fields.iter().position(|(name, _)| name == "host") {
            all.push((":authority".to_owned(), fields.remove(position).1));
        }
        all.extend(fields);
        Ok(Self::of_fields(&all))
    }

    fn of_fields(fields: &[(String, String)]) -> Self {
        let is_static = |name: &str, value: &str| STATIC.iter().find(|one| one.0 == name && one.1 == value).map(|one| one.2);
        let new = || fields.iter().filter(|(name, value)| is_static(name, value).is_none());
        let table_bytes: usize = new().map(|(name, value)| name.len() + value.len() + ENTRY_OVERHEAD).sum();
        let (mut first, mut next) = (Vec::new(), Vec::new());
        // A table of no size: what is not in it can't be evicted from it.
        let mut plain = vec![0x20];
        let mut older = new().count();
        for (name, value) in fields {
            if let Some(index) = is_static(name, value) {
                [&mut first, &mut next, &mut plain].into_iter().for_each(|block| push_number(block, 0x80, 7, index));
                continue;
            }
            push_literal(&mut first, 0x40, 6, name, value);
            push_literal(&mut plain, 0x00, 4, name, value);
            // The latest entry has the lowest number.
            older -= 1;
            push_number(&mut next, 0x80, 7, DYNAMIC + older);
        }
        Self { first, next, plain, table_bytes: u32::try_from(table_bytes).unwrap_or(u32::MAX) }
    }

    /// Whether the fields fit the table of a server that allows so many bytes. A smaller table than usual would have to be acknowledged, and
    /// is left alone.
    pub(super) fn fit(&self, most: u32) -> bool {
        most >= TABLE_BYTES && self.table_bytes <= TABLE_BYTES
    }
}

fn push_literal(block: &mut Vec<u8>, pattern: u8, prefix_bits: u32, name: &str, value: &str) {
    match STATIC_NAMES.iter().find(|one| one.0 == name) {
        Some(&(_, index)) => push_number(block, pattern, prefix_bits, index),
        None => {
            push_number(block, pattern, prefix_bits, 0);
            push_text(block, name);
        }
    }
    push_text(block, value);
}

fn push_text(block: &mut Vec<u8>, text: &str) {
    push_number(block, 0, 7, text.len());
    block.extend_from_slice(text.as_bytes());
}

/// RFC 7541, section 5.1.
fn push_number(block: &mut Vec<u8>, pattern: u8, prefix_bits: u32, value: usize) {
    let most = (1usize << prefix_bits) - 1;
    if value < most {
        block.push(pattern | value as u8);
        return;
    }
    block.push(pattern | most as u8);
    let mut rest = value - most;
    while rest >= 0x80 {
        block.push(0x80 | (rest & 0x7f) as u8);
        rest >>= 7;
    }
    block.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_the_standard_has_them() {
        // RFC 7541, appendix C.1.
        for (bits, value, want) in [(5, 10, &[0x0a][..]), (5, 1337, &[0x1f, 0x9a, 0x0a]), (8, 42, &[0x2a])] {
            let mut block = Vec::new();
            push_number(&mut block, 0, bits, value);
            assert_eq!(block, want, "{value}");
        }
    }

    #[test]
    fn what_the_first_request_wrote_out_the_next_one_names() {
        let fields = [(":method", "GET"), (":scheme", "http"), (":path", "/a"), (":authority", "h"), ("x-y", "z")];
        let blocks = Blocks::of_fields(&fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(blocks.first, [&[0x82, 0x86, 0x44, 2][..], b"/a", &[0x41, 1], b"h", &[0x40, 3], b"x-y", &[1], b"z"].concat());
        assert_eq!(blocks.next, [0x82, 0x86, 0x80 | 64, 0x80 | 63, 0x80 | 62]);
        assert_eq!(blocks.plain, [&[0x20, 0x82, 0x86, 0x04, 2][..], b"/a", &[0x01, 1], b"h", &[0x00, 3], b"x-y", &[1], b"z"].concat());
        assert_eq!(blocks.table_bytes, (5 + 2 + 32) + (10 + 1 + 32) + (3 + 1 + 32));
        assert!(blocks.fit(4096) && !blocks.fit(4095));
        assert!(!Blocks { table_bytes: 4097, ..blocks }.fit(65_536));
    }
}
