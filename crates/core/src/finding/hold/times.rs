//! Latencies in detail, and where the time went.

use crate::{stat::Latencies, step::Phases};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Times in milliseconds; failed requests count as infinitely slow, so a percentile that falls among them is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencyDetail {
    /// Mean of the good answers.
    pub mean_ms: Option<f64>,
    /// Shortest of the good answers.
    pub min_ms: Option<f64>,
    /// Median.
    pub p50_ms: Option<f64>,
    /// 75th percentile.
    pub p75_ms: Option<f64>,
    /// 90th percentile.
    pub p90_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    pub p99_ms: Option<f64>,
    /// 99.9th percentile.
    #[serde(rename = "p99_9_ms")]
    pub p999_ms: Option<f64>,
    /// 99.99th percentile.
    #[serde(rename = "p99_99_ms")]
    pub p9999_ms: Option<f64>,
    /// Longest of the good answers.
    pub max_ms: Option<f64>,
}

impl LatencyDetail {
    /// Reads a histogram of good answers beside `failed` requests; `mean_s` where it is known exactly.
    pub(super) fn of(latencies: &Latencies, failed: u64, mean_s: Option<f64>) -> Self {
        let at = |q| latencies.quantile(q, failed).map(ms);
        Self {
            mean_ms: mean_s.map(|mean_s| mean_s * 1e3).or_else(|| latencies.mean().map(ms)),
            min_ms: latencies.min().map(ms),
            p50_ms: at(0.5),
            p75_ms: at(0.75),
            p90_ms: at(0.9),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            p9999_ms: at(0.9999),
            max_ms: latencies.max().map(ms),
        }
    }
}

/// The phases of connections and of good answers; `None` for a phase that never happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseTimes {
    /// The name resolved, once before the load.
    pub resolve: Option<PhaseDetails>,
    /// Connections opened since the load was put on.
    pub connect: Option<PhaseDetails>,
    /// TLS sessions agreed on.
    pub tls: Option<PhaseDetails>,
    /// From the actual send to the first byte of a good answer.
    pub first_byte: Option<PhaseDetails>,
    /// From there to its last byte.
    pub body: Option<PhaseDetails>,
}

/// How long one phase took, in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseDetails {
    /// How often it happened; at least once.
    pub n: u64,
    /// Median.
    pub p50_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// Longest.
    pub max_ms: f64,
}

impl PhaseTimes {
    /// What the generator measured, and how long the name took to resolve.
    pub(super) fn of(phases: &Phases, resolved: Option<Duration>) -> Self {
        let once = |took: Duration| PhaseDetails { n: 1, p50_ms: ms(took), p99_ms: ms(took), max_ms: ms(took) };
        Self {
            resolve: resolved.map(once),
            connect: PhaseDetails::of(&phases.connect),
            tls: PhaseDetails::of(&phases.tls),
            first_byte: PhaseDetails::of(&phases.first_byte),
            body: PhaseDetails::of(&phases.body),
        }
    }
}

impl PhaseDetails {
    fn of(latencies: &Latencies) -> Option<Self> {
        let at = |q| latencies.quantile(q, 0).map(ms);
        Some(Self { n: latencies.count(), p50_ms: at(0.5)?, p99_ms: at(0.99)?, max_ms: latencies.max().map(ms)? })
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
