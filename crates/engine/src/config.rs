//! What the engine is told once: where to send, what to send, and within which limits.

use crate::{endpoint::Endpoint, http1::AnswerLimits, request::Request, tls::Tls};
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

/// The configuration of an engine. The load itself comes with each step's plan.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Where to connect; connections take them in turn, so that only addresses that accept belong here.
    pub endpoints: Vec<Endpoint>,
    /// Local addresses that TCP connections come from, in turn; none for the kernel's choice. Each has its own ports, so that several carry
    /// more connections than one.
    pub sources: Vec<IpAddr>,
    /// TLS around each connection; `None` for plain text.
    pub tls: Option<Tls>,
    /// How requests go over a connection. Over TLS it is offered by ALPN; in plain text the server is taken to know.
    pub protocol: Protocol,
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
    /// Most requests of an open loop at one time: connections, or streams of HTTP/2; `None` for as many as the limits on file descriptors and
    /// ports leave room for.
    pub max_in_flight: Option<u32>,
    /// How long before a send is due its thread stays awake instead of trusting the kernel to wake it in time. It costs a core. Default 0.
    pub spin: Duration,
    /// The seed of all randomness: start times, pauses, arrivals.
    pub seed: u64,
}

/// How requests go over a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1: one request at a time on a connection.
    #[default]
    Http1,
    /// HTTP/2: up to so many requests at a time on a connection.
    Http2 {
        /// Streams of one connection.
        streams: NonZeroU32,
    },
}

impl Protocol {
    /// Requests that one connection carries at one time.
    pub fn streams(self) -> u32 {
        match self {
            Self::Http1 => 1,
            Self::Http2 { streams } => streams.get(),
        }
    }
}

impl EngineConfig {
    /// The defaults, for one request to these addresses.
    pub fn sending(request: Request, addresses: Vec<SocketAddr>) -> Self {
        Self {
            endpoints: addresses.into_iter().map(Endpoint::Tcp).collect(),
            sources: Vec::new(),
            tls: None,
            protocol: Protocol::Http1,
            request,
            timeout: Duration::from_secs(10),
            threads: NonZeroU32::MIN,
            cpus: None,
            limits: AnswerLimits::default(),
            max_in_flight: None,
            spin: Duration::ZERO,
            seed: 1,
        }
    }
}
