//! Connections of HTTP/2 whole, in pieces and hostile: what a session must make of each.

use super::{
    Blocks, Event, Session, SessionConfig,
    frame::{self, HEAD_BYTES, Head, PREFACE, code, flag, kind, setting},
};
use crate::{clock::Moment, http1::AnswerLimits, request::Request};
use plimsoll_core::outcome::Failure;
use proptest::prelude::*;
use std::sync::Arc;

const LIMITS: AnswerLimits = AnswerLimits { head_bytes: 256, body_bytes: 1000 };
/// `:status: 200`, and `:status: 103`.
const OK: &[u8] = &[0x88];
const HINTS: &[u8] = &[0x08, 3, b'1', b'0', b'3'];
const ENDS: u8 = flag::END_STREAM;
const WHOLE: u8 = flag::END_HEADERS;

fn at(ms: u64) -> Moment {
    Moment::at_ns(ms * 1_000_000)
}

fn asking(request: &Request, streams: u32) -> Session {
    let blocks = Blocks::of(request, false).unwrap();
    let answers_head = request.method == "HEAD";
    Session::begin(Arc::new(SessionConfig { blocks, body: request.body.clone(), answers_head, limits: LIMITS, streams }))
}

/// Kind, flags, stream and payload.
type Frame<'p> = (u8, u8, u32, &'p [u8]);

fn bytes(frames: &[Frame<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for &(kind, flags, stream, payload) in frames {
        frame::write(&mut out, kind, flags, stream, payload);
    }
    out
}

fn settings(all: &[(u16, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    frame::write_settings(&mut out, all);
    out
}

/// The frames that the session has written since the last call.
fn written(session: &mut Session) -> Vec<(Head, Vec<u8>)> {
    let out = session.unwritten().to_vec();
    session.wrote(out.len());
    let mut rest = out.strip_prefix(PREFACE).unwrap_or(&out);
    let mut frames = Vec::new();
    while let Some(head) = Head::read(rest) {
        frames.push((head, rest[HEAD_BYTES..][..head.length].to_vec()));
        rest = &rest[HEAD_BYTES + head.length..];
    }
    assert!(rest.is_empty(), "half a frame");
    frames
}

fn received(session: &mut Session, data: &[u8], ms: u64) -> Result<Vec<Event>, Failure> {
    let mut events = Vec::new();
    session.receive(data, at(ms), &mut events).map(|()| events)
}

/// A session whose server has said hello with these settings, and whose own hello is out of the way.
fn greeted(request: &Request, all: &[(u16, u32)]) -> Session {
    let mut session = asking(request, 10);
    assert_eq!(received(&mut session, &settings(all), 0), Ok(Vec::new()));
    written(&mut session);
    session
}

/// The same, with the requests of slots 7 and 8 under way on streams 1 and 3.
fn busy() -> Session {
    let mut session = greeted(&Request::get("h", "/"), &[]);
    assert_eq!([session.request(7), session.request(8)], [1, 3]);
    written(&mut session);
    session
}

fn good(slot: u32) -> Event {
    Event::Answered { slot, status: 200, first: None }
}

#[test]
fn hello_comes_first_from_both_sides() {
    let mut session = asking(&Request::get("h", "/"), 10);
    assert!(session.unwritten().starts_with(PREFACE));
    assert!(!session.has_room() && !session.is_greeted());
    let kinds: Vec<u8> = written(&mut session).iter().map(|(head, _)| head.kind).collect();
    assert_eq!(kinds, [kind::SETTINGS, kind::WINDOW_UPDATE]);
    assert_eq!(received(&mut session, &settings(&[(setting::MAX_CONCURRENT_STREAMS, 1)]), 1), Ok(Vec::new()));
    assert_eq!(written(&mut session)[0].0, Head { length: 0, kind: kind::SETTINGS, flags: flag::ACK, stream: 0 });
    assert!(session.has_room());
    session.request(0);
    assert!(!session.has_room(), "the server allows one request at a time");
    for stranger in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &bytes(&[(kind::PING, 0, 0, &[0; 8])])] {
        assert_eq!(received(&mut asking(&Request::get("h", "/"), 10), stranger, 1), Err(Failure::Http2Broken));
    }
}

#[test]
fn an_answer_comes_in_one_piece_or_in_several() {
    let mut session = busy();
    let answers = bytes(&[(kind::HEADERS, WHOLE, 1, OK), (kind::HEADERS, WHOLE | ENDS, 3, OK), (kind::DATA, ENDS, 1, b"body")]);
    assert_eq!(received(&mut session, &answers, 5), Ok(vec![good(8), good(7)]));
    assert!(session.is_idle());

    let mut session = busy();
    assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, WHOLE, 1, OK)]), 5), Ok(Vec::new()));
    let rest = bytes(&[(kind::DATA, 0, 1, b"bo"), (kind::DATA, ENDS, 1, b"dy")]);
    assert_eq!(received(&mut session, &rest, 9), Ok(vec![Event::Answered { slot: 7, status: 200, first: Some(at(5)) }]));
}

#[test]
fn interim_answers_trailers_padding_priorities_and_continuations_are_understood() {
    let mut session = busy();
    let padded: &[u8] = &[2, b'x', b'y', b'z', 0, 0];
    let prioritized = [&[0, 0, 0, 0, 16][..], OK].concat();
    let answers = bytes(&[
        (kind::HEADERS, WHOLE, 1, HINTS),
        (kind::HEADERS, 0, 1, &HINTS[..2]),
        (kind::CONTINUATION, WHOLE, 1, &HINTS[2..]),
        (kind::HEADERS, WHOLE | flag::PRIORITY, 1, &prioritized),
        (kind::DATA, flag::PADDED, 1, padded),
        (kind::HEADERS, WHOLE | ENDS, 1, &[0x00, 1, b'a', 1, b'b']),
        (kind::HEADERS, WHOLE | ENDS | flag::PADDED, 3, &[1, OK[0], 0]),
        (0xfa, 0, 0, b"a kind that nobody knows"),
    ]);
    assert_eq!(received(&mut session, &answers, 5), Ok(vec![good(7), good(8)]));
}

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
fn answers_to_head_and_without_content_have_the_length_that_they_would_have() {
    let with_length: &[u8] = &[0x88, 0x0f, 0x0d, 2, b'9', b'9'];
    let head = Request { method: "HEAD".into(), ..Request::get("h", "/") };
    let mut session = greeted(&head, &[]);
    session.request(7);
    assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, WHOLE | ENDS, 1, with_length)]), 5), Ok(vec![good(7)]));
    let mut session = busy();
    let not_modified: &[u8] = &[0x8b, 0x0f, 0x0d, 2, b'9', b'9'];
    let want = Event::Answered { slot: 7, status: 304, first: None };
    assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, WHOLE | ENDS, 1, not_modified)]), 5), Ok(vec![want]));
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
fn pings_are_answered_in_kind() {
    let mut session = busy();
    assert_eq!(
        received(&mut session, &bytes(&[(kind::PING, 0, 0, b"12345678"), (kind::PING, flag::ACK, 0, b"ignored!")]), 5),
        Ok(Vec::new())
    );
    let answers = written(&mut session);
    assert_eq!(answers.len(), 1);
    assert_eq!((answers[0].0.flags, answers[0].1.as_slice()), (flag::ACK, &b"12345678"[..]));
}

#[test]
fn a_server_that_leaves_ends_what_it_took_and_what_it_did_not_take_is_sent_again() {
    let mut session = busy();
    let good_bye = [1u32.to_be_bytes(), code::NO_ERROR.to_be_bytes()].concat();
    let events = received(&mut session, &bytes(&[(kind::GOAWAY, 0, 0, &good_bye)]), 5);
    assert_eq!(events, Ok(vec![Event::Untouched { slot: 8, failure: Failure::GoAway }]));
    assert!(session.is_leaving() && !session.has_room() && !session.is_idle());
    assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, WHOLE | ENDS, 1, OK)]), 6), Ok(vec![good(7)]));
    assert!(session.is_idle());

    let refused = bytes(&[(kind::RST_STREAM, 0, 3, &code::REFUSED_STREAM.to_be_bytes())]);
    assert_eq!(received(&mut busy(), &refused, 5), Ok(vec![Event::Untouched { slot: 8, failure: Failure::StreamReset }]));
}

#[test]
fn a_lost_connection_fails_its_requests_unless_they_crossed_with_its_end() {
    let lost = |session: &mut Session, failure| {
        let mut events = Vec::new();
        session.lose(failure, &mut events);
        events.sort_by_key(|event| matches!(event, Event::Failed { slot: 8, .. } | Event::Untouched { slot: 8, .. }));
        events
    };
    let failed = |slot| Event::Failed { slot, failure: Failure::Closed };
    assert_eq!(lost(&mut busy(), Failure::Closed), [failed(7), failed(8)], "a connection that never answered");

    let mut reused = busy();
    received(&mut reused, &bytes(&[(kind::HEADERS, WHOLE | ENDS, 1, OK), (kind::HEADERS, WHOLE | ENDS, 3, OK)]), 5).unwrap();
    reused.request(9);
    assert_eq!(lost(&mut reused, Failure::Reset), [Event::Untouched { slot: 9, failure: Failure::Reset }]);
    reused.request(9);
    received(&mut reused, &bytes(&[(kind::PING, 0, 0, &[0; 8])]), 6).unwrap();
    assert_eq!(lost(&mut reused, Failure::Closed), [failed(9)], "it was alive after the request");
}

#[test]
fn a_body_is_sent_as_the_server_is_ready_to_take_it() {
    let request = Request { method: "POST".into(), body: vec![b'x'; 50], ..Request::get("h", "/") };
    let mut session = greeted(&request, &[(setting::INITIAL_WINDOW_SIZE, 20)]);
    session.request(7);
    let data = |session: &mut Session| -> Vec<(usize, bool)> {
        written(session).iter().filter(|(head, _)| head.kind == kind::DATA).map(|(head, _)| (head.length, head.has(ENDS))).collect()
    };
    assert_eq!(data(&mut session), [(20, false)]);
    received(&mut session, &bytes(&[(kind::WINDOW_UPDATE, 0, 1, &5u32.to_be_bytes())]), 1).unwrap();
    assert_eq!(data(&mut session), [(5, false)]);
    received(&mut session, &settings(&[(setting::INITIAL_WINDOW_SIZE, 30)]), 2).unwrap();
    assert_eq!(data(&mut session), [(10, false)]);
    received(&mut session, &bytes(&[(kind::WINDOW_UPDATE, 0, 1, &100u32.to_be_bytes())]), 3).unwrap();
    assert_eq!(data(&mut session), [(15, true)]);

    // An answer before the end of the request is an answer, and the rest is not sent.
    let mut session = greeted(&request, &[(setting::INITIAL_WINDOW_SIZE, 0)]);
    session.request(7);
    written(&mut session);
    assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, WHOLE | ENDS, 1, OK)]), 4), Ok(vec![good(7)]));
    let reset = written(&mut session);
    assert_eq!((reset[0].0.kind, reset[0].1.as_slice()), (kind::RST_STREAM, &code::NO_ERROR.to_be_bytes()[..]));
    received(&mut session, &bytes(&[(kind::WINDOW_UPDATE, 0, 0, &100u32.to_be_bytes())]), 5).unwrap();
    assert_eq!(data(&mut session), []);
}

#[test]
fn later_requests_name_what_the_first_wrote_out_unless_the_server_keeps_no_table() {
    let block = |session: &mut Session| {
        session.request(0);
        written(session).into_iter().find(|(head, _)| head.kind == kind::HEADERS).expect("a request").1
    };
    let blocks = Blocks::of(&Request::get("h", "/"), false).unwrap();
    let mut session = greeted(&Request::get("h", "/"), &[]);
    assert_eq!([block(&mut session), block(&mut session)], [blocks.first.clone(), blocks.next]);
    received(&mut session, &settings(&[(setting::HEADER_TABLE_SIZE, 0)]), 1).unwrap();
    received(&mut session, &settings(&[(setting::HEADER_TABLE_SIZE, 4096)]), 1).unwrap();
    assert_eq!(block(&mut session), blocks.plain, "what was emptied stays empty");
}

#[test]
fn a_request_that_was_given_up_is_reset_and_its_answer_passed_over() {
    let mut session = busy();
    session.cancel(1);
    let reset = written(&mut session);
    assert_eq!((reset[0].0.kind, reset[0].0.stream), (kind::RST_STREAM, 1));
    assert_eq!(received(&mut session, &bytes(&[(kind::HEADERS, WHOLE | ENDS, 1, OK)]), 5), Ok(Vec::new()));
    session.cancel(1);
    assert!(written(&mut session).is_empty(), "once is enough");
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

#[test]
fn what_a_server_has_taken_is_not_kept() {
    let body = vec![b'x'; 1 << 20];
    let mut session =
        greeted(&Request { method: "POST".into(), body, ..Request::get("h", "/") }, &[(setting::INITIAL_WINDOW_SIZE, 1 << 30)]);
    received(&mut session, &bytes(&[(kind::WINDOW_UPDATE, 0, 0, &(1u32 << 30).to_be_bytes())]), 1).unwrap();
    written(&mut session);
    for slot in 0..10 {
        session.request(slot);
        while session.unwritten().len() > 1000 {
            session.wrote(session.unwritten().len().min(5000) - 1);
        }
        assert!(session.out.len() < 200_000, "{} bytes are kept", session.out.len());
    }
}
