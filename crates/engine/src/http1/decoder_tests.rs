//! Answers whole, in pieces and hostile: what the decoder must make of each.

use super::{AnswerLimits, Decoder, HeadReader, Progress};
use plimsoll_core::outcome::Failure;
use proptest::prelude::*;

const LIMITS: AnswerLimits = AnswerLimits { head_bytes: 256, body_bytes: 1000 };

/// What an answer comes to: its status and whether the connection may be used again.
type Outcome = Result<(u16, bool), Failure>;

/// Feeds the pieces; when they end without a whole answer, the connection is closed.
fn decode<'p>(heads: &mut HeadReader, pieces: impl IntoIterator<Item = &'p [u8]>) -> Outcome {
    let mut decoder = Decoder::default();
    let mut whole = None;
    for piece in pieces {
        if whole.is_some() && !piece.is_empty() {
            // As on a connection whose answer was taken for complete: more of it would be read as the start of another.
            return Err(Failure::Malformed);
        }
        match decoder.feed(piece, heads)? {
            Progress::More => {}
            Progress::Whole { status, reusable } => whole = Some((status, reusable)),
        }
    }
    match whole {
        Some(outcome) => Ok(outcome),
        None => decoder.close(heads).map(|status| (status, false)),
    }
}

fn reader(method: &str) -> HeadReader {
    HeadReader::answering(method, LIMITS)
}

/// The outcome of `bytes`, whole and byte by byte, with and without a memory of the head: all must agree.
fn outcome_of(method: &str, bytes: &[u8]) -> Outcome {
    let mut heads = reader(method);
    let whole = decode(&mut heads, [bytes]);
    assert_eq!(decode(&mut heads, [bytes]), whole, "with the head remembered: {:?}", bytes.escape_ascii().to_string());
    let single = decode(&mut reader(method), bytes.chunks(1));
    assert_eq!(single, whole, "byte by byte: {:?}", bytes.escape_ascii().to_string());
    assert_eq!(decode(&mut heads, bytes.chunks(1)), whole, "byte by byte with the head remembered");
    whole
}

#[test]
fn good_answers() {
    let table: &[(&[u8], (u16, bool))] = &[
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", (200, true)),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", (200, true)),
        (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", (200, true)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\nhello", (200, true)),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", (200, false)),
        (b"HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 2\r\n\r\nok", (200, false)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", (200, false)),
        (b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", (999, true)),
        // Lines that end with a line feed alone, and folded ones (RFC 9112, sections 2.2 and 5.2).
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", (200, true)),
        (b"HTTP/1.1 200 OK\r\nX: a\r\n\tb\r\nContent-Length:\r\n  2\r\n\r\nok", (200, true)),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", (200, true)),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", (204, true)),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", (304, true)),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx", (404, true)),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", (200, false)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nuntil the end", (200, false)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", (200, true)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n1;a=\"b\"\r\nx\r\n0A \r\n0123456789\r\n000\r\nT: v\r\nU: w\r\n\r\n", (200, true)),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (200, false)),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", (200, true)),
    ];
    for (bytes, want) in table {
        assert_eq!(outcome_of("GET", bytes), Ok(*want), "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn answers_to_head_have_no_body() {
    assert_eq!(outcome_of("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"), Ok((200, true)));
    assert_eq!(outcome_of("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), Ok((200, true)));
    assert_eq!(outcome_of("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"), Err(Failure::Malformed));
}

#[test]
fn hostile_answers() {
    use Failure::{Closed, Malformed, TooLarge, Truncated};
    let long_head = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'a'; 300], b"\r\n\r\n"].concat();
    let endless_head = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'a'; 300]].concat();
    let interims = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(20);
    let long_body = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'a'; 1001]].concat();
    let long_chunks = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice(), &b"1\r\nx\r\n".repeat(1001)].concat();
    let long_gap = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1".as_slice(), &[b' '; 5000]].concat();
    let long_extension = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;".as_slice(), &[b'a'; 5000]].concat();
    let long_trailer = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n".as_slice(), &b"A: b\r\n".repeat(100)].concat();
    let table: &[(&[u8], Failure)] = &[
        (b"", Closed),
        (b"H", Truncated),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", Truncated),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", Truncated),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", Truncated),
        (b"HTTP/1.1 100 Continue\r\n\r\n", Truncated),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Malformed),
        (b"220 mail ESMTP\r\n", Malformed),
        (b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 20x OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 1000 OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 0\r\n\r\n", Malformed),
        // Not whole, and wrong all the same.
        (b"HTTP/1.1 200 OK\r\nBad Name", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", TooLarge),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", TooLarge),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", TooLarge),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", TooLarge),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nx\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 1\r\nx\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \nx\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000001\r\nx\r\n0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: v\nU: w\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno field\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n: v\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: v\r\n w\r\n\r\n", Malformed),
        // The next answer, where the empty line was forgotten.
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\rx", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", Malformed),
        (b"HTTP/1.1 204 No Content\r\n\r\nx", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx", Malformed),
        (&long_head, TooLarge),
        (&endless_head, TooLarge),
        (&interims, TooLarge),
        (&long_body, TooLarge),
        (&long_chunks, TooLarge),
        (&long_gap, TooLarge),
        (&long_extension, TooLarge),
        (&long_trailer, TooLarge),
    ];
    for (bytes, want) in table {
        assert_eq!(outcome_of("GET", bytes), Err(*want), "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn what_is_no_http_is_known_from_its_first_bytes() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"SSH", &mut reader("GET")), Err(Failure::Malformed));
}

#[test]
fn too_many_fields_are_too_large() {
    let head = [b"HTTP/1.1 200 OK\r\n".as_slice(), &b"A: b\r\n".repeat(129), b"\r\n"].concat();
    let mut heads = HeadReader::answering("GET", AnswerLimits::default());
    assert_eq!(decode(&mut heads, [head.as_slice()]), Err(Failure::TooLarge));
}

#[test]
fn a_remembered_head_is_used_only_for_the_same_bytes() {
    let mut heads = reader("GET");
    assert_eq!(decode(&mut heads, [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".as_slice()]), Ok((200, true)));
    assert_eq!(decode(&mut heads, [b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad".as_slice()]), Ok((500, true)));
    assert_eq!(decode(&mut heads, [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes".as_slice()]), Ok((200, true)));
    assert_eq!(decode(&mut heads, [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno".as_slice()]), Err(Failure::Truncated));
}

#[test]
fn one_decoder_takes_one_answer_after_the_other() {
    let mut heads = reader("GET");
    let mut decoder = Decoder::default();
    for _ in 0..3 {
        assert!(!decoder.touched());
        assert_eq!(decoder.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", &mut heads), Ok(Progress::More));
        assert!(decoder.touched());
        assert_eq!(decoder.feed(b"k", &mut heads), Ok(Progress::Whole { status: 200, reusable: true }));
        assert_eq!(
            decoder.feed(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", &mut heads),
            Ok(Progress::Whole { status: 204, reusable: true })
        );
    }
}

/// A valid answer, and what it must come to.
fn valid_answer() -> impl Strategy<Value = (Vec<u8>, Outcome)> {
    let status = prop_oneof![Just(200u16), Just(404), Just(429), Just(503)];
    // Names this short are none that frames a body.
    let fields = prop::collection::vec("[A-Za-z]{1,6}: [ -~]{0,12}\r\n", 0..3);
    let chunks = prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..5);
    (status, fields, 0..3u8, chunks, 0..3usize).prop_map(|(status, fields, framing, chunks, interims)| {
        let mut bytes = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(interims);
        bytes.extend_from_slice(format!("HTTP/1.1 {status} Reason\r\n{}", fields.concat()).as_bytes());
        let body = chunks.concat();
        match framing {
            0 => bytes.extend_from_slice(&[format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat()),
            1 => {
                bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in &chunks {
                    bytes.extend_from_slice(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
            _ => bytes.extend_from_slice(&[b"\r\n".as_slice(), &body].concat()),
        }
        (bytes, Ok((status, framing < 2)))
    })
}

fn in_pieces<'b>(bytes: &'b [u8], cuts: &[prop::sample::Index]) -> Vec<&'b [u8]> {
    let mut borders: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).chain([0, bytes.len()]).collect();
    borders.sort_unstable();
    borders.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

proptest! {
    #[test]
    fn any_split_of_a_valid_answer_decodes_the_same(
        (bytes, want) in valid_answer(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut heads = reader("GET");
        prop_assert_eq!(decode(&mut heads, in_pieces(&bytes, &cuts)), want);
        prop_assert_eq!(decode(&mut heads, in_pieces(&bytes, &again)), want);
    }

    #[test]
    fn no_bytes_panic_and_any_split_of_them_fails_the_same(
        tail in prop::collection::vec(any::<u8>(), 0..200),
        start in prop_oneof![
            Just(b"".as_slice()),
            Just(b"HTTP/1.1 200 OK\r\n".as_slice()),
            Just(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice()),
        ],
    ) {
        let bytes = [start, &tail].concat();
        let whole = decode(&mut reader("GET"), [bytes.as_slice()]);
        let single = decode(&mut reader("GET"), bytes.chunks(1));
        prop_assert_eq!(whole, single);
    }
}
