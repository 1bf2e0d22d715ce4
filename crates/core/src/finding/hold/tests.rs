//! Steps made by hand, and what the document must say of them.

use super::*;
use crate::{
    evidence::{Waiting, limits_of},
    outcome::{Failure, NotSent},
    step::{Batch, GeneratorHealth, Load, Phases, Purpose, Settle, StepPlan, StepResult},
};
use std::time::Duration;

const OBJECTIVES: [&str; 3] = ["p50<20ms", "p99<500ms", "errors<1%"];

/// Ten batches of 0.1 s at 50 users: each 98 good answers of 10 ms and 2 resets, the last with a 503 in place of one of the resets.
fn step(requests: Option<u64>) -> StepResult {
    let limits = limits_of(&OBJECTIVES.map(|text| text.parse().unwrap()));
    let plan = StepPlan {
        purpose: Purpose::Hold,
        load: Load::Users { users: 50, think: Duration::ZERO },
        settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
        measure: Duration::from_secs(1),
        batches: 10,
        limits: limits.clone(),
        requests,
    };
    let mut step = StepResult::begin(plan, Duration::ZERO);
    step.settled = Duration::from_millis(200);
    for index in 0..10 {
        let mut batch = Batch { duration: Duration::from_millis(100), offered: 100, sent: 100, good: 98, ..Batch::empty(limits.len()) };
        batch.failed.add(Failure::Reset, if index == 9 { 1 } else { 2 });
        batch.failed.add(Failure::Unavailable, u64::from(index == 9));
        batch.response_sum_ns = 980_000_000;
        for _ in 0..98 {
            batch.response.record(Duration::from_millis(10));
            step.response.record(Duration::from_millis(10));
            step.service.record(Duration::from_millis(8));
        }
        step.batches.push(batch);
    }
    step.statuses = [(200, 980), (503, 1)].into();
    step.traffic = Traffic { sent_bytes: 50_000, received_bytes: 200_000 };
    step.pending.record(Duration::from_millis(3));
    let mut phases = Phases::default();
    phases.connect.record(Duration::from_micros(100));
    step.phases = Some(phases);
    step.generator = GeneratorHealth { cpu_share: Some(0.2), send_lag_p99_us: Some(40.0), ..GeneratorHealth::default() };
    step
}

fn hold(step: &StepResult) -> Hold {
    let text = String::new;
    Hold::of(
        step,
        Circumstances {
            subject: Subject {
                target: text(),
                url: text(),
                description: None,
                start: None,
                command: text(),
                started_at: text(),
                version: text(),
            },
            criteria: &OBJECTIVES.map(|text| text.parse().unwrap()),
            connections: Some(50),
            streams: None,
            resolved: None,
            waiting: Waiting::Asleep,
            files: None,
        },
    )
}

#[test]
fn the_four_rates_and_what_fell_among_the_failures() {
    let hold = hold(&step(None));
    assert_eq!((hold.offered, hold.sent, hold.answered, hold.good), (1_000, 1_000, 981, 980));
    let rates = [hold.offered_per_s, hold.sent_per_s, hold.answered_per_s, hold.good_per_s];
    assert_eq!(rates.map(|rate| rate.map(f64::round)), [1_000.0, 1_000.0, 981.0, 980.0].map(Some));
    assert_eq!((hold.success_share, hold.errors.get(Failure::Reset), hold.in_flight), (Some(0.98), 19, 1));
    // 2% failed, so the median is known and the 99th percentile is infinitely slow.
    let latency = &hold.latency;
    assert!((latency.p50_ms.unwrap() - 10.0).abs() < 0.02 && (latency.p95_ms.unwrap() - 10.0).abs() < 0.02, "{latency:?}");
    assert_eq!((latency.mean_ms, latency.p99_ms, latency.p999_ms, latency.p9999_ms), (Some(10.0), None, None, None));
    assert!((latency.max_ms.unwrap() - 10.0).abs() < 0.02 && (hold.service.p50_ms.unwrap() - 8.0).abs() < 0.02);
    let phases = hold.phases.unwrap();
    assert_eq!((phases.connect.map(|phase| phase.n), phases.tls, phases.resolve), (Some(1), None, None));
    assert_eq!((hold.signals, hold.users, hold.rate, hold.think_s), (None, Some(50), None, None));
    assert!((hold.took_s - 1.2).abs() < 1e-9);
}

#[test]
fn signals_of_a_target_that_was_not_started_here_are_kept_too() {
    let mut watched = step(None);
    watched.signals.side_ms = Some(2.5);
    assert_eq!(hold(&watched).signals, Some(watched.signals));
}

#[test]
fn verdicts_name_what_was_seen_and_allowed() {
    let hold = hold(&step(None));
    let verdicts: Vec<Verdict> = hold.criteria.iter().map(|judged| judged.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail, Verdict::Fail]);
    assert_eq!((hold.criteria[1].seen_ms, hold.criteria[1].bad_share), (None, Some(0.02)));
    assert_eq!((hold.criteria[2].seen_ms, hold.criteria[2].allowed_share), (None, 0.01));
    assert!(hold.warnings.is_empty(), "{:?}", hold.warnings);
}

#[test]
fn nothing_is_held_against_a_target_while_the_generator_may_be_the_limit() {
    let mut busy = step(None);
    busy.generator.cpu_share = Some(0.97);
    let hold = hold(&busy);
    assert!(hold.generator.summary.limited && hold.generator.summary.findings.len() == 1);
    assert!(hold.criteria.iter().all(|judged| judged.verdict == Verdict::Unsure));
    assert!(hold.warnings[0].remedy.contains("--threads"), "{:?}", hold.warnings);
}

#[test]
fn what_went_otherwise_than_asked_is_said_with_its_remedy() {
    let few = hold(&step(Some(20)));
    assert!(few.warnings.iter().any(|warning| warning.text.contains("30 users had nothing to send")), "{:?}", few.warnings);
    let out_of_time = hold(&step(Some(2_000)));
    assert!(out_of_time.warnings.iter().any(|warning| warning.text.contains("1,000 of 2,000")), "{:?}", out_of_time.warnings);
    let mut dead = step(None);
    dead.signals.target_alive = Some(false);
    assert!(hold(&dead).warnings.iter().any(|warning| warning.text.contains("ended while it was measured")));
    let mut crowded = step(None);
    crowded.batches[0].not_sent.add(NotSent::NoConnection, 7);
    let crowded = hold(&crowded);
    assert!(crowded.warnings.iter().any(|warning| warning.text.contains("7 requests") && warning.remedy.contains("-c")));
}

#[test]
fn the_document_survives_a_round_trip_and_has_the_names_of_the_contract() {
    let hold = hold(&step(None));
    let json = serde_json::to_value(&hold).unwrap();
    for name in ["schema", "users", "duration_s", "offered", "sent", "answered", "good", "errors", "latency", "histogram", "generator"] {
        assert!(json.get(name).is_some(), "{name}");
    }
    for name in ["limited", "cpu_share", "send_lag_p99_us", "gap_share", "steal_share", "not_sent"] {
        assert!(json["generator"].get(name).is_some(), "{name}");
    }
    assert_eq!((&json["schema"], json.get("signals")), (&"plimsoll.hold/1".into(), None));
    assert!(json["latency"].get("p99_99_ms").is_some_and(serde_json::Value::is_null), "unknown is null");
    assert_eq!(json["statuses"]["503"], 1);
    assert_eq!(serde_json::from_str::<Hold>(&serde_json::to_string(&hold).unwrap()).unwrap(), hold);
}

#[test]
fn no_answer_at_all_is_told_from_nothing_tried() {
    let mut dead = step(None);
    assert!(!Hold::is_without_answer(&dead));
    dead.batches.iter_mut().for_each(|batch| batch.good = 0);
    assert!(Hold::is_without_answer(&dead));
    dead.settle_good = 1;
    assert!(!Hold::is_without_answer(&dead));
    let untried = StepResult::begin(step(None).plan, Duration::ZERO);
    assert!(!Hold::is_without_answer(&untried));
}
