//! What is measured: which server, which load, which clients.

use super::client::{Client, Load, Protocol};
use crate::bare::Answers;

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// The bare server.
    Bare(Answers),
    /// nginx with a small static file, over the protocol of the load.
    Nginx,
}

/// One row of the comparison.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name in tables and for `--case`.
    pub name: &'static str,
    pub site: Site,
    pub load: Load,
    pub clients: &'static [Client],
}

const fn closed(protocol: Protocol, connections: u32) -> Load {
    Load { protocol, connections, streams: 1, rate: None, spin: false }
}

const fn http2(protocol: Protocol) -> Load {
    Load { streams: 8, ..closed(protocol, 8) }
}

/// All of them.
pub const CASES: &[Case] = &[
    Case {
        name: "bare, 64 connections",
        site: Site::Bare(Answers::Fixed),
        load: closed(Protocol::Http1, 64),
        clients: &[Client::Floor, Client::Plimsoll, Client::Wrk, Client::H2load, Client::Oha],
    },
    Case {
        name: "bare, 1,000 connections",
        site: Site::Bare(Answers::Fixed),
        load: closed(Protocol::Http1, 1000),
        clients: &[Client::Floor, Client::Plimsoll, Client::Wrk],
    },
    Case {
        name: "nginx, 64 connections",
        site: Site::Nginx,
        load: closed(Protocol::Http1, 64),
        clients: &[Client::Floor, Client::Plimsoll, Client::Wrk],
    },
    Case {
        name: "nginx, 1,000 connections",
        site: Site::Nginx,
        load: closed(Protocol::Http1, 1000),
        clients: &[Client::Floor, Client::Plimsoll, Client::Wrk],
    },
    Case {
        name: "heads that differ, 64 connections",
        site: Site::Bare(Answers::Ids),
        load: closed(Protocol::Http1, 64),
        clients: &[Client::Plimsoll, Client::Wrk],
    },
    Case {
        name: "chunked, 64 connections",
        site: Site::Bare(Answers::Chunked),
        load: closed(Protocol::Http1, 64),
        clients: &[Client::Plimsoll, Client::Wrk],
    },
    Case {
        name: "HTTPS, 64 connections",
        site: Site::Nginx,
        load: closed(Protocol::Https, 64),
        clients: &[Client::Plimsoll, Client::Wrk, Client::Oha],
    },
    Case {
        name: "HTTP/2, 8 connections x 8 streams",
        site: Site::Nginx,
        load: http2(Protocol::Http2),
        clients: &[Client::Plimsoll, Client::H2load, Client::Oha],
    },
    Case {
        name: "HTTP/2 over TLS, 8 connections x 8 streams",
        site: Site::Nginx,
        load: http2(Protocol::Http2Tls),
        clients: &[Client::Plimsoll, Client::H2load, Client::Oha],
    },
];

/// The most that one client may pay for a request, as a share of another's, in the same run.
pub struct Target {
    pub case: &'static str,
    pub against: Client,
    pub at_most: f64,
}

const fn target(case: &'static str, against: Client, at_most: f64) -> Target {
    Target { case, against, at_most }
}

/// What Plimsoll is held to.
pub const TARGETS: &[Target] = &[
    target("bare, 64 connections", Client::Wrk, 0.70),
    target("bare, 1,000 connections", Client::Wrk, 0.72),
    target("nginx, 64 connections", Client::Wrk, 0.70),
    target("nginx, 1,000 connections", Client::Wrk, 0.72),
    target("heads that differ, 64 connections", Client::Wrk, 0.80),
    target("chunked, 64 connections", Client::Wrk, 0.80),
    target("bare, 64 connections", Client::Floor, 1.05),
    target("bare, 1,000 connections", Client::Floor, 1.05),
    target("nginx, 64 connections", Client::Floor, 1.05),
    target("HTTPS, 64 connections", Client::Oha, 1.0),
    target("HTTP/2, 8 connections x 8 streams", Client::H2load, 1.0),
    target("HTTP/2 over TLS, 8 connections x 8 streams", Client::H2load, 1.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_about_a_case_that_both_clients_run() {
        for target in TARGETS {
            let case = CASES.iter().find(|case| case.name == target.case).expect("the case is there");
            assert!(case.clients.contains(&Client::Plimsoll) && case.clients.contains(&target.against), "{}", target.case);
        }
    }
}
