//! The life of a connection in virtual time.

use crate::{
    clock::Moment,
    connection::{Connection, Ending, Next},
    http1::{AnswerLimits, HeadReader},
};
use plimsoll_core::outcome::Failure;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn at(ms: u64) -> Moment {
    Moment::at_ns(ms * 1_000_000)
}

fn heads() -> HeadReader {
    HeadReader::answering("GET", AnswerLimits::default())
}

/// A connection with a request due at 5 ms, opened and written at 10 ms.
fn sent() -> Connection {
    let mut connection = Connection::closed();
    assert!(connection.begin(at(5), at(10)), "it must be opened first");
    connection.opening(at(10));
    connection.opened();
    assert!(connection.wrote(REQUEST.len(), REQUEST.len(), at(10)));
    connection
}

/// A connection that has carried an answer and is on its second request, due and written at 20 ms.
fn reused() -> Connection {
    let mut connection = sent();
    assert!(matches!(connection.received(OK, &mut heads(), at(30)), Next::Ended(Ending { reusable: true, .. })));
    assert!(!connection.begin(at(20), at(20)), "it is open");
    assert!(connection.wrote(REQUEST.len(), REQUEST.len(), at(20)));
    connection
}

fn failure(next: Next) -> Failure {
    match next {
        Next::Ended(Ending { outcome: Err(failure), reusable: false, .. }) => failure,
        next => panic!("no failure that closes: {next:?}"),
    }
}

#[test]
fn a_request_keeps_its_intended_and_its_actual_send() {
    let mut connection = Connection::closed();
    assert_eq!(connection.in_flight(), None);
    assert!(connection.begin(at(5), at(8)));
    assert!(connection.is_waiting());
    assert_eq!(connection.in_flight(), Some(at(5)), "what waits for its connection is in flight");
    connection.opening(at(10));
    assert!(connection.is_connecting());
    connection.opened();
    assert_eq!(connection.unwritten(REQUEST), REQUEST);
    assert!(connection.wrote(3, REQUEST.len(), at(9)), "the first bytes");
    assert!(connection.is_sending());
    assert_eq!(connection.unwritten(REQUEST), &REQUEST[3..]);
    assert!(!connection.wrote(REQUEST.len() - 3, REQUEST.len(), at(11)));
    assert!(!connection.is_sending());
    assert_eq!(connection.received(&OK[..10], &mut heads(), at(30)), Next::Wait);
    let ending = Ending { outcome: Ok(()), intended: at(5), sent: Some(at(9)), first: Some(at(30)), status: 200, reusable: true };
    assert_eq!(connection.received(&OK[10..], &mut heads(), at(30)), Next::Ended(ending));
    assert_eq!(connection.in_flight(), None);
    assert!(!connection.is_closed());
}

#[test]
fn the_end_of_the_stream_means_what_was_there_before() {
    assert_eq!(failure(sent().closed_by_peer(&mut heads())), Failure::Closed);
    let mut within_head = sent();
    within_head.received(b"HTTP/1.1 2", &mut heads(), at(30));
    assert_eq!(failure(within_head.closed_by_peer(&mut heads())), Failure::Truncated);
    let mut until_close = sent();
    until_close.received(b"HTTP/1.1 200 OK\r\n\r\nall", &mut heads(), at(30));
    assert!(matches!(until_close.closed_by_peer(&mut heads()), Next::Ended(Ending { outcome: Ok(()), reusable: false, .. })));
}

#[test]
fn an_end_without_a_farewell_puts_only_what_lasts_until_the_end_in_doubt() {
    assert_eq!(failure(sent().cut_off(&mut heads())), Failure::Closed);
    let mut within_body = sent();
    within_body.received(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", &mut heads(), at(30));
    assert_eq!(failure(within_body.cut_off(&mut heads())), Failure::Truncated);
    let mut until_close = sent();
    until_close.received(b"HTTP/1.1 200 OK\r\n\r\nall", &mut heads(), at(30));
    assert_eq!(failure(until_close.cut_off(&mut heads())), Failure::TlsBroken);
    assert_eq!(reused().cut_off(&mut heads()), Next::Reopen, "an idle connection may be closed at any moment");
}

#[test]
fn statuses_become_failures_and_keep_the_connection() {
    for (status, want) in
        [(429, Failure::TooManyRequests), (503, Failure::Unavailable), (500, Failure::ServerError), (404, Failure::ClientError)]
    {
        let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let next = sent().received(answer.as_bytes(), &mut heads(), at(30));
        assert!(matches!(next, Next::Ended(Ending { outcome: Err(got), reusable: true, .. }) if got == want), "{status}: {next:?}");
    }
}

#[test]
fn a_reused_connection_that_was_closed_meanwhile_is_opened_again_once() {
    type Event = fn(&mut Connection) -> Next;
    let events: [Event; 2] = [|connection| connection.closed_by_peer(&mut heads()), |connection| connection.broken(Failure::Reset)];
    for (event, second) in events.into_iter().zip([Failure::Closed, Failure::Reset]) {
        let mut connection = reused();
        assert_eq!(event(&mut connection), Next::Reopen);
        connection.transport_gone();
        assert!(connection.is_waiting(), "the request is kept");
        assert_eq!(connection.in_flight(), Some(at(20)));
        connection.opening(at(10));
        connection.opened();
        assert!(!connection.wrote(REQUEST.len(), REQUEST.len(), at(30)), "it counts as sent once");
        assert_eq!(failure(event(&mut connection)), second, "a fresh connection has no such excuse");
    }
}

#[test]
fn once_a_byte_has_come_there_is_no_second_try() {
    let mut connection = reused();
    assert_eq!(connection.received(b"H", &mut heads(), at(30)), Next::Wait);
    assert_eq!(failure(connection.broken(Failure::Reset)), Failure::Reset);
    let mut connection = reused();
    assert_eq!(connection.received(b"H", &mut heads(), at(30)), Next::Wait);
    assert_eq!(failure(connection.closed_by_peer(&mut heads())), Failure::Truncated);
}

#[test]
fn time_outs_tell_connecting_from_waiting_for_an_answer() {
    let timeout_ns = 1_000_000_000;
    let mut connection = Connection::closed();
    assert_eq!(connection.deadline(timeout_ns), None);
    connection.begin(at(5), at(10));
    assert_eq!(connection.deadline(timeout_ns), Some(at(1010)), "from the actual start, not from the intended one");
    connection.opening(at(10));
    assert_eq!(failure(connection.timed_out()), Failure::ConnectTimedOut);
    assert_eq!(failure(sent().timed_out()), Failure::TimedOut);
    let mut reopened = reused();
    assert_eq!(reopened.closed_by_peer(&mut heads()), Next::Reopen);
    reopened.opening(at(20));
    assert_eq!(failure(reopened.timed_out()), Failure::TimedOut, "it was sent before");
}

#[test]
fn an_idle_connection_is_discarded_when_the_peer_closes_or_speaks() {
    let idle = || {
        let mut connection = sent();
        connection.received(OK, &mut heads(), at(30));
        connection
    };
    assert_eq!(idle().closed_by_peer(&mut heads()), Next::Discard);
    assert_eq!(idle().broken(Failure::Reset), Next::Discard);
    let mut unasked = idle();
    assert_eq!(unasked.received(b"HTTP/1.1 408 Request Timeout\r\n\r\n", &mut heads(), at(30)), Next::Discard);
    unasked.transport_gone();
    assert!(unasked.begin(at(40), at(40)), "the next request opens another");
}

#[test]
fn an_answer_before_the_whole_request_was_taken_ends_the_connection() {
    let mut connection = Connection::closed();
    connection.begin(at(5), at(5));
    connection.opening(at(10));
    connection.opened();
    connection.wrote(3, REQUEST.len(), at(5));
    let next = connection.received(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", &mut heads(), at(30));
    assert!(matches!(next, Next::Ended(Ending { outcome: Err(Failure::ClientError), reusable: false, .. })), "{next:?}");
}
