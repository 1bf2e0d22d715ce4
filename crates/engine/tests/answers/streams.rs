//! HTTP/2: never a panic, never more memory than the limits allow, one ending for each request, and the same whatever the pieces.

use crate::specimen::Specimen;
use plimsoll_engine::fuzzing::Streams;

const REQUESTS: u32 = 3;
/// The largest frame, of which all but the last byte may have come, and what a read adds to it, in a buffer that doubles as it grows.
const MOST_SPILLED: usize = 2 * (16_384 + 9 + 4096);
/// The table of fields, by the size that the standard counts, and the least size of an entry.
const MOST_TABLE: usize = 2 * (4096 / 32) * 64;

pub fn check(data: &[u8]) {
    let Some(specimen) = Specimen::of(data) else { return };
    let whole = Streams::read(specimen.limits, REQUESTS, [specimen.answer]);
    let by_byte = Streams::read(specimen.limits, REQUESTS, specimen.answer.chunks(1));
    let in_pieces = Streams::read(specimen.limits, REQUESTS, specimen.pieces());
    let shown = specimen.answer.escape_ascii();
    for (how, other) in [("byte by byte", &by_byte), ("in pieces", &in_pieces)] {
        assert_eq!((&other.ended, other.broken), (&whole.ended, whole.broken), "{how}: {shown}");
    }
    let mut requests: Vec<u32> = whole.ended.iter().map(|&(request, _)| request).collect();
    requests.sort_unstable();
    assert_eq!(requests, (0..REQUESTS).collect::<Vec<_>>(), "each request ends once: {shown}");
    // A field block in pieces, and the memory of a whole one.
    let most = MOST_SPILLED + MOST_TABLE + 2 * 2 * (specimen.limits.head_bytes as usize).max(16_384);
    for reading in [&whole, &by_byte, &in_pieces] {
        assert!(reading.kept <= most, "{} bytes are kept, {most} are allowed: {shown}", reading.kept);
        // Three bodies, and answers to each of the smallest frames.
        let most = 3 * 40_100 + 3 * specimen.answer.len();
        assert!(reading.unwritten <= most, "{} bytes are to be written, {most} are allowed: {shown}", reading.unwritten);
    }
}
