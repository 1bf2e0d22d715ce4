//! The fields of an answer: all of HPACK is read (RFC 7541), but only what bounds an answer is kept of it.

use super::huffman;
use std::collections::VecDeque;

/// The size that a dynamic table has at first, and the most that it may have here: we ask for no other.
const TABLE_BYTES: usize = 4096;
/// What an entry counts beside its name and its value (RFC 7541, section 4.1).
const ENTRY_OVERHEAD: usize = 32;
/// A `:status` has three digits and a `content-length` up to twenty: of longer texts only the length is of interest.
const KEPT_BYTES: usize = 24;

/// Lengths of the names in the static table, by index (RFC 7541, appendix A).
const STATIC_NAMES: [u8; 62] = [
    0, 10, 7, 7, 5, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 14, 15, 15, 13, 6, 27, 3, 5, 13, 13, 19, 16, 16, 14, 16, 13, 12, 6, 4, 4, 6, 7, 4, 4, 8,
    17, 13, 8, 19, 13, 4, 8, 12, 18, 19, 5, 7, 7, 11, 6, 10, 25, 17, 10, 4, 3, 16,
];
const STATIC_STATUSES: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];

/// A field block that can't be read. The connection is of no more use then (RFC 7541, section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// What a field block said about an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// The status; `None` in trailers.
    pub(super) status: Option<u16>,
    /// The length of the body, where it was given.
    pub(super) length: Option<u64>,
    /// A pseudo-field that no answer has, one that is out of place, or values that contradict each other.
    pub(super) is_malformed: bool,
}

/// The names that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Status,
    ContentLength,
    /// Any other name that begins with a colon.
    Pseudo,
    Other,
}

/// A field as the dynamic table keeps it.
#[derive(Clone, Copy, Debug)]
struct Field {
    name: Name,
    name_bytes: usize,
    value: Option<u64>,
    value_bytes: usize,
}

/// A reader of one connection's field blocks. It stores sizes, statuses and lengths, never texts.
#[derive(Debug)]
pub(super) struct FieldReader {
    /// The latest entry first.
    table: VecDeque<Field>,
    pub(super) used: usize,
    pub(super) most: usize,
    /// The last block that left the table as it was, and what it said: the next one is mostly the same.
    last_block: Vec<u8>,
    pub(super) last: Option<Section>,
}

impl Default for FieldReader {
    fn default() -> Self {
        Self { table: VecDeque::new(), used: 0, most: TABLE_BYTES, last_block: Vec::new(), last: None }
    }
}

impl FieldReader {
    /// Reads a whole field block.
    pub(super) fn read(&mut self, block: &[u8]) -> Result<Section, Unreadable> {
        match self.last {
            Some(section) if block == self.last_block => Ok(section),
            _ => self.parse(block),
        }
    }

    fn parse(&mut self, block: &[u8]) -> Result<Section, Unreadable> {
        let mut section = Section::default();
        let mut rest = Bytes(block);
        let mut begun = false;
        let mut regular = false;
        let mut changed = false;
        while let Some(&first) = rest.0.first() {
            let field = match first {
                0x80.. => self.indexed(rest.number(7)?)?,
                0x40..0x80 => {
                    let field = self.literal(&mut rest, 6)?;
                    self.insert(field);
                    changed = true;
                    field
                }
                0x20..0x40 => {
                    // A change of the table's size comes before all fields (RFC 7541, section 4.2).
                    let most = usize::try_from(rest.number(5)?).map_err(|_| Unreadable)?;
                    if begun || most > TABLE_BYTES {
                        return Err(Unreadable);
                    }
                    self.most = most;
                    self.evict(0);
                    changed = true;
                    continue;
                }
                _ => self.literal(&mut rest, 4)?,
            };
            begun = true;
            section.note(field, regular);
            regular |= matches!(field.name, Name::ContentLength | Name::Other);
        }
        if changed {
            self.last = None;
        } else {
            self.last_block.clear();
            self.last_block.extend_from_slice(block);
            self.last = Some(section);
        }
        Ok(section)
    }

    fn indexed(&self, index: u64) -> Result<Field, Unreadable> {
        let index = usize::try_from(index).map_err(|_| Unreadable)?;
        match index {
            0 => Err(Unreadable),
            1..=61 => Ok(static_field(index)),
            _ => self.table.get(index - 62).copied().ok_or(Unreadable),
        }
    }

    /// A field whose value, and perhaps whose name, is written out.
    fn literal(&self, rest: &mut Bytes<'_>, prefix_bits: u32) -> Result<Field, Unreadable> {
        let index = rest.number(prefix_bits)?;
        let (name, name_bytes) = if index == 0 {
            let text = rest.text()?;
            (name_of(text.kept()), text.bytes)
        } else {
            let field = self.indexed(index)?;
            (field.name, field.name_bytes)
        };
        let text = rest.text()?;
        Ok(Field { name, name_bytes, value: decimal(text.kept()), value_bytes: text.bytes })
    }

    fn insert(&mut self, field: Field) {
        let size = field.name_bytes + field.value_bytes + ENTRY_OVERHEAD;
        self.evict(size);
        // An entry larger than the table empties it and is not kept (RFC 7541, section 4.4).
        if size <= self.most {
            self.used += size;
            self.table.push_front(field);
        }
    }

    fn evict(&mut self, needed: usize) {
        while self.used + needed > self.most {
            let Some(oldest) = self.table.pop_back() else { return };
            self.used -= oldest.name_bytes + oldest.value_bytes + ENTRY_OVERHEAD;
        }
    }
}

impl Section {
    fn note(&mut self, field: Field, after_regular: bool) {
        match field.name {
            Name::Status => {
                let status = field.value.and_then(|value| u16::try_from(value).ok()).filter(|status| (100..=999).contains(status));
                self.is_malformed |= after_regular || self.status.is_some() || status.is_none() || field.value_bytes != 3;
                self.status = status;
            }
            Name::ContentLength => {
                self.is_malformed |= field.value.is_none() || self.length.is_some_and(|before| Some(before) != field.value);
                self.length = field.value;
            }
            Name::Pseudo => self.is_malformed = true,
            Name::Other => {}
        }
    }
}

fn static_field(index: usize) -> Field {
    let (name, value) = match index {
        8..=14 => (Name::Status, Some(u64::from(STATIC_STATUSES[index - 8]))),
        28 => (Name::ContentLength, None),
        1..=7 => (Name::Pseudo, None),
        _ => (Name::Other, None),
    };
    let value_bytes = if value.is_some() { 3 } else { 0 };
    Field { name, name_bytes: usize::from(STATIC_NAMES[index]), value, value_bytes }
}

fn name_of(text: &[u8]) -> Name {
    match text {
        b":status" => Name::Status,
        b"content-length" => Name::ContentLength,
        [b':', ..] => Name::Pseudo,
        _ => Name::Other,
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// What is left of a block.
struct Bytes<'b>(&'b [u8]);

/// A text: its length, and its start.
struct Text {
    start: [u8; KEPT_BYTES],
    bytes: usize,
}

impl Text {
    /// The text, where it is short enough to be of interest; nothing otherwise.
    fn kept(&self) -> &[u8] {
        self.start.get(..self.bytes).unwrap_or_default()
    }
}

impl Bytes<'_> {
    fn byte(&mut self) -> Result<u8, Unreadable> {
        let (&first, rest) = self.0.split_first().ok_or(Unreadable)?;
        self.0 = rest;
        Ok(first)
    }

    /// A number whose first byte has so many bits for it (RFC 7541, section 5.1).
    fn number(&mut self, prefix_bits: u32) -> Result<u64, Unreadable> {
        let most = (1u64 << prefix_bits) - 1;
        let start = u64::from(self.byte()?) & most;
        if start < most {
            return Ok(start);
        }
        let mut value = start;
        // Four further bytes hold more than any block does.
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            value += u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Unreadable)
    }

    fn text(&mut self) -> Result<Text, Unreadable> {
        let is_coded = self.0.first().is_some_and(|first| first & 0x80 != 0);
        let bytes = usize::try_from(self.number(7)?).map_err(|_| Unreadable)?;
        let (data, rest) = self.0.split_at_checked(bytes).ok_or(Unreadable)?;
        self.0 = rest;
        let mut text = Text { start: [0; KEPT_BYTES], bytes: 0 };
        let mut take = |byte| {
            if let Some(place) = text.start.get_mut(text.bytes) {
                *place = byte;
            }
            text.bytes += 1;
        };
        if is_coded {
            huffman::decode(data, take).ok_or(Unreadable)?;
        } else {
            data.iter().for_each(|&byte| take(byte));
        }
        Ok(text)
    }
}
