//! The versioned result of `plimsoll compare`: which system carries more on the same hardware, by what factor, and what one request pays for it.

mod sentence;

use super::{Account, Axis, Finding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schema name of a comparison.
pub const COMPARISON_SCHEMA: &str = "plimsoll.comparison/1";

/// The result of one `compare`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// [`COMPARISON_SCHEMA`].
    #[schemars(description = "What kind of document this is, and in which version.", extend("const" = COMPARISON_SCHEMA))]
    pub schema: String,
    /// When it was made, and how it went.
    #[serde(flatten)]
    pub account: Account,
    /// What each system was given.
    pub budget: Budget,
    /// The systems, in the order in which they were named.
    pub systems: Vec<System>,
    /// The first system against each of the others.
    pub pairs: Vec<Pair>,
}

/// What each system was given of the hardware, the same for all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Cores' worth of CPU time.
    pub cpus: Option<f64>,
    /// Memory, in bytes.
    pub memory_bytes: Option<u64>,
    /// The processors by number, where each system was bound to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cores: Vec<usize>,
    /// What holds a system to it: affinity, cgroup v1, cgroup v2, rlimit. Empty where nothing does.
    pub enforced_by: Vec<String>,
}

/// One of the systems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct System {
    /// What it is called in the comparison.
    pub name: String,
    /// Its own search.
    pub finding: Finding,
    /// Memory that one more request inside takes.
    pub memory_per_user_bytes: Option<f64>,
    /// CPU time that one request takes near its peak.
    pub cpu_seconds_per_request: Option<f64>,
}

/// What is said of a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairWord {
    /// The interval excludes 1.
    Different,
    /// The interval lies within 5% of 1.
    NoDifference,
    /// Neither.
    CannotTell,
}

/// What of the load is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Users without a pause.
    #[default]
    AtOneTime,
    /// Users who pause between requests.
    Users,
    /// Requests a second.
    RequestsPerS,
}

/// Two systems; every ratio is b over a, with its 95% interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// The first system's name.
    pub a: String,
    /// The other's.
    pub b: String,
    /// What is counted.
    #[serde(default)]
    pub counted: Counted,
    /// The ratio of the load lines; `None` where it is bounded on one side at the most.
    pub capacity_ratio: Option<f64>,
    /// Lower end of its interval; `None` where nothing bounds it below.
    pub low: Option<f64>,
    /// Upper end of its interval; `None` where nothing bounds it above.
    pub high: Option<f64>,
    /// What is said of it.
    pub word: PairWord,
    /// The ratio of the mean times that one request takes when nothing else is in the way.
    pub unloaded_latency_ratio: Option<f64>,
    /// Lower end of its interval.
    pub unloaded_latency_low: Option<f64>,
    /// Upper end of its interval.
    pub unloaded_latency_high: Option<f64>,
    /// What is said of it.
    pub unloaded_word: PairWord,
    /// Rounds in which both were measured.
    pub rounds: u32,
    /// Why a ratio is missing, bounded or not to be told, in sentences.
    pub reasons: Vec<String>,
}

impl Counted {
    /// What a finding's line counts.
    pub fn of(axis: Axis, has_pauses: bool) -> Self {
        match (axis, has_pauses) {
            (Axis::Rate, _) => Self::RequestsPerS,
            (Axis::Users, true) => Self::Users,
            (Axis::Users, false) => Self::AtOneTime,
        }
    }
}
