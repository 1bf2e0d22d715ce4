//! Every parameter of a specification: its name, what it means, how it is read and how it is printed.

use super::{
    LabSpec,
    spec::{LockKind, Pause, SpeedStep, Spread},
};
use plimsoll_core::units::{parse_bytes, parse_count, parse_duration};
use std::time::Duration;

/// One `name=value` that a specification may hold.
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// A value to follow.
    pub example: &'static str,
    /// What it means, in a few words.
    pub meaning: &'static str,
    /// Reads a value into the specification, or says what would have been one ("a duration").
    pub(super) set: fn(&mut LabSpec, &str) -> Result<(), &'static str>,
    /// The value as it would be written; `None` when the specification has none.
    pub(super) show: fn(&LabSpec) -> Option<String>,
}

/// The parameters, in the order in which they are printed.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "workers",
        example: "4",
        meaning: "blocking workers of pool and processes",
        set: |spec, text| put(&mut spec.workers, whole(text, 1, 1000), "whole number from 1 to 1000"),
        show: |spec| Some(spec.workers.to_string()),
    },
    Parameter {
        name: "wait",
        example: "100ms",
        meaning: "mean time a request waits",
        set: |spec, text| put(&mut spec.wait, duration(text, 3600), "duration of at most 1h"),
        show: |spec| Some(exact(spec.wait)),
    },
    Parameter {
        name: "cpu",
        example: "2ms",
        meaning: "CPU time a request burns",
        set: |spec, text| put(&mut spec.cpu, duration(text, 60), "duration of at most 1m"),
        show: |spec| Some(exact(spec.cpu)),
    },
    Parameter {
        name: "lock",
        example: "1ms",
        meaning: "time a request holds the one global lock",
        set: |spec, text| put(&mut spec.lock, duration(text, 60), "duration of at most 1m"),
        show: |spec| Some(exact(spec.lock)),
    },
    Parameter {
        name: "lock_kind",
        example: "spin",
        meaning: "who waits for the lock of threads sleeps (mutex), is woken at every release (herd), or spins",
        set: |spec, text| {
            let kind = LockKind::ALL.into_iter().find(|kind| kind.name() == text);
            put(&mut spec.lock_kind, kind, "kind of lock: mutex, herd or spin")
        },
        show: |spec| Some(spec.lock_kind.name().to_owned()),
    },
    Parameter {
        name: "slots",
        example: "10",
        meaning: "permits of a downstream pool, one held during the wait",
        set: |spec, text| put_some(&mut spec.slots, whole(text, 1, 10_000), "whole number from 1 to 10000"),
        show: |spec| spec.slots.map(|n| n.to_string()),
    },
    Parameter {
        name: "body",
        example: "1KiB",
        meaning: "size of the answer's body",
        set: |spec, text| put(&mut spec.body, bytes(text, 0, 64 << 20), "byte size of at most 64MiB"),
        show: |spec| Some(spec.body.to_string()),
    },
    Parameter {
        name: "dist",
        example: "exp",
        meaning: "how the wait is spread: const (within 5%), exp or lognormal",
        set: |spec, text| {
            let spread = match (text, spec.spread) {
                ("const", _) => Some(Spread::Constant),
                ("exp", _) => Some(Spread::Exponential),
                // cv= may stand before dist=.
                ("lognormal", Spread::Lognormal { cv }) => Some(Spread::Lognormal { cv }),
                ("lognormal", _) => Some(Spread::Lognormal { cv: 1.0 }),
                _ => None,
            };
            put(&mut spec.spread, spread, "distribution: const, exp or lognormal")
        },
        show: |spec| {
            Some(match spec.spread {
                Spread::Constant => "const".to_owned(),
                Spread::Exponential => "exp".to_owned(),
                Spread::Lognormal { .. } => "lognormal".to_owned(),
            })
        },
    },
    Parameter {
        name: "cv",
        example: "1.5",
        meaning: "coefficient of variation of dist=lognormal",
        set: |spec, text| {
            let spread = number(text, 0.01, 10.0).map(|cv| Spread::Lognormal { cv });
            put(&mut spec.spread, spread, "number from 0.01 to 10")
        },
        show: |spec| match spec.spread {
            Spread::Lognormal { cv } => Some(cv.to_string()),
            _ => None,
        },
    },
    Parameter {
        name: "backlog",
        example: "128",
        meaning: "listen backlog",
        set: |spec, text| put(&mut spec.backlog, whole(text, 1, 65_535), "whole number from 1 to 65535"),
        show: |spec| Some(spec.backlog.to_string()),
    },
    Parameter {
        name: "fds",
        example: "256",
        meaning: "file descriptors the server may hold",
        set: |spec, text| put_some(&mut spec.fds, whole(text, 32, 1_000_000), "whole number from 32 to 1000000"),
        show: |spec| spec.fds.map(|n| n.to_string()),
    },
    Parameter {
        name: "leak",
        example: "64KiB",
        meaning: "memory kept for each request, never given back",
        set: |spec, text| put(&mut spec.leak, bytes(text, 0, 64 << 20), "byte size of at most 64MiB"),
        show: |spec| Some(spec.leak.to_string()),
    },
    Parameter {
        name: "refuse_above",
        example: "100",
        meaning: "status 503 when more are in flight",
        set: |spec, text| put_some(&mut spec.faults.refuse_above, in_flight(text), IN_FLIGHT),
        show: |spec| spec.faults.refuse_above.map(|n| n.to_string()),
    },
    Parameter {
        name: "crash_above",
        example: "120",
        meaning: "the process aborts when more are in flight",
        set: |spec, text| put_some(&mut spec.faults.crash_above, in_flight(text), IN_FLIGHT),
        show: |spec| spec.faults.crash_above.map(|n| n.to_string()),
    },
    Parameter {
        name: "restart",
        example: "1s",
        meaning: "how long a crashed server stays away, or never",
        set: |spec, text| {
            let restart = if text == "never" { Some(None) } else { duration(text, 3600).map(Some) };
            put(&mut spec.faults.restart, restart, "duration of at most 1h, or never")
        },
        show: |spec| Some(spec.faults.restart.map_or("never".to_owned(), exact)),
    },
    Parameter {
        name: "hang_above",
        example: "100",
        meaning: "requests are never answered when more are in flight",
        set: |spec, text| put_some(&mut spec.faults.hang_above, in_flight(text), IN_FLIGHT),
        show: |spec| spec.faults.hang_above.map(|n| n.to_string()),
    },
    Parameter {
        name: "limit_rate",
        example: "300",
        meaning: "status 429 beyond this many requests a second",
        set: |spec, text| put_some(&mut spec.faults.limit_rate, count(text, 0.1, 1e6), "rate a second from 0.1 to 1m"),
        show: |spec| spec.faults.limit_rate.map(|rate| rate.to_string()),
    },
    Parameter {
        name: "pause",
        example: "150ms/5s",
        meaning: "everything stalls this long, this often",
        set: |spec, text| put_some(&mut spec.faults.pause, pause(text), "pause and a longer period"),
        show: |spec| spec.faults.pause.map(|pause| format!("{}/{}", exact(pause.length), exact(pause.every))),
    },
    Parameter {
        name: "step",
        example: "1.5@25s",
        meaning: "wait and CPU time times this, from this long after the first request",
        set: |spec, text| put_some(&mut spec.faults.step, speed_step(text), "factor from 0.01 to 100 and a duration"),
        show: |spec| spec.faults.step.map(|step| format!("{}@{}", step.factor, exact(step.after))),
    },
    Parameter {
        name: "speak",
        example: "garbage",
        meaning: "answers with something that is no HTTP",
        set: |spec, text| put(&mut spec.faults.garbage, (text == "garbage").then_some(true), "language other than garbage"),
        show: |spec| spec.faults.garbage.then(|| "garbage".to_owned()),
    },
    Parameter {
        name: "status",
        example: "500",
        meaning: "every answer has this status",
        set: |spec, text| {
            let status = whole(text, 200, 599).filter(|code| ![204, 304].contains(code));
            put_some(&mut spec.faults.status, status, "status from 200 to 599 that may have a body")
        },
        show: |spec| spec.faults.status.map(|code| code.to_string()),
    },
    Parameter {
        name: "die_after",
        example: "1000",
        meaning: "the process ends for good after this many requests",
        set: |spec, text| put_some(&mut spec.faults.die_after, whole(text, 1, u64::MAX), "whole number of at least 1"),
        show: |spec| spec.faults.die_after.map(|n| n.to_string()),
    },
    Parameter {
        name: "die_at",
        example: "5s",
        meaning: "the process ends for good this long after its first request",
        set: |spec, text| put_some(&mut spec.faults.die_at, duration(text, 3600), "duration of at most 1h"),
        show: |spec| spec.faults.die_at.map(exact),
    },
    Parameter {
        name: "huge",
        example: "1GiB",
        meaning: "every answer has a body of this size, streamed",
        set: |spec, text| put_some(&mut spec.faults.huge, bytes(text, 1, 1 << 40), "byte size from 1B to 1024GiB"),
        show: |spec| spec.faults.huge.map(|n| n.to_string()),
    },
];

const IN_FLIGHT: &str = "whole number of requests from 1 to 1000000";

fn put<T>(place: &mut T, value: Option<T>, expected: &'static str) -> Result<(), &'static str> {
    *place = value.ok_or(expected)?;
    Ok(())
}

fn put_some<T>(place: &mut Option<T>, value: Option<T>, expected: &'static str) -> Result<(), &'static str> {
    put(place, value.map(Some), expected)
}

fn whole<T: TryFrom<u64>>(text: &str, low: u64, high: u64) -> Option<T> {
    let value: u64 = text.parse().ok()?;
    if (low..=high).contains(&value) { T::try_from(value).ok() } else { None }
}

fn in_flight(text: &str) -> Option<u32> {
    whole(text, 1, 1_000_000)
}

fn number(text: &str, low: f64, high: f64) -> Option<f64> {
    text.parse().ok().filter(|value| (low..=high).contains(value))
}

fn count(text: &str, low: f64, high: f64) -> Option<f64> {
    parse_count(text).ok().filter(|value| (low..=high).contains(value))
}

fn bytes(text: &str, low: u64, high: u64) -> Option<u64> {
    parse_bytes(text).ok().filter(|value| (low..=high).contains(value))
}

fn duration(text: &str, most_s: u64) -> Option<Duration> {
    // "0" alone is a duration without a unit that nobody can misread.
    let value = if text == "0" { Duration::ZERO } else { parse_duration(text).ok()? };
    (value <= Duration::from_secs(most_s)).then_some(value)
}

fn pause(text: &str) -> Option<Pause> {
    let (length, every) = text.split_once('/')?;
    let pause = Pause { length: duration(length, 3600)?, every: duration(every, 3600)? };
    (!pause.length.is_zero() && pause.length < pause.every).then_some(pause)
}

fn speed_step(text: &str) -> Option<SpeedStep> {
    let (factor, after) = text.split_once('@')?;
    Some(SpeedStep { factor: number(factor, 0.01, 100.0)?, after: duration(after, 3600)? })
}

/// A duration with every digit, in the largest unit that holds it whole.
pub(super) fn exact(value: Duration) -> String {
    let ns = value.as_nanos();
    let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
    let (unit, name) = units.into_iter().find(|(unit, _)| ns.is_multiple_of(*unit)).unwrap_or((1, "ns"));
    format!("{}{name}", ns / unit)
}
