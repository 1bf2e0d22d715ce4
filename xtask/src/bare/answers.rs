//! What the bare server answers: about a hundred bytes, so that the work of the kernel is the same for each kind.

use std::io::Write;

/// A kind of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Answers {
    /// The same bytes each time.
    Fixed,
    /// A head with a number of its own each time, as servers give that number requests.
    Ids,
    /// A body in two chunks.
    Chunked,
}

/// Writes answers of one kind, one after the other.
pub struct Writer {
    bytes: Vec<u8>,
    /// Where the digits that differ each time stand.
    digits: Option<std::ops::Range<usize>>,
    number: u64,
}

impl Writer {
    /// Answers of this kind.
    pub fn of(kind: Answers) -> Self {
        let text = match kind {
            Answers::Fixed => {
                "HTTP/1.1 200 OK\r\nServer: bare\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\nnothing but an echo"
            }
            Answers::Ids => {
                "HTTP/1.1 200 OK\r\nServer: bare\r\nX-Request-Id: 0000000000000000\r\nContent-Length: 19\r\n\r\nnothing but an echo"
            }
            Answers::Chunked => {
                "HTTP/1.1 200 OK\r\nServer: bare\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nnothing\r\nc\r\n but an echo\r\n0\r\n\r\n"
            }
        };
        let digits = text.find("0000000000000000").map(|start| start..start + 16);
        Self { bytes: text.as_bytes().to_vec(), digits, number: 0 }
    }

    /// The next answer.
    pub fn next(&mut self) -> &[u8] {
        if let Some(digits) = self.digits.clone() {
            self.number += 1;
            write!(&mut self.bytes[digits], "{:016x}", self.number).expect("sixteen digits have room for any number");
        }
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_nothing_else_does() {
        let mut writer = Writer::of(Answers::Ids);
        let (first, second) = (writer.next().to_vec(), writer.next().to_vec());
        let differing: Vec<usize> = (0..first.len()).filter(|&at| first[at] != second[at]).collect();
        assert_eq!((first.len(), differing.len()), (second.len(), 1));
        let mut fixed = Writer::of(Answers::Fixed);
        assert_eq!(fixed.next().to_vec(), fixed.next());
    }

    #[test]
    fn all_kinds_are_about_as_long() {
        for kind in [Answers::Fixed, Answers::Ids, Answers::Chunked] {
            assert!((95..=120).contains(&Writer::of(kind).next().len()), "{kind:?}: {}", Writer::of(kind).next().len());
        }
    }
}
