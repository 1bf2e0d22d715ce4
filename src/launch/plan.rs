//! What to start, and how to know that it is ready.

use super::Budget;
use plimsoll_core::units::show_duration;
use std::{ffi::OsString, io, net::SocketAddr, path::PathBuf, time::Duration};

/// A target to start.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Where it runs; `None` for where this process does.
    pub folder: Option<PathBuf>,
    /// What its environment has beside that of this process.
    pub environment: Vec<(String, String)>,
    /// Who watches over it; `None` for a target that ends with this process by itself.
    pub ward: Option<Ward>,
    /// The cores it may use, counted from 0; `None` for those that this process may use.
    pub cpus: Option<Vec<usize>>,
    /// How it shows that it is ready.
    pub ready: Ready,
    /// How long that may take.
    pub ready_within: Duration,
    /// How long it has to end in good order before it is killed.
    pub grace: Duration,
}

/// The process between this one and a command that knows nothing of Plimsoll.
#[derive(Clone, Debug)]
pub struct Ward {
    /// The program that has the commands `ward` ([`super::WardArgs`]) and `enter` ([`super::EnterArgs`]).
    pub plimsoll: PathBuf,
    /// What the command may use; `None` for whatever its cores give.
    pub budget: Option<Budget>,
}

/// How a target shows that it is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    /// It prints a line that begins with this, followed by the address (`127.0.0.1:8080`) at which it listens.
    Line(String),
    /// It accepts connections at one of these addresses; there is at least one.
    Connect(Vec<SocketAddr>),
}

impl Launch {
    /// A program with its arguments; 10 s to become ready, 2 s to end.
    pub fn of(program: impl Into<PathBuf>, args: impl IntoIterator<Item = impl Into<OsString>>, ready: Ready) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            folder: None,
            environment: Vec::new(),
            ward: None,
            cpus: None,
            ready,
            ready_within: Duration::from_secs(10),
            grace: Duration::from_secs(2),
        }
    }

    /// A command that knows nothing of Plimsoll, under a ward: `plimsoll` is the program that has the command `ward`.
    pub fn warded(plimsoll: impl Into<PathBuf>, command: impl IntoIterator<Item = impl Into<OsString>>, ready: Ready) -> Self {
        let mut words = command.into_iter().map(Into::<OsString>::into);
        let program = words.next().unwrap_or_default();
        Self { ward: Some(Ward { plimsoll: plimsoll.into(), budget: None }), ..Self::of(program, words, ready) }
    }

    /// The same target on these cores only.
    pub fn on_cpus(self, cpus: Vec<usize>) -> Self {
        Self { cpus: Some(cpus), ..self }
    }

    /// The same target, held to a budget by its ward; without a ward nothing holds it.
    pub fn within(self, budget: Budget) -> Self {
        Self { ward: self.ward.map(|ward| Ward { budget: Some(budget), ..ward }), ..self }
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
    /// There is no such folder to run in.
    #[error("can't run the target in {}: it is no folder", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
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
    /// Only a control group can hold a target to a part of a core.
    #[error("nothing here holds the target to {cpus} cores ({why}); a whole number of cores needs no control group")]
    Share {
        /// The cores asked for.
        cpus: f64,
        /// Why there is no control group for it.
        why: String,
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
    #[error("the target was not ready after {}: {missing}; {}", show_duration(*within), said(tail))]
    NotReady {
        /// How long it had.
        within: Duration,
        /// What did not happen.
        missing: String,
        /// The end of what it printed.
        tail: String,
    },
    /// Whoever wanted it gave up before it was ready, and it has been stopped.
    #[error("interrupted before the target was ready; {}", said(tail))]
    GivenUp {
        /// The end of what it printed.
        tail: String,
    },
    /// The system refused a thread or a pipe.
    #[error("can't watch over the target ({0})")]
    System(#[from] io::Error),
}

/// What a target printed, in the second half of a sentence.
fn said(tail: &str) -> String {
    if tail.trim().is_empty() { "it printed nothing".to_owned() } else { format!("it printed last:\n{}", tail.trim_end()) }
}
