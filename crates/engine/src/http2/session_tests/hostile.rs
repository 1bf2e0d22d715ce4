//! Servers that break the rules of HTTP/2, flood or lie: each has its end, and none holds much.

use super::{
    super::frame::{HEAD_BYTES, flag, kind, setting},
    ENDS, Frame, HINTS, LIMITS, OK, WHOLE, at, busy, bytes, good, received, settings, written,
};
use crate::http2::{Event, Session};
use plimsoll_core::outcome::Failure;
use proptest::prelude::*;

#[test]
fn what_is_no_answer_fails_by_itself() {
    let of_stream_1: [(&[Frame<'_>], Failure); 9] = [
        (&[(kind::DATA, ENDS, 1, b"body")], Failure::Malformed),
        (&[(kind::HEADERS, WHOLE | ENDS, 1, HINTS)], Failure::Malformed),
        (&[(kind::HEADERS, WHOLE | ENDS, 1, &[0x08, 3, b'1', b'0', b'1'])], Failure::Malformed),
        (&[(kind::HEADERS, WHOLE | ENDS, 1, &[0x00, 1, b'a', 1, b'b'])], Failure::Malformed),
        (&[(kind::HEADERS, WHOLE, 1, OK), (kind::HEADERS, WHOLE | ENDS, 1, OK)], Failure::Malformed),
        (&[(kind::HEADERS, WHOLE, 1, &[0x88, 0x0f, 0x0d, 1, b'3']), (kind::DATA, ENDS, 1, b"ab")], Failure::Truncated),
        (&[(kind::HEADERS, WHOLE, 1, &[0x88, 0x0f, 0x0d, 1, b'1']), (kind::DATA, ENDS, 1, b"ab")], Failure::Malformed),
        (&[(kind::HEADERS, WHOLE, 1, OK), (kind::DATA, 0, 1, &[0; 1001])], Failure::TooLarge),
        (&[(kind::RST_STREAM, 0, 1, &[0, 0, 0, 2])], Failure::StreamReset),
    ];
    for (frames, failure) in of_stream_1 {
        let mut session = busy();
        let wrong = bytes(frames);
        assert_eq!(received(&mut session, &wrong, 5), Ok(vec![Event::Failed { slot: 7, failure }]), "{frames:?}");
        // The other request goes on as if nothing was.
        assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, WHOLE | ENDS, 3, OK)]), 6), Ok(vec![good(8)]));
        // And what still comes for the failed one is passed over.
        assert_eq!(received(&mut session, &bytes(&[(kind::DATA, ENDS, 1, b"late")]), 7), Ok(Vec::new()));
    }
}

#[test]
fn what_breaks_the_protocol_breaks_the_connection() {
    let ping = [0; 8];
    let window = [0, 0, 0, 0];
    let table: [(&str, &[Frame<'_>]); 19] = [
        ("a push that nobody asked for", &[(kind::PUSH_PROMISE, WHOLE, 1, &[0, 0, 0, 2, 0x82])]),
        ("data without a stream", &[(kind::DATA, 0, 0, b"x")]),
        ("data of a stream that never was", &[(kind::DATA, 0, 99, b"x")]),
        ("fields of a stream of the server's", &[(kind::HEADERS, WHOLE, 2, OK)]),
        ("more padding than payload", &[(kind::DATA, flag::PADDED, 1, &[5, 0])]),
        ("padding without a length", &[(kind::DATA, flag::PADDED, 1, &[])]),
        ("a priority cut off", &[(kind::HEADERS, WHOLE | flag::PRIORITY, 1, &[0, 0])]),
        ("a continuation of nothing", &[(kind::CONTINUATION, WHOLE, 1, OK)]),
        ("another frame inside a field block", &[(kind::HEADERS, 0, 1, OK), (kind::PING, 0, 0, &ping)]),
        ("a continuation of another stream", &[(kind::HEADERS, 0, 1, OK), (kind::CONTINUATION, WHOLE, 3, OK)]),
        ("a field block that can't be read", &[(kind::HEADERS, WHOLE, 1, &[0xff; 8])]),
        ("a ping of the wrong size", &[(kind::PING, 0, 0, &[0; 7])]),
        ("a ping on a stream", &[(kind::PING, 0, 1, &ping)]),
        ("settings of the wrong size", &[(kind::SETTINGS, 0, 0, &[0; 5])]),
        ("settings on a stream", &[(kind::SETTINGS, 0, 1, &[])]),
        ("an acknowledgement with settings", &[(kind::SETTINGS, flag::ACK, 0, &[0; 6])]),
        ("a window that does not grow", &[(kind::WINDOW_UPDATE, 0, 0, &window)]),
        ("a good-bye cut off", &[(kind::GOAWAY, 0, 0, &[0; 7])]),
        ("a reset of the wrong size", &[(kind::RST_STREAM, 0, 1, &[0; 3])]),
    ];
    for (what, frames) in table {
        assert_eq!(received(&mut busy(), &bytes(frames), 5), Err(Failure::Http2Broken), "{what}");
    }
    for (parameter, value) in
        [(setting::INITIAL_WINDOW_SIZE, 1 << 31), (setting::MAX_FRAME_SIZE, 16_383), (setting::MAX_FRAME_SIZE, 1 << 24)]
    {
        assert_eq!(received(&mut busy(), &settings(&[(parameter, value)]), 5), Err(Failure::Http2Broken), "{parameter} {value}");
    }
    let beyond = bytes(&[(kind::WINDOW_UPDATE, 0, 0, &0x7fff_ffff_u32.to_be_bytes())]);
    assert_eq!(received(&mut busy(), &beyond, 5), Err(Failure::Http2Broken), "a window beyond the largest");
    assert_eq!(
        received(&mut busy(), &[0, 0x40, 1, kind::DATA, 0, 0, 0, 0, 1], 5),
        Err(Failure::Http2Broken),
        "a frame larger than allowed"
    );
}

#[test]
fn floods_end_the_connection_and_hold_little() {
    let endless = [0x00, 1, b'a', 100];
    for (what, frame) in [
        ("pings", bytes(&[(kind::PING, 0, 0, &[0; 8])])),
        ("settings", settings(&[])),
        ("empty data", bytes(&[(kind::DATA, 0, 1, b"")])),
        ("windows", bytes(&[(kind::WINDOW_UPDATE, 0, 1, &[0, 0, 0, 1])])),
        ("hints", bytes(&[(kind::HEADERS, WHOLE, 1, HINTS)])),
        ("frames of no known kind", bytes(&[(0xee, 0, 0, b"x")])),
    ] {
        let mut session = busy();
        let end = (0..2000).find_map(|_| received(&mut session, &frame, 5).err());
        assert_eq!(end, Some(Failure::Http2Broken), "{what}");
        assert!(session.unwritten().len() < 20_000, "{what}");
    }
    let mut session = busy();
    assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, 0, 1, &endless)]), 5), Ok(Vec::new()));
    let more = bytes(&[(kind::CONTINUATION, 0, 1, &[b'x'; 100])]);
    let end = (0..10).find_map(|_| received(&mut session, &more, 5).err());
    assert_eq!(end, Some(Failure::TooLarge), "a field block without an end");
}

#[test]
fn acknowledgements_that_nobody_reads_are_a_flood() {
    // Each ping comes with a byte of an answer, so that none of them is idle.
    let ping = |session: &mut Session| {
        let both = bytes(&[(kind::PING, 0, 0, b"12345678"), (kind::DATA, 0, 1, b"x")]);
        received(session, &both, 10)
    };
    let mut reading = busy();
    let mut deaf = busy();
    for session in [&mut reading, &mut deaf] {
        assert_eq!(received(session, &bytes(&[(kind::HEADERS, WHOLE, 1, OK)]), 10), Ok(Vec::new()));
    }
    for _ in 0..900 {
        assert_eq!(ping(&mut reading), Ok(Vec::new()));
        written(&mut reading);
        assert_eq!(ping(&mut deaf), Ok(Vec::new()));
    }
    for _ in 0..99 {
        assert_eq!(ping(&mut reading), Ok(Vec::new()));
        assert_eq!(ping(&mut deaf), Ok(Vec::new()));
    }
    let unread = deaf.unwritten().len();
    while ping(&mut deaf).is_ok() {}
    assert!(deaf.unwritten().len() <= unread + 2 * (HEAD_BYTES + 8), "{unread} bytes, then {}", deaf.unwritten().len());
}

#[test]
fn a_head_in_one_frame_has_the_same_limit_as_one_in_several() {
    let mut field = vec![0, 1, b'a', 0x7f, 0x81, 0x01];
    field.extend_from_slice(&[b'b'; 256]);
    let long = [OK, field.as_slice()].concat();
    assert!(long.len() > LIMITS.head_bytes as usize);
    assert_eq!(received(&mut busy(), &bytes(&[(kind::HEADERS, WHOLE, 1, &long)]), 10), Err(Failure::TooLarge));
    let (start, end) = long.split_at(200);
    let both = bytes(&[(kind::HEADERS, 0, 1, start), (kind::CONTINUATION, WHOLE, 1, end)]);
    assert_eq!(received(&mut busy(), &both, 10), Err(Failure::TooLarge));
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange_and_cutting_them_changes_nothing(
        frames in proptest::collection::vec((0u8..12, any::<u8>(), 0u32..6, proptest::collection::vec(any::<u8>(), 0..40)), 0..12),
        cuts in proptest::collection::vec(1usize..30, 1..20),
    ) {
        let data: Vec<u8> = frames.iter().flat_map(|(kind, flags, stream, payload)| bytes(&[(*kind, *flags, *stream, payload)])).collect();
        let whole = received(&mut busy(), &data, 5);
        let mut session = busy();
        let (mut rest, mut events, mut end) = (data.as_slice(), Vec::new(), Ok(()));
        for &cut in cuts.iter().cycle().take(if data.is_empty() { 0 } else { usize::MAX }) {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            end = session.receive(piece, at(5), &mut events);
            rest = after;
            if end.is_err() || rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(whole.map_err(Some), end.map_err(Some).map(|()| events));
    }
}
