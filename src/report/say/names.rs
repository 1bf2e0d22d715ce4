//! Plain words for the stable names in a finding.

use crate::report::paint::plain;
use plimsoll_core::{
    finding::{Axis, Finding, LoadLine, Rung, Word},
    outcome::{Failure, NotSent},
    step::Purpose,
    units::show_number,
};

/// What a rung is called in the ladder.
pub fn rung(rung: Rung) -> &'static str {
    match rung {
        Rung::Knee => "knee",
        Rung::Slow => "slow",
        Rung::TimeOuts => "time-outs",
        Rung::Refusals => "refusals",
        Rung::Errors => "errors",
        Rung::Crash => "crash",
    }
}

/// What a step is for, in a word.
pub fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ramp => "ramp",
        Purpose::Refine => "refine",
        Purpose::Gate => "gate",
        Purpose::Hold => "hold",
        Purpose::Recheck => "re-check",
        Purpose::Overshoot => "overshoot",
        Purpose::Recovery => "recovery",
        Purpose::Pair => "pair",
    }
}

/// A failure in words; a name that this version does not know stays as it is.
pub fn failure(name: &str) -> String {
    let words = match Failure::from_name(name) {
        Some(Failure::TimedOut) => "no complete answer in time",
        Some(Failure::ConnectTimedOut) => "no connection in time",
        Some(Failure::Refused) => "connections refused",
        Some(Failure::Unreachable) => "host unreachable",
        Some(Failure::Reset) => "connections reset",
        Some(Failure::Closed) => "connections closed without an answer",
        Some(Failure::Truncated) => "answers cut off",
        Some(Failure::Malformed) => "answers that are no HTTP",
        Some(Failure::TooLarge) => "answers too large to take",
        Some(Failure::TlsHandshake) => "no TLS session agreed on",
        Some(Failure::CertificateExpired) => "certificate out of date",
        Some(Failure::CertificateName) => "certificate for another name",
        Some(Failure::CertificateUntrusted) => "certificate not trusted",
        Some(Failure::TlsAlert) => "TLS alerts",
        Some(Failure::TlsBroken) => "TLS sessions broken",
        Some(Failure::GoAway) => "HTTP/2 connections told to go away",
        Some(Failure::StreamReset) => "HTTP/2 streams reset",
        Some(Failure::Http2Broken) => "HTTP/2 broken by the server",
        Some(Failure::TooManyRequests) => "429 too many requests",
        Some(Failure::Unavailable) => "503 service unavailable",
        Some(Failure::ServerError) => "answers of 500 and above",
        Some(Failure::ClientError) => "answers of 400 to 499",
        None => return name.to_owned(),
    };
    words.to_owned()
}

/// Why requests were not sent, in words.
pub fn not_sent(reason: NotSent) -> &'static str {
    match reason {
        NotSent::NoConnection => "every connection allowed was busy",
        NotSent::NoFile => "no file descriptor was free",
        NotSent::NoPort => "no source port was free",
        NotSent::StepEnded => "the step ended first",
    }
}

/// A load with its unit: `4 at one time`, `300 requests a second`, `1,000 users who pause 2 s`.
pub fn load(finding: &Finding, size: f64) -> String {
    let number = show_number(size);
    match (finding.load_line.axis, finding.pause_s()) {
        (Axis::Rate, _) => format!("{number} requests a second"),
        (Axis::Users, Some(pause)) => format!("{number} users who pause {} s", show_number(pause)),
        (Axis::Users, None) => format!("{number} at one time"),
    }
}

/// What the load axis counts.
pub fn axis(finding: &Finding) -> &'static str {
    match (finding.load_line.axis, finding.pause_s()) {
        (Axis::Rate, _) => "requests a second",
        (Axis::Users, Some(_)) => "users",
        (Axis::Users, None) => "at one time",
    }
}

/// Milliseconds as a person would write them, or `-` in a table where the value is not known.
pub fn ms(value: Option<f64>) -> String {
    let duration = value.and_then(|ms| std::time::Duration::try_from_secs_f64(ms * 1e-3).ok());
    duration.map_or_else(|| "not known".to_owned(), plimsoll_core::units::show_duration)
}

/// A load line in a table: `4 [3.9, 4.1]`, `at least 32`, with `/s` where it is a rate.
pub fn line(line: &LoadLine) -> String {
    let Some(value) = line.value.filter(|_| line.word != Word::Withheld) else { return "not known".to_owned() };
    let unit = if line.axis == Axis::Rate { "/s" } else { "" };
    match line.word {
        Word::AtLeast => format!("at least {}{unit}", show_number(value)),
        _ => interval(value, unit, line.low, line.high),
    }
}

/// A value with its unit, and the interval where both of its ends are known.
pub fn interval(value: f64, unit: &str, low: Option<f64>, high: Option<f64>) -> String {
    let value = show_number(value);
    match low.zip(high.filter(|high| high.is_finite())) {
        Some((low, high)) => format!("{value}{unit} [{}, {}]", show_number(low), show_number(high)),
        None => format!("{value}{unit}"),
    }
}

/// What stops a target, in words; a verdict that this version does not know stays as it is.
pub fn verdict(name: &str) -> String {
    let words = match name {
        "worker_pool" => "all workers are taken",
        "one_core" => "one thread has no time left",
        "interpreter_lock" => "threads take turns (interpreter lock)",
        "all_cpu" => "all CPU time is used",
        "cpu_quota" => "the CPU quota is used up",
        "contention" => "contention: the more at one time, the dearer each",
        "lock" => "a lock",
        "blocked_event_loop" => "the event loop is blocked by a wait",
        "downstream_pool" => "a pool of connections downstream is taken",
        "in_process_pool" => "a pool of threads inside the process is taken",
        "hidden_limit" => "a limit behind the target",
        "accept_queue" => "the accept queue overflows",
        "file_descriptors" => "no file descriptor is left",
        "memory" => "memory",
        "rate_limit" => "a rate limit",
        "neighbour" => "another program has the core",
        "generator" => "the generator",
        "unknown" => "cannot tell",
        other => return plain(other),
    };
    words.to_owned()
}

/// How far the load line can be trusted, in a table.
pub fn word(word: Word) -> &'static str {
    match word {
        Word::Firm => "firm",
        Word::Rough => "rough",
        Word::Unstable => "unstable",
        Word::AtLeast => "limit not reached",
        Word::Withheld => "withheld",
    }
}
