//! A hold in sentences: the load, what came of it, each objective, and the generator's figures.

use super::{answer, closing, names, seconds};
use crate::report::paint::{Tone, plain};
use plimsoll_core::{
    evidence::Verdict,
    finding::{Ending, Hold, Judged, LatencyDetail, PhaseDetails},
    schedule::Arrivals,
    units::{show_bytes, show_count, show_duration, show_number, show_share},
};

/// From this share of good answers on the others are counted, because a percentage with three digits would hide them.
const NEARLY_ALL: f64 = 0.995;
/// With fewer the answer is no good one.
const MOST: f64 = 0.99;
/// From here on a rate is told to the last whole number: its first three digits would hide what was asked for.
const WHOLE: f64 = 100.0;

/// How it ended, where it did not end by itself.
pub fn early(hold: &Hold) -> Option<String> {
    let took = show_duration(seconds(hold.duration_s));
    let how = match hold.ending {
        Ending::Complete => return None,
        Ending::Interrupted => "Interrupted",
        Ending::CutShort => "The run was cut short",
    };
    Some(format!("{how} after {took}: this is what was measured by then."))
}

/// The load that was put on, and for how long.
pub fn loaded(hold: &Hold) -> String {
    format!("{} {} {}.", load(hold), if hold.requests.is_some() { "in" } else { "for" }, show_duration(seconds(hold.duration_s)))
}

/// `50 at one time`, `1,000 requests a second, evenly spread, over at most 50 connections`.
fn load(hold: &Hold) -> String {
    let count = |n: u32| show_count(u64::from(n));
    let mut said = match (hold.users, hold.rate) {
        (Some(users), _) => match hold.think_s {
            Some(think_s) => format!("{} users who pause {}", count(users), show_duration(seconds(think_s))),
            None => format!("{} at one time", count(users)),
        },
        (None, Some(rate)) => {
            let spread = match hold.arrivals {
                Some(Arrivals::Poisson) => ", at random moments",
                Some(Arrivals::Constant) => ", evenly spread",
                None => "",
            };
            format!("{} requests a second{spread}", show_number(rate))
        }
        (None, None) => "A load that is not known".to_owned(),
    };
    match (hold.connections, hold.streams) {
        (Some(connections), Some(streams)) => {
            said.push_str(&format!(", over {} connections of {} streams", count(connections), count(streams)))
        }
        (Some(connections), None) if hold.rate.is_some() => said.push_str(&format!(", over at most {} connections", count(connections))),
        (None, Some(streams)) => said.push_str(&format!(", over connections of {} streams", count(streams))),
        (Some(_) | None, None) => {}
    }
    if let Some(requests) = hold.requests {
        said.push_str(&format!(", {} requests", show_count(requests)));
    }
    said
}

/// What came of it, in the sentence that a person would repeat.
pub fn headline(hold: &Hold) -> (Tone, String) {
    if let Some(broken) = &hold.broken {
        let remedy = plain(&broken.remedy);
        return (Tone::Degraded, format!("No good answer: {}. Try: {remedy}.", plain(&broken.text)));
    }
    let failed = hold.errors.total();
    let ended = hold.good + failed;
    let Some(share) = hold.success_share else { return (Tone::Degraded, "Nothing was measured: no request ended.".to_owned()) };
    let a_second = hold.good_per_s.map_or_else(|| "not known how many".to_owned(), rate);
    let (count, good) = (show_count(ended), "answered well");
    match share {
        _ if failed == 0 => (Tone::Good, format!("All {count} requests were {good}: {a_second} a second.")),
        _ if hold.good == 0 => (Tone::Degraded, format!("Not one of {count} requests was {good}.")),
        _ if share >= NEARLY_ALL => {
            (Tone::Good, format!("All but {} of {count} requests were {good}: {a_second} a second.", show_count(failed)))
        }
        _ => {
            let tone = if share >= MOST { Tone::Strong } else { Tone::Degraded };
            (tone, format!("{} of {count} requests were {good}: {a_second} a second.", show_share(share)))
        }
    }
}

/// `Kept` and `p99 < 500 ms: 53.2 ms; 0.2% slower where 1% may be`.
pub fn objective(judged: &Judged) -> (&'static str, Tone, String) {
    let (word, tone) = match judged.verdict {
        Verdict::Pass => ("Kept", Tone::Good),
        Verdict::Fail => ("Broken", Tone::Degraded),
        Verdict::Unsure => ("Not decided", Tone::Strong),
    };
    let seen = judged.seen_ms.map(|ms| format!("{}, ", show_duration(seconds(ms / 1e3))));
    let bad = match judged.bad_share {
        None => "no request ended".to_owned(),
        Some(0.0) => "none were bad".to_owned(),
        Some(share) => format!("{} were bad", closing::small_share(share)),
    };
    let text = format!(
        "{}: {}{bad} where {} may be",
        answer::objective(&judged.objective.to_string()),
        seen.unwrap_or_default(),
        show_share(judged.allowed_share)
    );
    (word, tone, text)
}

/// The figures of its generator, with what only a single step can tell.
pub fn facts(hold: &Hold) -> Vec<String> {
    let generator = &hold.generator;
    let us = |us: f64| show_duration(seconds(us * 1e-6));
    let cpu = generator.summary.cpu_share.map(closing::small_share).map_or_else(
        || "CPU not known".to_owned(),
        |share| format!("{share} of one core{}", if generator.spins { " (it stays awake before each send)" } else { "" }),
    );
    let lag = match (generator.send_lag_p50_us, generator.summary.send_lag_p99_us) {
        (Some(p50), Some(p99)) => format!("sends {} late (median), {} (p99)", us(p50), us(p99)),
        _ => "send lag not known".to_owned(),
    };
    let files = generator.files.map(|files| format!("{} of {} file descriptors", show_count(files.open), show_count(files.limit)));
    let mut facts = vec![cpu, lag];
    facts.extend(closing::shared_facts(&generator.summary));
    facts.extend(files);
    facts
}

/// A rate with every digit before the point, or three digits where there are fewer.
pub fn rate(per_s: f64) -> String {
    if per_s >= WHOLE && per_s < u64::MAX as f64 { show_count(per_s.round() as u64) } else { show_number(per_s) }
}

/// Status codes, failures by kind, what was not sent, what is in flight, and bytes, each with its name and meaning, where there is any.
pub fn outcome(hold: &Hold) -> Vec<(&'static str, Tone, String)> {
    let list = |parts: Vec<String>| parts.join(", ");
    let statuses = hold.statuses.iter().map(|(status, n)| format!("{status}: {}", show_count(*n))).collect();
    let failed = hold.errors.seen().map(|(kind, n)| format!("{}: {}", names::failure(kind.name()), show_count(n))).collect();
    let not_sent = hold.not_sent.seen().map(|(reason, n)| format!("{}: {}", names::not_sent(reason), show_count(n))).collect();
    let in_flight = if hold.in_flight > 0 { format!("{} in the end", show_count(hold.in_flight)) } else { String::new() };
    let all = [
        ("Status", Tone::Soft, list(statuses)),
        ("Failed", Tone::Degraded, list(failed)),
        ("Not sent", Tone::Degraded, list(not_sent)),
        ("In flight", Tone::Soft, in_flight),
        ("Bytes", Tone::Soft, bytes(hold)),
    ];
    all.into_iter().filter(|(.., text)| !text.is_empty()).collect()
}

fn bytes(hold: &Hold) -> String {
    let (sent, received) = (hold.bytes.sent, hold.bytes.received);
    if sent + received == 0 {
        return String::new();
    }
    let a_second = |bytes: u64| {
        let per_s = bytes as f64 / hold.duration_s;
        if per_s.is_finite() { format!(" ({}/s)", show_bytes(per_s as u64)) } else { String::new() }
    };
    format!("{} sent{}, {} received{}", show_bytes(sent), a_second(sent), show_bytes(received), a_second(received))
}

/// The phases that happened, by their names; none where they are not known.
pub fn phases(hold: &Hold) -> Vec<(&'static str, &PhaseDetails)> {
    let Some(phases) = &hold.phases else { return Vec::new() };
    let all = [
        ("resolve", &phases.resolve),
        ("connect", &phases.connect),
        ("TLS", &phases.tls),
        ("first byte", &phases.first_byte),
        ("body", &phases.body),
    ];
    all.into_iter().filter_map(|(name, phase)| phase.as_ref().map(|phase| (name, phase))).collect()
}

/// Mean, extremes and percentiles by their names, in milliseconds.
pub fn rows(times: &LatencyDetail) -> [(&'static str, Option<f64>); 10] {
    [
        ("mean", times.mean_ms),
        ("min", times.min_ms),
        ("p50", times.p50_ms),
        ("p75", times.p75_ms),
        ("p90", times.p90_ms),
        ("p95", times.p95_ms),
        ("p99", times.p99_ms),
        ("p99.9", times.p999_ms),
        ("p99.99", times.p9999_ms),
        ("max", times.max_ms),
    ]
}

/// A percentile of which some answers were good is unknown only where it falls among the failed requests.
pub fn time(ms: Option<f64>, name: &str) -> String {
    let unknown = if name.starts_with('p') { "failed" } else { "not known" };
    ms.map_or_else(|| unknown.to_owned(), |ms| show_duration(seconds(ms / 1e3)))
}
