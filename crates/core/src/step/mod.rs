//! What one step was asked and what it gave: plain data between the search and whatever sends the load.
//!
//! Session > step > batch. A step puts one load on the target, discards the time until the target has settled, then measures in batches of
//! equal length. Connections and users live on from step to step: going from 8 users to 16 adds 8.

mod parts;
mod result;
mod signals;

pub use parts::Parts;
pub use result::{Batch, GeneratorHealth, Phases, StepEnd, StepResult, Traffic};
pub use signals::{Downstream, Signals, Sockets, Waits, Watched};

use crate::schedule::Arrivals;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{ops::Range, time::Duration};

/// The load that a step puts on the target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// Closed loop: each user sends, waits for the answer, pauses `think` (0 for none; otherwise exponential with this mean) and sends again.
    Users {
        /// How many users.
        users: u32,
        /// Mean pause between an answer and the next request of the same user.
        think: Duration,
    },
    /// Open loop: requests arrive whether or not the target keeps up.
    Rate {
        /// Requests a second, in total.
        per_s: f64,
        /// How arrivals are spread.
        arrivals: Arrivals,
    },
}

impl Load {
    /// The load as one number on its axis: users, or requests a second.
    pub fn size(&self) -> f64 {
        match *self {
            Self::Users { users, .. } => f64::from(users),
            Self::Rate { per_s, .. } => per_s,
        }
    }

    /// Mean pause of a user; zero for an open loop.
    pub fn think(&self) -> Duration {
        match *self {
            Self::Users { think, .. } => think,
            Self::Rate { .. } => Duration::ZERO,
        }
    }
}

/// Why the search asks for a step; shown to people and kept in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Doubling the load to find where it degrades.
    Ramp,
    /// Narrowing the interval.
    Refine,
    /// A light load until the target is healthy again.
    Gate,
    /// The estimate held for longer.
    Hold,
    /// The base point measured again: is the target still the same?
    Recheck,
    /// Beyond the load line on purpose: how does it degrade?
    Overshoot,
    /// A light load after the overshoot, timed: does it recover?
    Recovery,
    /// Random turns of the systems compared.
    Pair,
}

/// One step as it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPlan {
    /// Why.
    pub purpose: Purpose,
    /// How much load.
    pub load: Load,
    /// The time discarded first.
    pub settle: Settle,
    /// The longest time measured; the caller may end a step at any batch border before it.
    pub measure: Duration,
    /// Into how many equal batches `measure` is cut (at least 1).
    pub batches: u32,
    /// Latency limits for which late answers are counted exactly, in each batch, in this order.
    pub limits: Vec<Duration>,
    /// So many requests are sent and no more, and the step ends with the last of them; `None` for as many as `measure` holds. Only for a step
    /// that does not settle first.
    #[serde(default)]
    pub requests: Option<u64>,
}

/// When the target counts as settled under a changed load: after `least`, and once `completions` requests have ended (well or badly) since
/// the change, but after `most` in any case.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settle {
    /// Shortest settle time.
    pub least: Duration,
    /// Longest settle time.
    pub most: Duration,
    /// Requests that must have ended.
    pub completions: u64,
}

/// A user pauses this long after a failure, evenly spread, so that refusals can't spin (docs/METHOD.md).
pub const FAILURE_PAUSE: Range<Duration> = Duration::from_millis(20)..Duration::from_millis(40);

/// What the caller wants after a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Measure the next batch.
    Continue,
    /// Enough is known: end the step.
    Enough,
    /// Stop at once; the result keeps what was measured.
    Interrupt,
}

/// Whatever puts load on a target: the engine, or a simulation. Both give the same [`StepResult`].
pub trait Driver {
    /// A failure of the generator itself; what the target does wrong is measured, not returned here.
    type Error;

    /// Carries out one step. After settling and after each batch (and at least every 0.2 s while settling) `watch` sees what has been measured so
    /// far, histograms included, and says whether to go on.
    ///
    /// # Errors
    /// When the generator itself can't go on.
    fn drive(&mut self, plan: &StepPlan, watch: &mut dyn FnMut(&StepResult) -> Flow) -> Result<StepResult, Self::Error>;

    /// Takes all load away until the next step: what is in flight ends uncounted, and nothing more is sent. That time counts for nothing: the
    /// next step has [`StepResult::started`] as if it had not passed.
    ///
    /// # Errors
    /// When the generator itself can't go on.
    fn rest(&mut self) -> Result<(), Self::Error>;
}
