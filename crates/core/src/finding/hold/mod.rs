//! The versioned result of `plimsoll hold`: one steady load, and all that was seen under it.

mod compose;
mod times;

#[cfg(test)]
mod tests;

pub use compose::Circumstances;
pub use times::{LatencyDetail, PhaseDetails, PhaseTimes};

use super::{Ending, GeneratorSummary, Subject, Warning};
use crate::{
    criterion::Criterion,
    evidence::Verdict,
    outcome::{FailureCounts, NotSentCounts},
    schedule::Arrivals,
    stat::Latencies,
    step::{Signals, StepEnd, Traffic},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The schema name of a hold.
pub const HOLD_SCHEMA: &str = "plimsoll.hold/1";

/// The result of one `hold`: the fields of its step, with what was asked and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hold {
    /// [`HOLD_SCHEMA`].
    #[schemars(description = "What kind of document this is, and in which version.", extend("const" = HOLD_SCHEMA))]
    pub schema: String,
    /// What was measured, when, by which version.
    pub subject: Subject,
    /// The objectives that were asked for, each with its verdict.
    pub criteria: Vec<Judged>,
    /// How it ended.
    pub ending: Ending,
    /// Seconds from start to end, starting the target left out.
    pub took_s: f64,

    /// Users of a closed loop: requests at one time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub users: Option<u32>,
    /// Mean pause of a user, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub think_s: Option<f64>,
    /// Requests a second of an open loop.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rate: Option<f64>,
    /// How the arrivals of an open loop were spread.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub arrivals: Option<Arrivals>,
    /// The most connections that the load may use; `None` for as many as it takes.
    pub connections: Option<u32>,
    /// The most requests at one time on one connection, where the protocol allows more than one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub streams: Option<u32>,
    /// So many requests were to be sent and no more; `None` for as many as the time holds.
    pub requests: Option<u64>,

    /// Time discarded while the target settled.
    pub settled_s: f64,
    /// Measured time.
    pub duration_s: f64,
    /// How the step ended.
    pub end: StepEnd,
    /// Requests that fell due.
    pub offered: u64,
    /// Requests sent.
    pub sent: u64,
    /// Answers, good and bad.
    pub answered: u64,
    /// Good answers.
    pub good: u64,
    /// Requests a second that fell due; `None` when nothing was measured, as the other three.
    pub offered_per_s: Option<f64>,
    /// Requests a second that were sent.
    pub sent_per_s: Option<f64>,
    /// Answers a second, good and bad.
    pub answered_per_s: Option<f64>,
    /// Good answers a second.
    pub good_per_s: Option<f64>,
    /// Good answers as a share of the requests that ended; `None` when none ended.
    pub success_share: Option<f64>,
    /// Failures by kind.
    pub errors: FailureCounts,
    /// Requests not sent, by reason.
    pub not_sent: NotSentCounts,
    /// Answers by status, good and bad.
    pub statuses: BTreeMap<u16, u64>,
    /// Bytes over the wire.
    pub bytes: Bytes,
    /// Response times: from the intended send.
    pub latency: LatencyDetail,
    /// Service times: from the actual send.
    pub service: LatencyDetail,
    /// Where the time went; `None` where it is not known.
    pub phases: Option<PhaseTimes>,
    /// Requests that were due and had not ended when the step did.
    pub in_flight: u64,
    /// What was the matter, where no good answer came at all.
    pub broken: Option<Warning>,
    /// The generator's honesty.
    pub generator: HoldGenerator,
    /// The target's signals, where any were seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signals: Option<Signals>,
    /// Warnings with remedies.
    pub warnings: Vec<Warning>,
    /// Response times of good answers: HdrHistogram V2, base64, nanoseconds.
    pub histogram: Latencies,
    /// Service times of good answers.
    pub service_histogram: Latencies,
}

/// An objective and what the step says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The objective.
    pub objective: Criterion,
    /// Kept, broken, or not decided.
    pub verdict: Verdict,
    /// The quantile that the objective limits, in milliseconds; `None` when it is none of a latency, or falls among the failed requests.
    pub seen_ms: Option<f64>,
    /// The share of requests that were bad: failed, or slower than the limit; `None` when none ended.
    pub bad_share: Option<f64>,
    /// The share that the objective allows.
    pub allowed_share: f64,
    /// The normal score of the one against the other: above 0 speaks for "broken".
    pub z: f64,
}

/// Bytes over the wire, framing and encryption included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bytes {
    /// Bytes handed to the kernel.
    pub sent: u64,
    /// Bytes read from it.
    pub received: u64,
}

impl From<Traffic> for Bytes {
    fn from(traffic: Traffic) -> Self {
        Self { sent: traffic.sent_bytes, received: traffic.received_bytes }
    }
}

/// The generator's honesty line, and what it rests on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HoldGenerator {
    /// What every result says of its generator.
    #[serde(flatten)]
    pub summary: GeneratorSummary,
    /// Send lag, median, in microseconds.
    pub send_lag_p50_us: Option<f64>,
    /// Whether its threads stayed awake before each send, so that their CPU time tells nothing of their work.
    pub spins: bool,
    /// Share of the step for which a generator thread waited for its core.
    pub run_wait_share: Option<f64>,
    /// Share of the step for which a quota held it back.
    pub throttled_share: Option<f64>,
    /// Share of its core that other programs used.
    pub core_taken_share: Option<f64>,
    /// File descriptors that it had open in the end, and how many it may open.
    pub files: Option<Files>,
}

/// File descriptors of the generator's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Files {
    /// Open ones.
    pub open: u64,
    /// The most that may be open.
    pub limit: u64,
}
