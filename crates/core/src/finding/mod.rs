//! The versioned results of `plimsoll find`, `plimsoll hold` and `plimsoll compare`: the public JSON contract, and all that a report needs.
//!
//! Absent knowledge is `null`, never 0. Names with units carry them (`_ms`, `_s`, `_per_s`).

mod account;
mod comparison;
mod degradation;
mod gate;
mod hold;
mod line;
mod record;
mod schema;
mod tuning;

pub use account::Account;
pub use comparison::{Budget, COMPARISON_SCHEMA, Comparison, Counted, Pair, PairWord, System};
pub use degradation::{LadderRung, Recovery, Rung};
pub use gate::{Gate, GateKind, GateVerdict};
pub use hold::{Bytes, Circumstances, Files, HOLD_SCHEMA, Hold, HoldGenerator, Judged, LatencyDetail, PhaseDetails, PhaseTimes};
pub use line::{Also, Axis, LoadLine, UsersWithThink, Word};
pub use record::{LatencySummary, StepRecord};
pub use schema::DocumentKind;
pub use tuning::{Best, Setting, TUNING_SCHEMA, Tried, Tuning, TuningAim, Varied, VariedCurve, VariedPoint, show_setting};

use crate::outcome::NotSentCounts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schema name of a finding.
pub const FINDING_SCHEMA: &str = "plimsoll.finding/1";

/// The highest sustained rate of good answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Peak {
    /// The load at which it was seen: users, or requests a second.
    pub users: f64,
    /// Good answers a second.
    pub throughput_per_s: f64,
}

/// A fitted value with its interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fitted {
    /// The load at the knee.
    pub users: f64,
    /// Lower end of the 95% interval.
    pub low: f64,
    /// Upper end of the 95% interval.
    pub high: f64,
}

/// How many requests the system really serves at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slots {
    /// Effective slots: peak throughput x unloaded latency.
    pub value: f64,
    /// Lower end of the 95% interval.
    pub low: f64,
    /// Upper end of the 95% interval.
    pub high: f64,
}

/// Why it stops there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// One of the contract's verdicts.
    pub verdict: String,
    /// How sure: high, medium or low.
    pub confidence: String,
    /// Sentences with their figures.
    pub evidence: Vec<String>,
    /// The runners-up.
    pub others: Vec<String>,
    /// What to try next, each a command or a setting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
}

/// How much more the same hardware could carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Headroom {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What would then be the limit.
    pub limit: String,
    /// How to read it.
    pub note: String,
    /// The command that proves it once the limit is raised, secrets redacted; `None` where the run had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// The generator's honesty line over the whole run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GeneratorSummary {
    /// Whether the generator, not the target, was the limit at or below the load line.
    pub limited: bool,
    /// Busiest thread, share of a core, at or below the load line.
    pub cpu_share: Option<f64>,
    /// Send lag, 99th percentile, in microseconds.
    pub send_lag_p99_us: Option<f64>,
    /// Share of the response time that neither the target nor the plan accounts for, in the step with the most requests.
    pub gap_share: Option<f64>,
    /// Steal time.
    pub steal_share: Option<f64>,
    /// Requests due but not sent, by reason.
    pub not_sent: NotSentCounts,
    /// What was found wrong, in sentences.
    pub findings: Vec<String>,
}

/// A warning, always with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// What is the matter.
    pub text: String,
    /// What to do.
    pub remedy: String,
}

/// How the run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The search concluded.
    Complete,
    /// The user interrupted it; what was measured is reported.
    Interrupted,
    /// Rebuilt from a journal that has no end: the tool was killed, or its disk was full.
    CutShort,
}

/// What a session knows that the search does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// The target as the user named it, secrets redacted.
    pub target: String,
    /// The address that was measured, secrets redacted.
    pub url: String,
    /// One sentence on what the target is, where known ("4 workers, wait 50 ms").
    pub description: Option<String>,
    /// The command that was started as the target, on a port of its own, secrets redacted; `None` for any other target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The command line, secrets redacted.
    pub command: String,
    /// When the run began, RFC 3339 in UTC.
    pub started_at: String,
    /// The version of the tool.
    pub version: String,
}

/// What stands in an address for the port of a command that was started.
const PORT: &str = "{port}";

impl Subject {
    /// The command that was started as the target, and the path that was asked for; `None` for any other target.
    pub fn started(&self) -> Option<(&str, &str)> {
        let path = self.target.split_once(PORT).map_or("/", |(_, path)| path);
        self.start.as_deref().map(|start| (start, path))
    }

    /// What people call it: a command that was started by its words, with the path unless that is `/`; any other target as it was named.
    pub fn name(&self) -> String {
        match self.started() {
            Some((start, path)) if path.len() > 1 => format!("{start} ({path})"),
            Some((start, _)) => start.to_owned(),
            None => self.target.clone(),
        }
    }
}

/// The result of one `find`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// [`FINDING_SCHEMA`].
    #[schemars(description = "What kind of document this is, and in which version.", extend("const" = FINDING_SCHEMA))]
    pub schema: String,
    /// What was measured, when, by which version.
    pub subject: Subject,
    /// The objectives that held, the implied ones included.
    pub criteria: Vec<crate::criterion::Criterion>,
    /// How it ended.
    pub ending: Ending,
    /// Seconds from start to end.
    pub took_s: f64,
    /// The answer.
    pub load_line: LoadLine,
    /// The answer on the other axes.
    pub also: Also,
    /// Latency while adding users slows nobody.
    pub unloaded: LatencySummary,
    /// Latency at the load line.
    pub at_line: LatencySummary,
    /// The load at which answers are twice as slow as unloaded, where it was seen.
    pub twice_as_slow_at: Option<f64>,
    /// The highest throughput.
    pub peak: Option<Peak>,
    /// Where the pipe is just full.
    pub knee: Option<Fitted>,
    /// Effective slots.
    pub slots: Option<Slots>,
    /// Whole-number evidence for a small load line ("4, not 5"): good answers a second at the line and one above, where both were measured.
    pub one_more: Option<OneMore>,
    /// How it degrades.
    pub ladder: Vec<LadderRung>,
    /// Whether it recovers.
    pub recovery: Recovery,
    /// Why it stops there; `None` when nothing was looked at.
    pub cause: Option<Cause>,
    /// How much more the hardware could carry; `None` when it is not known.
    pub headroom: Option<Headroom>,
    /// The generator's honesty.
    pub generator: GeneratorSummary,
    /// What the gates that were asked for came to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// Warnings with remedies.
    pub warnings: Vec<Warning>,
    /// Every step.
    pub steps: Vec<StepRecord>,
}

impl Finding {
    /// The mean pause, in seconds, of the users that the load line counts; `None` when it counts requests at one time, or a rate.
    ///
    /// Users who pause are more than the requests they have in flight: where nobody pauses, the two are the same.
    pub fn pause_s(&self) -> Option<f64> {
        let (line, also) = (&self.load_line, &self.also);
        let has_pauses = match (line.axis, line.value, also.users_at_once) {
            (Axis::Users, Some(value), Some(at_once)) => (at_once / value - 1.0).abs() > 1e-6,
            _ => false,
        };
        also.users_with_think.as_ref().filter(|_| has_pauses).map(|thinking| thinking.think_s)
    }
}

/// What one user more brings, at a small load line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OneMore {
    /// The load line.
    pub users: u32,
    /// Good answers a second there.
    pub rate_per_s: f64,
    /// Good answers a second with one user more.
    pub rate_with_one_more_per_s: f64,
}
