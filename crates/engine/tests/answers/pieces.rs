//! Never a panic, never more memory than the limits allow, and one outcome whatever the pieces and whatever was read before.

use crate::specimen::Specimen;
use plimsoll_engine::fuzzing::{Answers, Reading};

/// Heads that are remembered before: one that many answers start with, and one that is itself an answer.
const BEFORE: [&[u8]; 2] = [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"];

pub fn check(data: &[u8]) {
    let Some(specimen) = Specimen::of(data) else { return };
    let answers = || Answers::to(specimen.method, specimen.limits);
    let whole = read(&specimen, &mut answers(), "whole", [specimen.answer]);
    let by_byte = read(&specimen, &mut answers(), "byte by byte", specimen.answer.chunks(1));
    let in_pieces = read(&specimen, &mut answers(), "in pieces", specimen.pieces());
    let shown = specimen.answer.escape_ascii();
    assert_eq!(by_byte.outcome, whole.outcome, "byte by byte: {shown}");
    assert_eq!(in_pieces.outcome, whole.outcome, "in pieces: {shown}");
    // With the same head remembered, after itself on the same connection, and after others.
    let mut warm = answers();
    for round in 0..3 {
        let again = read(&specimen, &mut warm, "again", [specimen.answer]);
        assert_eq!(again.outcome, whole.outcome, "round {round}: {shown}");
        let again = read(&specimen, &mut warm, "again in pieces", specimen.pieces());
        assert_eq!(again.outcome, whole.outcome, "round {round}, in pieces: {shown}");
        if let Some(before) = BEFORE.get(round) {
            warm.read([*before]);
        }
    }
}

fn read<'p>(specimen: &Specimen<'_>, answers: &mut Answers, how: &str, pieces: impl IntoIterator<Item = &'p [u8]>) -> Reading {
    let reading = answers.read(pieces);
    // A head in pieces, and the memory of one, each in a buffer that doubles as it grows.
    let most = 2 * 2 * (specimen.limits.head_bytes as usize).max(8);
    assert!(reading.kept <= most, "{how}: {} bytes are kept, {most} are allowed", reading.kept);
    reading
}
