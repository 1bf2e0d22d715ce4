//! A finding: a row for each step.

use super::{figure, heading, name, table};
use crate::report::RenderError;
use plimsoll_core::finding::{Finding, StepRecord};

const COLUMNS: [&str; 23] = [
    "step",
    "purpose",
    "users",
    "rate_per_s",
    "started_s",
    "settled_s",
    "duration_s",
    "end",
    "offered",
    "sent",
    "answered",
    "good",
    "good_per_s",
    "failed",
    "not_sent",
    "mean_ms",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "service_p50_ms",
    "service_p99_ms",
    "generator_cpu_share",
    "target_cpu_cores",
];

/// The steps in the order in which they were made.
pub fn finding(finding: &Finding) -> Result<String, RenderError> {
    let rows = finding.steps.iter().enumerate().map(|(place, step)| row(place + 1, step));
    table(&heading(&COLUMNS), rows.collect::<Result<Vec<_>, _>>()?.into_iter())
}

fn row(place: usize, step: &StepRecord) -> Result<Vec<String>, RenderError> {
    let count = |n: u64| n.to_string();
    Ok(vec![
        place.to_string(),
        name(step.purpose)?,
        step.users.map_or_else(String::new, |users| users.to_string()),
        figure(step.rate),
        figure(Some(step.started_s)),
        figure(Some(step.settled_s)),
        figure(Some(step.duration_s)),
        name(step.end)?,
        count(step.offered),
        count(step.sent),
        count(step.answered),
        count(step.good),
        figure(step.good_per_s),
        count(step.errors.total()),
        count(step.not_sent.total()),
        figure(step.latency.mean_ms),
        figure(step.latency.p50_ms),
        figure(step.latency.p95_ms),
        figure(step.latency.p99_ms),
        figure(step.service.p50_ms),
        figure(step.service.p99_ms),
        figure(step.generator.cpu_share),
        figure(step.signals.watched.as_ref().and_then(|watched| watched.cpu_cores)),
    ])
}
