//! How much more the same hardware could carry, were the limit that was found not there: CPU time and memory a request, carried on.

use super::{
    Evidence,
    evidence::{Row, cores},
};
use crate::{
    finding::{Headroom, Subject},
    units::{show_duration, show_number, show_word},
};
use std::time::Duration;

/// Where the hardware itself is the limit, or somebody else's, there is nothing to be had.
const NONE_LEFT: [&str; 6] = ["all_cpu", "cpu_quota", "contention", "neighbour", "memory", "file_descriptors"];
/// Steps with this share of the answers of the one with most: the hold is three times as long as a probe, and alone it gives no range.
const ENOUGH_ANSWERS: f64 = 0.25;
/// A request costs less where many are served in one go, and more where they get in each other's way: three pools
/// of uvicorn that were raised gave 1.2 to 1.5 times what CPU time had said (`cargo xtask diagnose`), one of a thousand threads 0.73.
const DEARER: f64 = 0.75;
const CHEAPER: f64 = 1.6;
/// Less than this factor more is none.
const LEAST_FACTOR: f64 = 1.2;

/// The range, in requests at one time; `None` where there is none, or CPU time is not known.
pub(super) fn headroom(evidence: &Evidence<'_>, verdict: &str) -> Option<Headroom> {
    if NONE_LEFT.contains(&verdict) {
        return None;
    }
    let costs: Vec<f64> = telling(evidence).filter_map(Row::cpu_per_request_s).filter(|cost| *cost > 0.0).collect();
    let (least_s, most_s) = (costs.iter().copied().reduce(f64::min)?, costs.iter().copied().reduce(f64::max)?);
    let allotted = evidence.full.watched.allotted_cores?;
    let at_once = |cost_s: f64| allotted / cost_s * evidence.unloaded_s;
    let (mut low, mut high, mut limit) = (DEARER * at_once(most_s), CHEAPER * at_once(least_s), "cpu");
    if let Some(by_memory) = by_memory(evidence).filter(|most| *most < high) {
        (low, high, limit) = (low.min(by_memory), by_memory, "memory");
    }
    if high < LEAST_FACTOR * evidence.slots {
        return None;
    }
    let cost = |seconds: f64| show_duration(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    let costs = if most_s > 1.05 * least_s { format!("{} to {}", cost(least_s), cost(most_s)) } else { cost(least_s) };
    let factor = |at_once: f64| show_number((at_once / evidence.slots).round().max(1.0));
    let times = if factor(low) == factor(high) { factor(low) } else { format!("{} to {}", factor(low), factor(high)) };
    let note = format!("{times} times as many, at {costs} of CPU time a request and {} in all", cores(allotted));
    let proof = proof(&evidence.finding.subject);
    Some(Headroom { low: low.floor(), high: high.floor(), limit: limit.to_owned(), note, proof })
}

/// Steps on the plateau that tell what a request costs: those with few requests say little of that.
pub(super) fn telling<'e, 'f>(evidence: &'e Evidence<'f>) -> impl Iterator<Item = &'e Row<'f>> {
    let most_answers = evidence.plateau.iter().map(|row| row.answers).max().unwrap_or(0) as f64;
    evidence.plateau.iter().filter(move |row| row.answers as f64 >= ENOUGH_ANSWERS * most_answers)
}

/// What stands in a command for the target with its limit raised.
const RAISED: &str = "RAISED";

/// The comparison with the target as it is that shows what is there once its limit is raised; `None` where nobody typed a command.
fn proof(subject: &Subject) -> Option<String> {
    if subject.command.is_empty() {
        return None;
    }
    let compare = |system: &str| format!("plimsoll compare {} {RAISED}", show_word(system));
    Some(match subject.started() {
        Some((start, path)) if path.len() > 1 => format!("{} --path {}", compare(start), show_word(path)),
        Some((start, _)) => compare(start),
        None => compare(&subject.target),
    })
}

/// Requests at one time for which there is memory.
fn by_memory(evidence: &Evidence<'_>) -> Option<f64> {
    let full = evidence.full.watched;
    let left = full.memory_limit_bytes?.saturating_sub(full.resident_bytes?) as f64;
    Some(left / bytes_per_request(evidence)?)
}

/// Memory that one request inside takes, from how it grew with those inside; `None` where it did not grow, or few came inside.
pub(super) fn bytes_per_request(evidence: &Evidence<'_>) -> Option<f64> {
    let (full, ease) = (evidence.full.watched, evidence.ease.watched);
    let inside = full.sockets?.in_application - ease.sockets?.in_application;
    let (had, has) = (ease.resident_bytes?, full.resident_bytes?);
    let grew = has.checked_sub(had).filter(|bytes| *bytes > 0)? as f64;
    (inside >= 1.0).then(|| grew / inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proves_it_can_be_typed() {
        let subject = |target: &str, start: Option<&str>, command: &str| Subject {
            target: target.to_owned(),
            url: String::new(),
            description: None,
            start: start.map(str::to_owned),
            command: command.to_owned(),
            started_at: String::new(),
            version: String::new(),
        };
        for (target, start, proves) in [
            ("lab:pool", None, "plimsoll compare lab:pool RAISED"),
            ("lab:pool?workers=4", None, "plimsoll compare 'lab:pool?workers=4' RAISED"),
            ("http://127.0.0.1:{port}/", Some("app -w 4 {port}"), "plimsoll compare 'app -w 4 {port}' RAISED"),
            ("http://127.0.0.1:{port}/a", Some("app {port}"), "plimsoll compare 'app {port}' RAISED --path /a"),
        ] {
            assert_eq!(proof(&subject(target, start, "plimsoll find")).as_deref(), Some(proves));
        }
        assert_eq!(proof(&subject("lab:pool", None, "")), None, "nobody typed anything");
    }
}
