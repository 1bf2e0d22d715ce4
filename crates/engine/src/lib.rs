//! The load engine of Plimsoll: puts a load on a target over HTTP/1.1 and measures what becomes of each request.
//!
//! One thread a shard, each with a loop of its own on epoll, its own connections and its own recorder; nothing is shared on the way of a
//! request. An [`Engine`] carries out the [`plimsoll_core::step::StepPlan`]s it is given, without knowing why, and says in each result whether
//! it kept up itself.
//!
//! Latency is kept twice: from the intended send (response time) and from the actual one (service time). In a closed loop without pauses the
//! next request is due when the answer before it arrived; in an open loop the schedule says when, whatever the target does.
//!
//! ```no_run
//! use plimsoll_core::step::{Driver, Flow, Load, Purpose, Settle, StepPlan};
//! use plimsoll_engine::{Engine, EngineConfig, Request};
//! use std::time::Duration;
//!
//! let request = Request::get("localhost:8080", "/");
//! let mut engine = Engine::start(EngineConfig::sending(request, vec![([127, 0, 0, 1], 8080).into()]))?;
//! let plan = StepPlan {
//!     purpose: Purpose::Hold,
//!     load: Load::Users { users: 16, think: Duration::ZERO },
//!     settle: Settle { least: Duration::from_millis(200), most: Duration::from_secs(3), completions: 16 },
//!     measure: Duration::from_secs(2),
//!     batches: 20,
//!     limits: vec![Duration::from_millis(500)],
//!     requests: None,
//! };
//! let result = engine.drive(&plan, &mut |_so_far| Flow::Continue)?;
//! assert_eq!(result.batches.len(), 20);
//! # Ok::<(), plimsoll_engine::EngineError>(())
//! ```

mod clock;
mod config;
mod connection;
mod endpoint;
mod engine;
mod error;
mod files;
#[doc(hidden)]
pub mod fuzzing;
mod http1;
mod http2;
mod ports;
mod record;
mod request;
mod selfcheck;
mod shard;
mod step;
mod timers;
mod tls;
mod transport;

#[cfg(test)]
mod connection_tests;

pub use config::{EngineConfig, Protocol};
pub use endpoint::Endpoint;
pub use engine::Engine;
pub use error::EngineError;
pub use files::connections_under;
pub use http1::AnswerLimits;
pub use request::{Request, RequestError};
pub use selfcheck::{CoreTime, RunTime, Steal, cgroup_folders};
#[doc(hidden)]
pub use shard::{CountError, request_path};
pub use tls::{Identity, Roots, Tls, TlsError, TlsOptions};
