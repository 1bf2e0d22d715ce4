//! What every result of several searches says of itself.

use super::{Ending, Warning};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When it was made, by which version, and how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// The command line, secrets redacted.
    pub command: String,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// The version of the tool.
    pub version: String,
    /// How it ended.
    pub ending: Ending,
    /// Seconds from start to end.
    pub took_s: f64,
    /// Warnings with remedies.
    pub warnings: Vec<Warning>,
}
