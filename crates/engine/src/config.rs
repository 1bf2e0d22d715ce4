//! What the engine is told once: where to send, what to send, and within which limits.

use crate::http1::{AnswerLimits, Request};
use std::{net::SocketAddr, num::NonZeroU32, time::Duration};

/// The configuration of an engine. The load itself comes with each step's plan.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Where to connect; connections take them in turn, so that only addresses that accept belong here.
    pub addresses: Vec<SocketAddr>,
    /// What every user sends.
    pub request: Request,
    /// How long a request may take from its actual start, connecting included, before it counts as timed out. Default 10 s.
    pub timeout: Duration,
    /// Shards: threads, each with its own loop, connections and recorder. Default 1.
    pub threads: NonZeroU32,
    /// Processors to pin the shards to, in turn; `None` leaves them to the scheduler.
    pub cpus: Option<Vec<usize>>,
    /// How much of one answer is accepted.
    pub limits: AnswerLimits,
    /// Most connections of an open loop; `None` for as many as the limit on file descriptors leaves room for.
    pub max_connections: Option<u32>,
    /// The seed of all randomness: start times, pauses, arrivals.
    pub seed: u64,
}

impl EngineConfig {
    /// The defaults, for one request to these addresses.
    pub fn sending(request: Request, addresses: Vec<SocketAddr>) -> Self {
        Self {
            addresses,
            request,
            timeout: Duration::from_secs(10),
            threads: NonZeroU32::MIN,
            cpus: None,
            limits: AnswerLimits::default(),
            max_connections: None,
            seed: 1,
        }
    }
}
