//! Hostile TLS peers: each comes to its name, and a good server beside it gets its load as if it were alone.

#[path = "../beside/mod.rs"]
mod beside;
mod certificates;
mod endings;
mod handshakes;
mod records;
#[path = "../server/mod.rs"]
mod server;
#[path = "../tls_server/mod.rs"]
mod tls_server;

use beside::{GOOD, Want, assert_beside_good};
use plimsoll_core::step::StepResult;
use plimsoll_engine::{EngineConfig, Tls};
use server::Server;
use tls_server::{Authority, BOTH, VALID, serving};

/// An authority, a good server with its papers, and the trust that goes with it.
struct Scene {
    authority: Authority,
    good: Server,
    tls: Tls,
}

impl Scene {
    fn new() -> Self {
        let authority = Authority::new();
        let papers = authority.papers("localhost", VALID);
        let good = serving(papers.server(BOTH), |tls| while tls.request() && tls.say(GOOD) {});
        Self { tls: authority.trusted("localhost"), authority, good }
    }

    /// Half of an open loop goes to `hostile` and comes to `want`; the other half is answered.
    fn assert(&self, hostile: &Server, want: Want, what: &str) -> StepResult {
        self.assert_with(hostile, want, what, |config| config)
    }

    fn assert_with(&self, hostile: &Server, want: Want, what: &str, with: impl Fn(EngineConfig) -> EngineConfig) -> StepResult {
        assert_beside_good(hostile, &self.good, want, what, |config| with(EngineConfig { tls: Some(self.tls.clone()), ..config }))
    }

    /// As `server`, with papers that are in order.
    fn serving(&self, serve: impl Fn(&mut tls_server::TlsPeer<'_>) + Send + Sync + 'static) -> Server {
        serving(self.authority.papers("localhost", VALID).server(BOTH), serve)
    }
}
