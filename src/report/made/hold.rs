//! Holds made from steps whose every request is known, for the golden tests.

use plimsoll_core::{
    criterion::Criterion,
    evidence::{Waiting, limits_of},
    finding::{Circumstances, Files, Hold, Subject, Warning},
    outcome::{Failure, NotSent},
    schedule::Arrivals,
    step::{Batch, GeneratorHealth, Load, Phases, Purpose, Settle, StepEnd, StepPlan, StepResult, Traffic},
};
use std::time::Duration;

const TENTH: Duration = Duration::from_millis(100);

/// A second in ten batches under this load, of which each is offered and sent `a_batch` requests with these response and service times.
fn step(load: Load, a_batch: u64, ms: impl Fn(u64) -> (f64, f64), criteria: &[Criterion]) -> StepResult {
    let limits = limits_of(criteria);
    let plan = StepPlan {
        purpose: Purpose::Hold,
        load,
        settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
        measure: 10 * TENTH,
        batches: 10,
        limits: limits.clone(),
        requests: None,
    };
    let mut step = StepResult::begin(plan, Duration::ZERO);
    step.settled = 2 * TENTH;
    let mut phases = Phases::default();
    for index in 0..10 {
        let mut batch = Batch { duration: TENTH, offered: a_batch, sent: a_batch, good: a_batch, ..Batch::empty(limits.len()) };
        for request in 0..a_batch {
            let (response, service) = ms(index * a_batch + request);
            let [response, service] = [response, service].map(|ms| Duration::from_secs_f64(ms / 1e3));
            batch.response_sum_ns += response.as_nanos() as u64;
            batch.response.record(response);
            batch.late.iter_mut().zip(&limits).for_each(|(late, limit)| *late += u64::from(response > *limit));
            step.response.record(response);
            step.service.record(service);
            phases.first_byte.record(service);
            phases.body.record(Duration::ZERO);
        }
        step.batches.push(batch);
    }
    (0..50).for_each(|n| phases.connect.record(Duration::from_micros(60 + n)));
    step.phases = Some(phases);
    step.statuses = [(200, 10 * a_batch)].into();
    step.traffic = Traffic { sent_bytes: 600 * a_batch, received_bytes: 1_250 * a_batch };
    step.generator = GeneratorHealth {
        cpu_share: Some(0.13),
        send_lag_p50_us: Some(12.0),
        send_lag_p99_us: Some(48.0),
        steal_share: Some(0.0),
        run_wait_share: Some(0.002),
        ..GeneratorHealth::default()
    };
    step
}

fn document(step: &StepResult, criteria: &[Criterion], connections: Option<u32>, waiting: Waiting) -> Hold {
    let subject = Subject {
        target: "http://127.0.0.1:8080/shop".to_owned(),
        url: "http://127.0.0.1:8080/shop".to_owned(),
        description: None,
        start: None,
        command: "plimsoll hold http://127.0.0.1:8080/shop".to_owned(),
        started_at: "2026-11-20T10:00:00Z".to_owned(),
        version: "0.1.0".to_owned(),
    };
    let files = Some(Files { open: 61, limit: 20_000 });
    Hold::of(step, Circumstances { subject, criteria, connections, streams: None, resolved: Some(TENTH / 80), waiting, files })
}

fn users(users: u32) -> Load {
    Load::Users { users, think: Duration::ZERO }
}

fn objectives(texts: &[&str]) -> Vec<Criterion> {
    texts.iter().map(|text| text.parse().expect("an objective")).collect()
}

/// Fifty at one time, all answered, from 8 to 12 ms evenly.
pub fn closed() -> Hold {
    let ms = |request: u64| (8.0 + (request % 1_000) as f64 * 0.004, 8.0 + (request % 1_000) as f64 * 0.004);
    document(&step(users(50), 500, ms, &[]), &[], Some(50), Waiting::Asleep)
}

/// A thousand a second through four connections, with a stall of a tenth of a second: requests queue, four are served slowly.
pub fn open() -> Hold {
    let ms = |request: u64| {
        let due = request % 1_000;
        if due < 100 { (101.0 - due as f64, if due < 4 { 101.0 - due as f64 } else { 1.0 }) } else { (1.0, 1.0) }
    };
    let load = Load::Rate { per_s: 1_000.0, arrivals: Arrivals::Constant };
    let criteria = objectives(&["p99<50ms", "p50<20ms", "errors<1%"]);
    document(&step(load, 100, ms, &criteria), &criteria, Some(4), Waiting::Awake)
}

/// A third fails, in three ways; some found no connection.
pub fn failing() -> Hold {
    let criteria = objectives(&["errors<1%"]);
    let mut step = step(users(50), 200, |request| (20.0 + request as f64 / 100.0, 20.0), &criteria);
    for batch in &mut step.batches {
        batch.failed.add(Failure::Reset, 20);
        batch.failed.add(Failure::Unavailable, 79);
        batch.failed.add(Failure::TimedOut, 1);
        batch.offered += 103;
        batch.sent += 100;
        batch.not_sent.add(NotSent::NoConnection, 3);
    }
    step.statuses = [(200, 2_000), (503, 790)].into();
    step.pending.record(Duration::from_millis(5));
    document(&step, &criteria, Some(50), Waiting::Asleep)
}

/// A generator that can't keep up.
pub fn limited() -> Hold {
    let criteria = objectives(&["p99<5ms"]);
    let mut step = step(users(64), 3_000, |request| (1.0 + (request % 100) as f64 / 100.0, 1.0), &criteria);
    step.generator.cpu_share = Some(0.98);
    document(&step, &criteria, Some(64), Waiting::Asleep)
}

/// Nobody listens.
pub fn refused() -> Hold {
    let mut step = step(users(50), 0, |_| (0.0, 0.0), &[]);
    for batch in &mut step.batches {
        batch.failed.add(Failure::Refused, 50);
        (batch.offered, batch.sent) = (50, 50);
    }
    step.traffic = Traffic::default();
    step.statuses.clear();
    step.phases = Some(Phases::default());
    let mut hold = document(&step, &[], Some(50), Waiting::Asleep);
    hold.broken = Some(Warning {
        text: "nobody listens at 127.0.0.1:8080: connections are refused".to_owned(),
        remedy: "start the server, or check host and port".to_owned(),
    });
    hold
}

/// Interrupted while the target settled.
pub fn untimely() -> Hold {
    let plan = step(users(8), 0, |_| (0.0, 0.0), &[]).plan;
    let step = StepResult { end: StepEnd::Interrupted, ..StepResult::begin(plan, Duration::ZERO) };
    document(&step, &[], Some(8), Waiting::Asleep)
}
