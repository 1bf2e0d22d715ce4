//! What the coordinator and a shard say to each other.

use crate::{
    clock::Moment,
    error::EngineError,
    record::{Borders, Measured, Settling},
};
use plimsoll_core::{schedule::Arrivals, stat::Latencies};
use rustix::thread::Pid;
use std::time::Duration;

/// The share of a load that one shard puts on the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ShardLoad {
    /// Closed loop.
    Users { users: u32, think: Duration },
    /// Open loop; the seed differs from shard to shard and from step to step.
    Rate { per_s: f64, arrivals: Arrivals, seed: u64 },
}

/// From the coordinator to a shard.
#[derive(Debug)]
pub(crate) enum Command {
    /// Change to this load, as of the moment given; what is said from here on belongs to this step. With borders, nothing is discarded:
    /// measuring begins at once. With a number of requests, no more than those are sent, and the last batch ends with the last of them.
    Load { step: u64, from: Moment, load: ShardLoad, borders: Option<Borders>, requests: Option<u64> },
    /// Measure between these borders.
    Measure(Borders),
    /// Measure no more, and say what is in flight; the load goes on.
    Cut,
    /// End the thread.
    Stop,
}

/// From a shard to the coordinator.
#[derive(Debug)]
pub(crate) struct Message {
    /// Which shard.
    pub(crate) shard: u32,
    /// Which step it is about.
    pub(crate) step: u64,
    /// What happened.
    pub(crate) news: News,
}

/// What happened on a shard.
#[derive(Debug)]
pub(crate) enum News {
    /// The thread runs.
    Ready(Pid),
    /// How settling goes.
    Progress(Settling),
    /// Settling is over: what it held.
    Begins(Settling),
    /// A batch is complete.
    Batch {
        index: u32,
        /// Whether no further batch follows, because the shard has sent all it was to send.
        is_last: bool,
        measured: Box<Measured>,
        /// Ages of requests in flight at its end.
        pending: Latencies,
        /// CPU time of the thread since measuring began.
        cpu: Duration,
    },
    /// The answer to [`Command::Cut`]: ages of requests in flight.
    Cut(Latencies),
    /// The shard can't go on.
    Failed(EngineError),
}
