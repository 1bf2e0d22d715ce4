//! What bounds the rate of a reference server, and where its errors begin.

use crate::lab::LabSpec;
use plimsoll_core::units::{show_duration, show_number};
use std::time::Duration;

/// One station that bounds the rate.
pub struct Limit {
    /// What it lets through, a second.
    pub per_s: f64,
    /// What it is.
    pub words: String,
}

/// Every declared bound on the rate, the tightest first; R0 is `unloaded_s`.
pub fn limits(spec: &LabSpec, cores: u32, unloaded_s: f64) -> Vec<Limit> {
    let mut limits = Vec::new();
    let mut add = |servers: u32, busy_s: f64, words: String| {
        if busy_s > 0.0 {
            limits.push(Limit { per_s: f64::from(servers) / busy_s, words });
        }
    };
    let each = show_duration(Duration::from_secs_f64(unloaded_s));
    if let Some(workers) = spec.most_in_flight() {
        let words = if workers == 1 { "one request at a time".to_owned() } else { format!("{workers} workers") };
        add(workers, unloaded_s, format!("{words}, busy for {each} each"));
    }
    if let Some((_, n)) = in_flight_bound(spec) {
        add(n, unloaded_s, format!("{n} in flight at most, for {each} each"));
    }
    let cpu_cores = if spec.model.is_event_loop() { 1 } else { cores };
    let words = if cpu_cores == 1 { "one core".to_owned() } else { format!("{cpu_cores} cores") };
    let cpu = cpu_time(spec);
    add(cpu_cores, cpu.as_secs_f64(), format!("{words}, busy for {} a request", show_duration(cpu)));
    add(1, spec.lock.as_secs_f64(), format!("one lock, held for {} a request", show_duration(spec.lock)));
    if let Some(slots) = spec.slots {
        let words = if slots == 1 { "one slot".to_owned() } else { format!("{slots} slots") };
        add(slots, spec.wait.as_secs_f64(), format!("{words}, held for {} a request", show_duration(spec.wait)));
    }
    if let Some(per_s) = spec.faults.limit_rate {
        limits.push(Limit { per_s, words: "a rate limit".to_owned() });
    }
    limits.sort_by(|a, b| a.per_s.total_cmp(&b.per_s));
    limits
}

/// The CPU time that a request costs, where anything but a lock alone bounds it: on no number of cores is a lock whose holder computes a looser
/// bound than those cores.
fn cpu_time(spec: &LabSpec) -> Duration {
    if spec.lock_kind.is_held_computing() && !spec.cpu.is_zero() { spec.cpu + spec.lock } else { spec.cpu }
}

/// The largest number of users of whom none gets an error, and which fault draws that line; `rate_per_s` is the tightest limit.
pub fn error_line(spec: &LabSpec, rate_per_s: Option<f64>, unloaded_s: f64) -> Option<(String, f64)> {
    let knee = rate_per_s.map_or(f64::INFINITY, |rate| rate * unloaded_s);
    // An event loop that is full does not read on: beyond its knee not all that was sent is in flight.
    let is_reached = |n: u32| !spec.model.is_event_loop() || f64::from(n) <= knee * (1.0 + 1e-9);
    let counted =
        in_flight_bound(spec).filter(|(_, n)| is_reached(*n)).map(|(verb, n)| (format!("it {verb} above {n} in flight"), f64::from(n)));
    let limited = spec.faults.limit_rate.filter(|limit| rate_per_s.is_some_and(|rate| *limit <= rate)).map(|limit| {
        let words = format!("it answers 429 above {}/s", show_number(limit));
        (words, (limit * unloaded_s).max(1.0))
    });
    counted.into_iter().chain(limited).min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The smallest number in flight beyond which good answers end, and what happens there.
fn in_flight_bound(spec: &LabSpec) -> Option<(&'static str, u32)> {
    let faults = &spec.faults;
    let bounds = [("refuses", faults.refuse_above), ("crashes", faults.crash_above), ("hangs", faults.hang_above)];
    bounds.into_iter().filter_map(|(verb, n)| n.map(|n| (verb, n))).min_by_key(|(_, n)| *n)
}
