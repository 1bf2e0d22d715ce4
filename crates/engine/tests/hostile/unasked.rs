//! Answers that nobody asked for. HTTP/1.1 has no numbers on its answers: one that comes apart from its request, while another request is
//! under way, can't be told from the answer to that. What can be told is: bytes beyond the end of an answer, and words on an idle connection.

use crate::{
    beside::{assert_beside, saying},
    server::{OK, Server, assert_accounted, config, ms, plan, run_once},
};
use plimsoll_core::{
    outcome::Failure::{ClientError, Malformed, Unavailable},
    step::{Load, StepPlan},
};
use std::time::Duration;

#[test]
fn two_answers_to_one_request() {
    assert_beside(&saying([OK, OK].concat()), Err(Malformed), "two whole answers");
    assert_beside(&saying([OK, b"HTTP"].concat()), Err(Malformed), "an answer and the start of another");
    assert_beside(&saying([OK, b"\r\n"].concat()), Err(Malformed), "an answer and an empty line");
}

#[test]
fn an_answer_before_the_request() {
    let early = |answer: &'static [u8]| {
        Server::start(move |peer| {
            peer.say(answer);
            peer.wait_for_close();
        })
    };
    // A server that turns connections away says so before it has read a request: its word counts.
    assert_beside(&early(b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), Err(Unavailable), "turned away");
    assert_beside(&early(b"220 mail ESMTP\r\n"), Err(Malformed), "a banner");
    assert_beside(&early(&[0; 64]), Err(Malformed), "zeros");
    assert_beside(&early(OK), Ok(()), "an answer that was there all along");
}

#[test]
fn words_on_an_idle_connection_end_it_quietly() {
    let server = Server::start(|peer| {
        while peer.request() && peer.say(OK) && peer.is_there_after(ms(5)) {
            peer.say(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let thinking = plan(Load::Users { users: 4, think: ms(40) }, Duration::from_secs(60));
    let result = run_once(config(server.address), &StepPlan { requests: Some(40), ..thinking });
    assert_accounted(&result);
    let failed = result.failed();
    // In the same piece as the answer it is no HTTP; as the first words after the next request it is the answer to that.
    assert_eq!(failed.get(Malformed) + failed.get(ClientError), failed.total(), "{failed:?}");
    assert!(result.good() >= 4, "{} of 40 are good: {failed:?}", result.good());
    assert!(result.good() <= server.connections(), "{} on {} connections", result.good(), server.connections());
}
