//! The answer: the load line, how far to trust it, and the same on the other axes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which way load is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Users at one time (closed loop).
    #[default]
    Users,
    /// Requests a second (open loop).
    Rate,
}

/// How far the load line can be trusted; docs/METHOD.md says when each word is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Narrow interval, decided on both sides, held, unchanged at the end.
    Firm,
    /// A wide interval, or the hold did not run.
    Rough,
    /// The target did not stay the same, or measurements contradict each other.
    Unstable,
    /// A ceiling was reached before the target degraded.
    AtLeast,
    /// No number can be given as the target's.
    Withheld,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadLine {
    /// The axis of `value`, `low` and `high`.
    pub axis: Axis,
    /// The largest load that does not degrade; whole for users; `None` when withheld.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// The confidence of the interval, 0.95.
    pub confidence: f64,
    /// How far to trust it.
    pub word: Word,
    /// What breaks first above it: an objective (`p99<500ms`), or `knee`.
    pub binding: String,
    /// Why the word is not `firm`, in sentences; empty when it is.
    pub reasons: Vec<String>,
}

/// The load line on the other axes, by Little's law at the load line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Also {
    /// Requests in flight at the line.
    pub users_at_once: Option<f64>,
    /// Good answers a second at the line.
    pub rate_per_s: Option<f64>,
    /// People who pause between requests.
    pub users_with_think: Option<UsersWithThink>,
}

/// Users who pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UsersWithThink {
    /// Their mean pause in seconds.
    pub think_s: f64,
    /// How many of them give the load at the line.
    pub users: f64,
}
