//! Batches between borders, in virtual time.

use super::{Borders, Passed, Recorder};
use crate::{clock::Moment, connection::Ending};
use plimsoll_core::{
    outcome::{Failure, NotSent},
    stat::Latencies,
    step::Phases,
};
use std::time::Duration;

fn at_ms(ms: u64) -> Moment {
    Moment::at_ns(ms * 1_000_000)
}

fn ending(outcome: Result<(), Failure>, intended_ms: u64, sent_ms: u64) -> Ending {
    Ending { outcome, intended: at_ms(intended_ms), sent: Some(at_ms(sent_ms)), first: None, status: 200, reusable: true }
}

#[test]
fn endings_fall_into_settling_and_then_into_batches_between_common_borders() {
    let mut recorder = Recorder::off();
    recorder.settle(at_ms(0));
    recorder.ended(&ending(Ok(()), 0, 0), at_ms(1));
    recorder.ended(&ending(Err(Failure::Reset), 0, 0), at_ms(2));
    let limits = vec![Duration::from_millis(5), Duration::from_millis(50)];
    recorder.measure(Borders { start: at_ms(10), batch: Duration::from_millis(100), batches: 2, limits });
    assert!(recorder.pass_border(at_ms(9)).is_none());
    let Some(Passed::Begins(settling)) = recorder.pass_border(at_ms(10)) else { panic!("measuring begins") };
    assert_eq!((settling.good, settling.failed.get(Failure::Reset)), (1, 1));

    recorder.offered();
    recorder.sent();
    recorder.ended(&ending(Ok(()), 20, 25), at_ms(40));
    recorder.ended(&ending(Ok(()), 50, 50), at_ms(54));
    recorder.ended(&ending(Err(Failure::TimedOut), 20, 25), at_ms(60));
    let refused = Ending { sent: None, ..ending(Err(Failure::Refused), 20, 0) };
    recorder.ended(&refused, at_ms(61));
    recorder.not_sent(NotSent::NoFile);
    assert_eq!(recorder.border(), at_ms(110));
    let Some(Passed::Batch { index: 0, measured: first, .. }) = recorder.pass_border(at_ms(330)) else { panic!("the first batch") };
    assert_eq!(first.batch.duration, Duration::from_millis(100));
    assert_eq!((first.batch.offered, first.batch.sent, first.batch.good), (1, 2, 2));
    assert_eq!(first.batch.late, [1, 0]);
    assert_eq!(first.batch.response_sum_ns, 24_000_000);
    assert_eq!(first.batch.not_sent.get(NotSent::NoFile), 1);
    assert_eq!(first.batch.failed.seen().collect::<Vec<_>>(), [(Failure::TimedOut, 1), (Failure::Refused, 1)]);
    assert_eq!((first.prompt.count(), first.response.count(), first.service.count()), (1, 1, 1));
    assert_eq!(Latencies::from(&first.prompt).max().unwrap().as_millis(), 4);
    assert_eq!(Latencies::from(&first.service).max().unwrap().as_millis(), 15);

    let Some(Passed::Batch { index: 1, measured: second, .. }) = recorder.pass_border(at_ms(330)) else { panic!("the second batch") };
    assert_eq!(second.batch.ended(), 0);
    assert!(recorder.pass_border(at_ms(999)).is_none());
    assert_eq!(recorder.border(), Moment::NEVER);
}

#[test]
fn connections_opened_while_settling_are_told_with_the_first_batch() {
    let mut recorder = Recorder::off();
    recorder.connected(9);
    recorder.settle(at_ms(0));
    recorder.connected(1_000);
    recorder.secured(2_000);
    recorder.ended(&Ending { first: Some(at_ms(2)), ..ending(Ok(()), 0, 1) }, at_ms(3));
    recorder.measure(Borders { start: at_ms(10), batch: Duration::from_millis(100), batches: 2, limits: Vec::new() });
    assert!(matches!(recorder.pass_border(at_ms(10)), Some(Passed::Begins(_))));
    recorder.connected(3_000);
    let counts = |passed: Option<Passed>| {
        let Some(Passed::Batch { measured, .. }) = passed else { panic!("a batch") };
        let Phases { connect, tls, first_byte, body } = measured.all_phases();
        [connect.count(), tls.count(), first_byte.count(), body.count()]
    };
    assert_eq!(counts(recorder.pass_border(at_ms(110))), [2, 1, 0, 0]);
    assert_eq!(counts(recorder.pass_border(at_ms(210))), [0; 4]);
}

#[test]
fn the_last_request_ends_the_batch_at_hand() {
    let mut recorder = Recorder::off();
    recorder.measure(Borders { start: at_ms(0), batch: Duration::from_millis(100), batches: 5, limits: Vec::new() });
    assert!(matches!(recorder.pass_border(at_ms(0)), Some(Passed::Begins(_))));
    assert!(matches!(recorder.pass_border(at_ms(100)), Some(Passed::Batch { index: 0, is_last: false, .. })));
    recorder.ended(&ending(Ok(()), 90, 90), at_ms(130));
    recorder.finish(at_ms(130));
    let Some(Passed::Batch { index: 1, is_last: true, measured }) = recorder.pass_border(at_ms(131)) else { panic!("the last batch") };
    assert_eq!((measured.batch.duration, measured.batch.good), (Duration::from_millis(30), 1));
    assert!(recorder.pass_border(at_ms(500)).is_none());
}

#[test]
fn an_answer_in_pieces_has_a_first_byte_before_its_last() {
    let mut recorder = Recorder::off();
    recorder.measure(Borders { start: at_ms(0), batch: Duration::from_millis(100), batches: 1, limits: Vec::new() });
    assert!(matches!(recorder.pass_border(at_ms(0)), Some(Passed::Begins(_))));
    recorder.ended(&ending(Ok(()), 10, 10), at_ms(14));
    recorder.ended(&Ending { first: Some(at_ms(23)), ..ending(Ok(()), 20, 21) }, at_ms(30));
    let Some(Passed::Batch { measured, .. }) = recorder.pass_border(at_ms(100)) else { panic!("a batch") };
    let phases = measured.all_phases();
    let ms = |latencies: &Latencies| latencies.buckets().map(|(latency, n)| (latency.as_millis(), n)).collect::<Vec<_>>();
    assert_eq!(ms(&phases.first_byte), [(2, 1), (4, 1)]);
    assert_eq!(ms(&phases.body), [(0, 1), (7, 1)]);
    assert_eq!(measured.statuses.iter().collect::<Vec<_>>(), [(200, 2)]);
}

#[test]
fn a_change_of_load_ends_what_is_measured() {
    let mut recorder = Recorder::off();
    recorder.measure(Borders { start: at_ms(0), batch: Duration::from_millis(10), batches: 5, limits: Vec::new() });
    assert!(matches!(recorder.pass_border(at_ms(0)), Some(Passed::Begins(_))));
    recorder.settle(at_ms(3));
    recorder.ended(&ending(Ok(()), 1, 1), at_ms(4));
    let Some(Passed::Progress(settling)) = recorder.pass_border(at_ms(23)) else { panic!("settling goes on") };
    assert_eq!(settling.good, 1);
    assert!(recorder.pass_border(at_ms(24)).is_none());
}
