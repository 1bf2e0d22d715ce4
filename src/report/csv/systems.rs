//! A comparison: a row for each system, with its ratio to the first.

use super::{figure, heading, name, table, text};
use crate::report::RenderError;
use plimsoll_core::finding::{Comparison, Pair, System, Word};

const COLUMNS: [&str; 21] = [
    "system",
    "target",
    "axis",
    "load_line",
    "low",
    "high",
    "word",
    "binding",
    "cause",
    "rate_per_s",
    "peak_per_s",
    "unloaded_p50_ms",
    "at_line_p99_ms",
    "cpu_seconds_per_request",
    "memory_per_user_bytes",
    "ratio_to_first",
    "ratio_low",
    "ratio_high",
    "ratio_word",
    "unloaded_latency_ratio",
    "rounds",
];

/// The systems in the order in which they were named.
pub fn comparison(comparison: &Comparison) -> Result<String, RenderError> {
    let of = |system: &System| comparison.pairs.iter().find(|pair| pair.b == system.name);
    let rows = comparison.systems.iter().map(|system| row(system, of(system)));
    table(&heading(&COLUMNS), rows.collect::<Result<Vec<_>, _>>()?.into_iter())
}

fn row(system: &System, pair: Option<&Pair>) -> Result<Vec<String>, RenderError> {
    let (finding, line) = (&system.finding, &system.finding.load_line);
    let value = line.value.filter(|_| line.word != Word::Withheld);
    Ok(vec![
        text(&system.name),
        text(&finding.subject.target),
        name(line.axis)?,
        figure(value),
        figure(line.low),
        figure(line.high),
        name(line.word)?,
        text(&line.binding),
        finding.cause.as_ref().map_or_else(String::new, |cause| text(&cause.verdict)),
        figure(finding.also.rate_per_s),
        figure(finding.peak.as_ref().map(|peak| peak.throughput_per_s)),
        figure(finding.unloaded.p50_ms),
        figure(finding.at_line.p99_ms),
        figure(system.cpu_seconds_per_request),
        figure(system.memory_per_user_bytes),
        figure(pair.and_then(|pair| pair.capacity_ratio)),
        figure(pair.and_then(|pair| pair.low)),
        figure(pair.and_then(|pair| pair.high)),
        pair.map(|pair| name(pair.word)).transpose()?.unwrap_or_default(),
        figure(pair.and_then(|pair| pair.unloaded_latency_ratio)),
        pair.map_or_else(String::new, |pair| pair.rounds.to_string()),
    ])
}
