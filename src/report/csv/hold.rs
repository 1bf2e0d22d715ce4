//! A hold: one row, to be set under others.

use super::{figure, heading, table, text};
use crate::report::RenderError;
use plimsoll_core::finding::Hold;

const COLUMNS: [&str; 29] = [
    "target",
    "started_at",
    "users",
    "rate_per_s",
    "duration_s",
    "offered",
    "sent",
    "answered",
    "good",
    "offered_per_s",
    "sent_per_s",
    "answered_per_s",
    "good_per_s",
    "success_share",
    "failed",
    "not_sent",
    "mean_ms",
    "p50_ms",
    "p75_ms",
    "p90_ms",
    "p95_ms",
    "p99_ms",
    "p99.9_ms",
    "max_ms",
    "service_p50_ms",
    "service_p99_ms",
    "generator_cpu_share",
    "generator_limited",
    "bytes_received",
];

/// The load with what came of it.
pub fn hold(hold: &Hold) -> Result<String, RenderError> {
    let (latency, generator) = (&hold.latency, &hold.generator.summary);
    let row = vec![
        text(&hold.subject.target),
        text(&hold.subject.started_at),
        hold.users.map_or_else(String::new, |users| users.to_string()),
        figure(hold.rate),
        figure(Some(hold.duration_s)),
        hold.offered.to_string(),
        hold.sent.to_string(),
        hold.answered.to_string(),
        hold.good.to_string(),
        figure(hold.offered_per_s),
        figure(hold.sent_per_s),
        figure(hold.answered_per_s),
        figure(hold.good_per_s),
        figure(hold.success_share),
        hold.errors.total().to_string(),
        hold.not_sent.total().to_string(),
        figure(latency.mean_ms),
        figure(latency.p50_ms),
        figure(latency.p75_ms),
        figure(latency.p90_ms),
        figure(latency.p95_ms),
        figure(latency.p99_ms),
        figure(latency.p999_ms),
        figure(latency.max_ms),
        figure(hold.service.p50_ms),
        figure(hold.service.p99_ms),
        figure(generator.cpu_share),
        generator.limited.to_string(),
        hold.bytes.received.to_string(),
    ];
    table(&heading(&COLUMNS), std::iter::once(row))
}
