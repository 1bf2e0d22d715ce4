//! Findings made by hand for the golden tests: what a search would say of targets whose behaviour is known.

use plimsoll_core::{
    criterion::Criterion,
    finding::*,
    outcome::{Failure, FailureCounts, NotSentCounts},
    stat::{Latencies, Resolution},
    step::{GeneratorHealth, Purpose, Signals, StepEnd},
};
use std::time::Duration;

/// One second at `users`, with so many good answers that took `ms` (spread by a tenth), and failures of one kind.
fn step(purpose: Purpose, users: u32, good: u64, ms: f64, failed: Option<(Failure, u64)>) -> StepRecord {
    let mut histogram = Latencies::with_resolution(Resolution::Fine);
    for n in 0..good {
        let spread = 0.95 + 0.1 * (n as f64 + 0.5) / good as f64;
        histogram.record(Duration::from_secs_f64(ms * spread / 1e3));
    }
    let mut errors = FailureCounts::default();
    failed.into_iter().for_each(|(kind, n)| errors.add(kind, n));
    let ended = good + errors.total();
    StepRecord {
        purpose,
        users: Some(users),
        rate: None,
        started_s: 0.0,
        settled_s: 0.2,
        duration_s: 1.0,
        end: StepEnd::Full,
        offered: ended,
        sent: ended,
        answered: good,
        good,
        good_per_s: Some(good as f64),
        latency: LatencySummary::of(&histogram, errors.total(), Some(ms / 1e3)),
        service: LatencySummary::of(&histogram, errors.total(), None),
        errors,
        not_sent: NotSentCounts::default(),
        service_histogram: histogram.clone(),
        histogram,
        generator: GeneratorHealth::default(),
        signals: Signals::default(),
    }
}

/// Steps against a target of `slots` slots that take `ms` each: the throughput rises to the slots and the wait grows beyond.
fn queueing(slots: u32, ms: f64, loads: &[u32]) -> Vec<StepRecord> {
    let at = |users: u32| {
        let rate = f64::from(users.min(slots)) * 1e3 / ms;
        step(Purpose::Ramp, users, rate.round() as u64, f64::from(users) / rate * 1e3, None)
    };
    loads.iter().map(|&users| at(users)).collect()
}

fn latency(ms: f64) -> LatencySummary {
    LatencySummary { mean_ms: Some(ms), p50_ms: Some(ms), p95_ms: Some(ms * 1.08), p99_ms: Some(ms * 1.1) }
}

fn rung(rung: Rung, users: Option<f64>, up_to: f64) -> LadderRung {
    LadderRung { rung, kind: None, users, seen: users.is_some(), up_to, detail: None }
}

/// The answer for `lab:pool`: 4 workers that wait 50 ms.
pub fn firm() -> Finding {
    Finding {
        cause: Some(Cause {
            verdict: "worker_pool".to_owned(),
            confidence: "high".to_owned(),
            evidence: vec![
                "4 workers held a request each and 4 connections waited unaccepted".to_owned(),
                "meanwhile it used 0.03 of its 1 core".to_owned(),
            ],
            others: Vec::new(),
            next: vec!["more workers or threads: each holds one request while it waits".to_owned(), "an asynchronous server".to_owned()],
        }),
        headroom: Some(Headroom {
            low: 128.0,
            high: 150.0,
            limit: "cpu".to_owned(),
            note: "32 to 38 times as many, at 330 us to 390 us of CPU time a request and 1 core in all".to_owned(),
            proof: Some("plimsoll compare lab:pool RAISED".to_owned()),
        }),
        ..unexplained()
    }
}

/// The same, where nobody looked at its processes.
fn unexplained() -> Finding {
    Finding {
        schema: FINDING_SCHEMA.to_owned(),
        subject: Subject {
            target: "lab:pool".to_owned(),
            url: "http://127.0.0.1:40001/".to_owned(),
            description: Some("4 workers, wait 50 ms".to_owned()),
            start: None,
            command: "plimsoll find lab:pool".to_owned(),
            started_at: "2026-11-20T10:00:00Z".to_owned(),
            version: "0.1.0".to_owned(),
        },
        criteria: vec![Criterion::Errors { share: 0.01 }],
        ending: Ending::Complete,
        took_s: 38.4,
        load_line: LoadLine {
            axis: Axis::Users,
            value: Some(4.0),
            low: Some(3.93),
            high: Some(4.07),
            confidence: 0.95,
            word: Word::Firm,
            binding: "knee".to_owned(),
            reasons: Vec::new(),
        },
        also: Also {
            users_at_once: Some(4.0),
            rate_per_s: Some(79.8),
            users_with_think: Some(UsersWithThink { think_s: 1.0, users: 83.8 }),
        },
        unloaded: latency(50.1),
        at_line: latency(50.2),
        twice_as_slow_at: Some(8.0),
        peak: Some(Peak { users: 4.0, throughput_per_s: 79.9 }),
        knee: Some(Fitted { users: 4.0, low: 3.93, high: 4.07 }),
        slots: Some(Slots { value: 4.0, low: 3.93, high: 4.07 }),
        one_more: Some(OneMore { users: 4, rate_per_s: 79.8, rate_with_one_more_per_s: 79.9 }),
        ladder: vec![
            rung(Rung::Knee, Some(4.0), 32.0),
            LadderRung { detail: Some("median 100 ms, 2.0 times idle".to_owned()), ..rung(Rung::Slow, Some(8.0), 32.0) },
            rung(Rung::TimeOuts, None, 32.0),
            rung(Rung::Refusals, None, 32.0),
            rung(Rung::Errors, None, 32.0),
            rung(Rung::Crash, None, 32.0),
        ],
        recovery: Recovery { recovered: Some(true), after_s: Some(0.41) },
        cause: None,
        headroom: None,
        generator: GeneratorSummary {
            limited: false,
            cpu_share: Some(0.013),
            send_lag_p99_us: Some(38.0),
            gap_share: Some(0.002),
            steal_share: Some(0.0),
            not_sent: NotSentCounts::default(),
            findings: Vec::new(),
        },
        gates: Vec::new(),
        warnings: Vec::new(),
        steps: queueing(4, 50.0, &[1, 2, 4, 5, 8, 16, 32]),
    }
}

/// A wide interval.
pub fn rough() -> Finding {
    let mut finding = unexplained();
    finding.load_line.word = Word::Rough;
    finding.load_line.low = Some(3.4);
    finding.load_line.high = Some(4.9);
    finding.load_line.reasons = vec!["the interval is wider than 7.5%".to_owned(), "there was no time to hold the estimate".to_owned()];
    finding.warnings = vec![Warning {
        text: "60 s were too short to narrow the interval to 5%.".to_owned(),
        remedy: "--time 2m, or --tolerance 20%.".to_owned(),
    }];
    finding
}

/// A target that became slower while it was measured.
pub fn unstable() -> Finding {
    let mut finding = rough();
    finding.load_line.word = Word::Unstable;
    finding.load_line.reasons = vec!["the median at 2 at one time moved from 50.1 ms to 75.2 ms within 20 s".to_owned()];
    finding.recovery = Recovery { recovered: None, after_s: None };
    finding
}

/// The ceiling came first.
pub fn at_least() -> Finding {
    let mut finding = unexplained();
    finding.load_line.word = Word::AtLeast;
    finding.load_line.value = Some(32.0);
    finding.load_line.low = Some(32.0);
    finding.load_line.high = None;
    finding.load_line.binding = "none".to_owned();
    finding.load_line.reasons = vec!["the ceiling of --max-users 32 was reached before it degraded".to_owned()];
    finding.also = Also { users_at_once: Some(32.0), rate_per_s: Some(640.0), users_with_think: None };
    finding.one_more = None;
    finding.twice_as_slow_at = None;
    finding.recovery = Recovery { recovered: None, after_s: None };
    finding.ladder =
        [Rung::Knee, Rung::Slow, Rung::TimeOuts, Rung::Refusals, Rung::Errors, Rung::Crash].map(|kind| rung(kind, None, 32.0)).to_vec();
    finding.steps = queueing(1000, 50.0, &[1, 2, 4, 8, 16, 32]);
    finding
}

fn without_line(finding: &mut Finding, reasons: &[&str]) {
    finding.load_line.word = Word::Withheld;
    finding.load_line.value = None;
    finding.load_line.low = None;
    finding.load_line.high = None;
    finding.load_line.reasons = reasons.iter().map(|&reason| reason.to_owned()).collect();
    finding.also = Also::default();
    finding.one_more = None;
    finding.knee = None;
    finding.slots = None;
    finding.at_line = LatencySummary::default();
    finding.recovery = Recovery { recovered: None, after_s: None };
}

/// The generator shared its core.
pub fn generator_limited() -> Finding {
    let mut finding = unexplained();
    without_line(
        &mut finding,
        &["the load generator was the limit: its thread was busy 97% of the time", "Give it a core of its own, or more --threads"],
    );
    finding.generator.limited = true;
    finding.generator.cpu_share = Some(0.97);
    finding.generator.send_lag_p99_us = Some(8_400.0);
    finding.generator.findings = vec!["another program had its core for 46% of the time".to_owned()];
    finding
}

/// Nobody listens.
pub fn broken() -> Finding {
    let mut finding = unexplained();
    without_line(
        &mut finding,
        &["nobody listens at http://127.0.0.1:1/: every connection was refused", "Start the server, or check host and port"],
    );
    finding.subject.target = "http://127.0.0.1:1/".to_owned();
    finding.subject.url = finding.subject.target.clone();
    finding.subject.description = None;
    finding.took_s = 1.2;
    finding.unloaded = LatencySummary::default();
    finding.twice_as_slow_at = None;
    finding.peak = None;
    finding.generator = GeneratorSummary::default();
    finding.steps = vec![step(Purpose::Ramp, 1, 0, 1.0, Some((Failure::Refused, 31)))];
    finding
}

/// Ctrl-C after the ramp.
pub fn interrupted() -> Finding {
    let mut finding = rough();
    finding.ending = Ending::Interrupted;
    finding.took_s = 9.7;
    finding.load_line.reasons = vec!["the run was interrupted before the interval was narrow".to_owned()];
    finding.warnings.clear();
    finding.recovery = Recovery { recovered: None, after_s: None };
    finding
}

/// Crashes above 120 and comes back.
pub fn crash_with_recovery() -> Finding {
    let mut finding = unexplained();
    finding.subject.target = "lab:threads?crash_above=120".to_owned();
    finding.subject.description = Some("a thread for each connection, wait 50 ms; crashes above 120".to_owned());
    finding.load_line.value = Some(120.0);
    finding.load_line.low = Some(119.0);
    finding.load_line.high = Some(121.0);
    finding.load_line.binding = "errors<1%".to_owned();
    finding.also = Also {
        users_at_once: Some(120.0),
        rate_per_s: Some(2_400.0),
        users_with_think: Some(UsersWithThink { think_s: 1.0, users: 2_520.0 }),
    };
    finding.one_more = None;
    finding.twice_as_slow_at = None;
    finding.ladder = vec![
        rung(Rung::Knee, None, 180.0),
        rung(Rung::Slow, None, 180.0),
        rung(Rung::TimeOuts, None, 180.0),
        LadderRung {
            kind: Some("reset".to_owned()),
            detail: Some("31% of the requests".to_owned()),
            ..rung(Rung::Refusals, Some(128.0), 180.0)
        },
        rung(Rung::Errors, None, 180.0),
        LadderRung { detail: Some("no good answer for 1.2 s".to_owned()), ..rung(Rung::Crash, Some(180.0), 180.0) },
    ];
    finding.recovery = Recovery { recovered: Some(true), after_s: Some(2.3) };
    finding.steps = queueing(1_000, 50.0, &[1, 2, 4, 8, 16, 32, 64, 120]);
    finding.steps.push(step(Purpose::Refine, 128, 1_400, 54.0, Some((Failure::Reset, 630))));
    finding.steps.push(step(Purpose::Overshoot, 180, 0, 1.0, Some((Failure::Refused, 3_000))));
    finding
}

/// Crashes above 120 and stays down.
pub fn crash_that_stays() -> Finding {
    let mut finding = crash_with_recovery();
    finding.recovery = Recovery { recovered: Some(false), after_s: Some(15.0) };
    finding
}

/// One request at a time.
pub fn one_slot() -> Finding {
    let mut finding = unexplained();
    finding.subject.target = "lab:single".to_owned();
    finding.subject.description = Some("one request at a time, wait 50 ms".to_owned());
    finding.load_line.value = Some(1.0);
    finding.load_line.low = Some(1.0);
    finding.load_line.high = Some(1.03);
    finding.also =
        Also { users_at_once: Some(1.0), rate_per_s: Some(19.9), users_with_think: Some(UsersWithThink { think_s: 1.0, users: 20.9 }) };
    finding.one_more = Some(OneMore { users: 1, rate_per_s: 19.9, rate_with_one_more_per_s: 19.9 });
    finding.ladder[0].users = Some(1.0);
    finding.ladder[1].users = Some(2.0);
    finding.steps = queueing(1, 50.0, &[1, 2, 4, 8]);
    finding
}

/// 16 slots of 40 ms, of which 99 at one time keep p99 under 400 ms.
pub fn slo() -> Finding {
    let mut finding = unexplained();
    finding.subject.target = "http://127.0.0.1:8080/shop".to_owned();
    finding.subject.url = finding.subject.target.clone();
    finding.subject.description = None;
    finding.criteria = vec!["p99<400ms".parse().expect("an objective"), Criterion::Errors { share: 0.01 }];
    finding.load_line.value = Some(99.0);
    finding.load_line.low = Some(96.2);
    finding.load_line.high = Some(102.0);
    finding.load_line.binding = "p99<400ms".to_owned();
    finding.also =
        Also { users_at_once: Some(99.0), rate_per_s: Some(400.0), users_with_think: Some(UsersWithThink { think_s: 1.0, users: 499.0 }) };
    finding.unloaded = LatencySummary { mean_ms: Some(40.0), p50_ms: Some(27.7), p95_ms: Some(120.0), p99_ms: Some(184.0) };
    finding.at_line = LatencySummary { mean_ms: Some(247.0), p50_ms: Some(239.0), p95_ms: Some(334.0), p99_ms: Some(399.0) };
    finding.one_more = None;
    finding.ladder[0].users = Some(16.0);
    finding.ladder[1] =
        LadderRung { kind: Some("p99<400ms".to_owned()), detail: Some("p99 431 ms".to_owned()), ..rung(Rung::Slow, Some(108.0), 396.0) };
    finding.steps = queueing(16, 40.0, &[1, 2, 4, 8, 16, 32, 64, 99, 108, 128, 396]);
    finding
}

fn gate(gate: GateKind, asked: f64, verdict: GateVerdict, text: &str) -> Gate {
    Gate { gate, asked, verdict, text: text.to_owned(), seen: Some(4.0), low: Some(3.9), high: Some(4.1) }
}

/// The same as [`firm`], with a gate that it passes and one that it does not.
pub fn gated() -> Finding {
    let mut finding = firm();
    finding.gates = vec![
        gate(
            GateKind::FailBelow,
            4.0,
            GateVerdict::Passed,
            "carries 4 at one time (between 3.9 and 4.1) where at least 4 at one time are asked for",
        ),
        gate(
            GateKind::MaxDrop,
            0.05,
            GateVerdict::Failed,
            "carries 4 at one time, 20% less (27% less to 13% less), than the 5 at one time on 2026-11-19T10:00:00Z, where a drop of up to 5% \
             is allowed",
        ),
    ];
    finding
}

/// The same as [`unstable`], with a gate that it can't decide.
pub fn undecided() -> Finding {
    let mut finding = unstable();
    finding.gates = vec![gate(
        GateKind::FailBelow,
        5.0,
        GateVerdict::CannotTell,
        "whether it carries 5 at one time can't be told: the target did not stay the same while it was measured",
    )];
    finding
}
