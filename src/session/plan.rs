//! What a session is to do, with everything that the user typed resolved and checked.

use super::{Connection, JournalPlace, Start};
use crate::{lab::LabSpec, launch::Budget, watch::Whom};
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
    /// How it gets there.
    pub connection: Connection,
    /// Threads of the generator, each on a core of its own; at least 1.
    pub threads: usize,
    /// What a target that the session starts may use of the cores that the generator leaves, and of memory.
    pub budget: Budget,
    /// Whose processes are looked at.
    pub watch: Watching,
    /// A cheap path that is asked beside the load.
    pub side_path: Option<String>,
    /// The command line, secrets redacted.
    pub command: String,
}

/// Whose processes are looked at while load is on the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watching {
    /// Nobody's.
    Nobody,
    /// Those of whoever answers, where that is on this machine.
    Target,
    /// The same, in steps for which that is asked for: of several targets that take turns only one has load.
    WhenAsked,
    /// These: what answers may be a proxy in front of them.
    Other(Whom),
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
    /// Where the journal goes.
    pub journal: JournalPlace,
}

/// What is measured.
#[derive(Clone, Debug)]
pub enum Target {
    /// A reference server that the session starts and stops: `lab:MODEL?k=v`.
    Lab(LabSpec),
    /// A command that the session starts and stops.
    Started(Box<Start>),
    /// A server that runs already, with an `http` or `https` address that has a host.
    Http(Url),
    /// A server that runs already and listens on a Unix-domain socket.
    Unix {
        /// The socket.
        socket: PathBuf,
        /// What is asked of it: an `http` address with the host `localhost`.
        url: Url,
    },
}

impl Target {
    /// Whether the session starts it.
    pub fn is_started(&self) -> bool {
        matches!(self, Self::Lab(_) | Self::Started(_))
    }

    /// The command that starts it on a port of its own, secrets redacted.
    pub fn start(&self) -> Option<String> {
        match self {
            Self::Started(start) if start.free_port => Some(start.shown()),
            _ => None,
        }
    }

    /// The address that it was asked for by, where it has one.
    pub fn url(&self) -> Option<&Url> {
        match self {
            Self::Http(url) | Self::Unix { url, .. } => Some(url),
            Self::Started(start) => Some(&start.url),
            Self::Lab(_) => None,
        }
    }
}

/// What each request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// A valid method token.
    pub method: String,
    /// Valid names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<Body>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Whether connections are used again.
    pub keep_alive: bool,
    /// Whether redirects are followed, once, before the load.
    pub follow: bool,
}

/// Where the body of a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// The command line.
    Text(String),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A setup that names a server of the lab.
    pub fn setup() -> Setup {
        Setup {
            named: "lab:pool".to_owned(),
            target: Target::Lab("pool".parse().unwrap()),
            request: Request {
                method: "GET".to_owned(),
                headers: Vec::new(),
                body: None,
                timeout: Duration::from_secs(10),
                keep_alive: true,
                follow: false,
            },
            connection: Connection::default(),
            threads: 1,
            watch: Watching::Nobody,
            side_path: None,
            budget: Budget::default(),
            command: String::new(),
        }
    }
}
