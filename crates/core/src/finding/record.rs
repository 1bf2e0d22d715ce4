//! What is saved of each step, and latencies in short.

use crate::{
    outcome::{FailureCounts, NotSentCounts},
    stat::Latencies,
    step::{GeneratorHealth, Load, Purpose, Signals, StepEnd, StepResult},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Response times in milliseconds; failed requests count as infinitely slow, so a percentile that falls among them is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencySummary {
    /// Mean of the good answers.
    pub mean_ms: Option<f64>,
    /// Median.
    pub p50_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    pub p99_ms: Option<f64>,
}

/// One step, as saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepRecord {
    /// Why the step was made.
    pub purpose: Purpose,
    /// Users of a closed loop.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub users: Option<u32>,
    /// Requests a second of an open loop.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rate: Option<f64>,
    /// When the load was put on, since the session's start.
    pub started_s: f64,
    /// Time discarded while settling.
    pub settled_s: f64,
    /// Measured time.
    pub duration_s: f64,
    /// How it ended.
    pub end: StepEnd,
    /// Requests that fell due.
    pub offered: u64,
    /// Requests sent.
    pub sent: u64,
    /// Answers, good and bad.
    pub answered: u64,
    /// Good answers.
    pub good: u64,
    /// Good answers a second.
    pub good_per_s: Option<f64>,
    /// Failures by kind.
    pub errors: FailureCounts,
    /// Requests not sent, by reason.
    pub not_sent: NotSentCounts,
    /// Response times.
    pub latency: LatencySummary,
    /// Service times.
    pub service: LatencySummary,
    /// Response times of good answers: HdrHistogram V2, base64, nanoseconds.
    pub histogram: Latencies,
    /// Service times of good answers.
    pub service_histogram: Latencies,
    /// The generator's health.
    pub generator: GeneratorHealth,
    /// The target's signals.
    pub signals: Signals,
}

impl LatencySummary {
    /// Summarizes a histogram of good answers beside `failed` requests; `mean_s` where it is known exactly.
    pub fn of(latencies: &Latencies, failed: u64, mean_s: Option<f64>) -> Self {
        let ms = |q| latencies.quantile(q, failed).map(|latency| latency.as_secs_f64() * 1e3);
        let mean_s = mean_s.or_else(|| latencies.mean().map(|mean| mean.as_secs_f64()));
        Self { mean_ms: mean_s.map(|s| s * 1e3), p50_ms: ms(0.5), p95_ms: ms(0.95), p99_ms: ms(0.99) }
    }
}

impl From<&StepResult> for StepRecord {
    fn from(step: &StepResult) -> Self {
        let errors = step.failed();
        let failed = errors.total();
        let (users, rate) = match step.plan.load {
            Load::Users { users, .. } => (Some(users), None),
            Load::Rate { per_s, .. } => (None, Some(per_s)),
        };
        Self {
            purpose: step.plan.purpose,
            users,
            rate,
            started_s: step.started.as_secs_f64(),
            settled_s: step.settled.as_secs_f64(),
            duration_s: step.measured().as_secs_f64(),
            end: step.end,
            offered: step.offered(),
            sent: step.sent(),
            answered: step.answered(),
            good: step.good(),
            good_per_s: step.good_per_s(),
            errors,
            not_sent: step.not_sent(),
            latency: LatencySummary::of(&step.response, failed, step.mean_response_s()),
            service: LatencySummary::of(&step.service, failed, None),
            histogram: step.response.clone(),
            service_histogram: step.service.clone(),
            generator: step.generator.clone(),
            signals: step.signals.clone(),
        }
    }
}
