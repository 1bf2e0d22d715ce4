//! What a session is to do, with everything that the user typed resolved and checked.

use super::JournalPlace;
use crate::lab::LabSpec;
use plimsoll_core::{criterion::Criterion, search::Goal, step::Load};
use std::{path::PathBuf, time::Duration};
use url::Url;

/// What every kind of session is told: what is measured, what is sent, and how much of a generator it takes.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The target as the user named it, secrets redacted.
    pub named: String,
    /// What is measured.
    pub target: Target,
    /// What is sent.
    pub request: Request,
    /// Threads of the generator, each on a core of its own; at least 1.
    pub threads: usize,
    /// How many cores a target of the lab gets; `None` for all that the generator leaves.
    pub cpus: Option<usize>,
    /// The command line, secrets redacted.
    pub command: String,
}

/// One `find`.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is measured, and with what.
    pub setup: Setup,
    /// What is sought.
    pub goal: Goal,
    /// Where the result will be saved.
    pub save: Option<PathBuf>,
    /// Where the journal goes.
    pub journal: JournalPlace,
}

/// One `hold`.
#[derive(Clone, Debug)]
pub struct HoldPlan {
    /// What is measured, and with what.
    pub setup: Setup,
    /// The load. Users are those of one stream for each connection: a protocol with more multiplies them.
    pub load: Load,
    /// The most connections; `None` for as many as a rate takes.
    pub connections: Option<u32>,
    /// How long before a send is due the generator stays awake for it.
    pub spin: Duration,
    /// How long is measured; `None` until the last of `requests` has ended.
    pub duration: Option<Duration>,
    /// So many requests and no more; `None` for as many as `duration` holds.
    pub requests: Option<u64>,
    /// The objectives to judge.
    pub criteria: Vec<Criterion>,
    /// Where the result will be saved.
    pub save: Option<PathBuf>,
}

/// What is measured.
#[derive(Clone, Debug)]
pub enum Target {
    /// A reference server that the session starts and stops: `lab:MODEL?k=v`.
    Lab(LabSpec),
    /// A server that runs already, with an `http` address that has a host.
    Http(Url),
}

/// What each request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// A valid method token.
    pub method: String,
    /// Valid names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<Vec<u8>>,
    /// How long an answer may take.
    pub timeout: Duration,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A setup that names a server of the lab.
    pub fn setup() -> Setup {
        Setup {
            named: "lab:pool".to_owned(),
            target: Target::Lab("pool".parse().unwrap()),
            request: Request { method: "GET".to_owned(), headers: Vec::new(), body: None, timeout: Duration::from_secs(10) },
            threads: 1,
            cpus: None,
            command: String::new(),
        }
    }
}
