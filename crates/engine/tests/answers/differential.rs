//! Our reading of an answer against hyper's: they agree, or the difference is one of a short list.

use crate::{
    deliberate::{Difference, explains},
    hyper_client,
    specimen::Specimen,
};
use plimsoll_core::outcome::Failure;
use plimsoll_engine::{
    AnswerLimits,
    fuzzing::{Answers, Reading},
};

const UNLIMITED: AnswerLimits = AnswerLimits { head_bytes: u32::MAX, body_bytes: u64::MAX };

pub fn check(data: &[u8]) {
    let Some(Specimen { method, answer, .. }) = Specimen::of(data) else { return };
    let ours = ours(method, answer, UNLIMITED);
    // What follows a whole answer is none of hyper's business, and an error to us: both are shown the answer alone.
    let answer = if ours.outcome.is_ok() { &answer[..ours.taken] } else { answer };
    let theirs = hyper_client::read(method, answer);
    let difference = match (ours.outcome, &theirs) {
        (Err(_), Err(_)) => return,
        (Ok((status, _)), Ok((their_status, length))) if status == *their_status && has_length(method, answer, *length) => return,
        (Ok(_), Ok(_)) => Difference::Disagreement,
        (Ok(_), Err(_)) => Difference::OnlyWeAccept,
        (Err(_), Ok(_)) => Difference::OnlyHyperAccepts,
    };
    assert!(
        explains(difference, method, answer).is_some(),
        "{difference:?}: we say {:?}, hyper says {theirs:?}: {method} {}",
        ours.outcome,
        answer.escape_ascii()
    );
}

/// Byte by byte, so that the end of the answer is known to the byte; what follows it is left out.
fn ours(method: &str, answer: &[u8], limits: AnswerLimits) -> Reading {
    let mut answers = Answers::to(method, limits);
    let reading = answers.read(answer.chunks(1));
    let beyond_the_end = reading.outcome == Err(Failure::Malformed) && reading.taken < answer.len();
    if beyond_the_end {
        let alone = Answers::to(method, limits).read(answer[..reading.taken].chunks(1));
        if alone.outcome.is_ok() {
            return alone;
        }
    }
    reading
}

/// Whether the body has just this length: we count bodies down and do not tell, but a limit tells them apart.
fn has_length(method: &str, answer: &[u8], length: u64) -> bool {
    let within = |body_bytes| ours(method, answer, AnswerLimits { body_bytes, ..UNLIMITED }).outcome;
    within(length).is_ok() && (length == 0 || within(length - 1) == Err(Failure::TooLarge))
}
