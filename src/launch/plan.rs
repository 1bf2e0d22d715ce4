//! What to start, and how to know that it is ready.

use std::{ffi::OsString, io, net::SocketAddr, path::PathBuf, time::Duration};

/// A target to start.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// The cores it may use, counted from 0; `None` for those that this process may use.
    pub cpus: Option<Vec<usize>>,
    /// How it shows that it is ready.
    pub ready: Ready,
    /// How long that may take.
    pub ready_within: Duration,
    /// How long it has to end in good order before it is killed.
    pub grace: Duration,
}

/// How a target shows that it is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    /// It prints a line that begins with this, followed by the address (`127.0.0.1:8080`) at which it listens.
    Line(String),
    /// It accepts connections at this address.
    Connect(SocketAddr),
}

impl Launch {
    /// A program with its arguments; 10 s to become ready, 2 s to end.
    pub fn of(program: impl Into<PathBuf>, args: impl IntoIterator<Item = impl Into<OsString>>, ready: Ready) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            cpus: None,
            ready,
            ready_within: Duration::from_secs(10),
            grace: Duration::from_secs(2),
        }
    }

    /// A command that knows nothing of Plimsoll, under a ward: `plimsoll` is the program that has the command `ward` ([`super::WardArgs`]).
    pub fn warded(plimsoll: impl Into<PathBuf>, command: impl IntoIterator<Item = impl Into<OsString>>, ready: Ready) -> Self {
        let parent = std::process::id().to_string();
        let ward = ["ward", "--parent", &parent, "--"].map(OsString::from);
        Self::of(plimsoll, ward.into_iter().chain(command.into_iter().map(Into::into)), ready)
    }

    /// The same target on these cores only.
    pub fn on_cpus(self, cpus: Vec<usize>) -> Self {
        Self { cpus: Some(cpus), ..self }
    }
}

/// Why a target does not run.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The program can't be started.
    #[error("can't start {program} ({source}); check that it exists and may be executed")]
    Program {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The cores can't be had.
    #[error(
        "can't keep the target on cores {cpus:?} ({source}); choose from those this process may use (see taskset -cp {})",
        std::process::id()
    )]
    Cpus {
        /// The cores asked for.
        cpus: Vec<usize>,
        /// What the system said.
        source: io::Error,
    },
    /// Something else answers where the target should.
    #[error("something already listens at {address}; stop it, or choose another port for the target")]
    Taken {
        /// The address.
        address: SocketAddr,
    },
    /// It ended before it was ready.
    #[error("the target ended before it was ready ({ended}); {}", said(tail))]
    Ended {
        /// How it ended.
        ended: String,
        /// The end of what it printed.
        tail: String,
    },
    /// It was not ready in time, and has been stopped.
    #[error("the target was not ready after {within:?}: {missing}; {}", said(tail))]
    NotReady {
        /// How long it had.
        within: Duration,
        /// What did not happen.
        missing: String,
        /// The end of what it printed.
        tail: String,
    },
    /// The system refused a thread or a pipe.
    #[error("can't watch over the target ({0})")]
    System(#[from] io::Error),
}

fn said(tail: &str) -> String {
    if tail.trim().is_empty() { "it printed nothing".to_owned() } else { format!("it printed last:\n{}", tail.trim_end()) }
}
