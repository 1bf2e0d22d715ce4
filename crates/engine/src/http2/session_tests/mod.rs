//! Connections of HTTP/2 as servers of good will have them: what a session must make of each. The others are `hostile`.

mod hostile;

use super::{
    Blocks, Event, Session, SessionConfig,
    frame::{self, HEAD_BYTES, Head, PREFACE, code, flag, kind, setting},
};
use crate::{clock::Moment, http1::AnswerLimits, request::Request};
use plimsoll_core::outcome::Failure;
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
