//! What a session is to do, with everything that the user typed resolved and checked.

use super::JournalPlace;
use crate::lab::LabSpec;
use plimsoll_core::search::Goal;
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
