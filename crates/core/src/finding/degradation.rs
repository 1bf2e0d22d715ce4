//! How the target degrades beyond its line, and whether it comes back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One way in which the target degrades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Added users mostly wait.
    Knee,
    /// The latency objective is broken; without one, the median is twice the idle one.
    Slow,
    /// At least 1% of the requests time out.
    TimeOuts,
    /// At least 1% are turned away.
    Refusals,
    /// At least 1% get a wrong answer.
    Errors,
    /// No good answer for a while, or the process is gone.
    Crash,
}

/// A rung of the ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LadderRung {
    /// Which.
    pub rung: Rung,
    /// What exactly was seen (`http_503`, `p99<500ms`, ...), where there is more than one way.
    pub kind: Option<String>,
    /// The lowest load at which it was seen, on the finding's axis.
    pub users: Option<f64>,
    /// Whether it was seen. When not: it was not seen up to `up_to`.
    pub seen: bool,
    /// The highest load that was tried.
    pub up_to: f64,
    /// What was measured there, in a few words ("median 202 ms, 2.0 times idle").
    pub detail: Option<String>,
}

/// What happened after the load was taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recovery {
    /// Whether the target became healthy again; `None` when it was not driven past its line, so nothing was to recover from.
    pub recovered: Option<bool>,
    /// Seconds until it was healthy at a quarter of the line; when it did not recover, how long it was watched.
    pub after_s: Option<f64>,
}
