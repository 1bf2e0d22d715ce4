//! The thread that starts a target's first process and sees it end.

use super::plan::LaunchError;
use rustix::{
    process::{Pid, WaitId, WaitIdOptions, waitid},
    thread::{CpuSet, sched_setaffinity},
};
use std::{
    io,
    process::{Child, Command},
    sync::{Arc, Condvar, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

/// One started process and the thread that keeps it.
///
/// A thread of its own for two reasons. The kernel ties a child that asks for it (as reference servers do) to the *thread* that started it, so that
/// thread must live as long. And a child inherits the cores of that thread from its first instruction on, which no later call could achieve.
#[derive(Debug)]
pub struct Keeper {
    pid: Pid,
    ending: Arc<Ending>,
    thread: Option<JoinHandle<Option<Child>>>,
}

/// How the process ended, once it has.
#[derive(Debug, Default)]
struct Ending {
    how: Mutex<Option<String>>,
    changed: Condvar,
}

impl Keeper {
    /// Starts a process on these cores.
    pub fn start(command: Command, cpus: Option<Vec<usize>>) -> Result<Self, LaunchError> {
        let ending = Arc::<Ending>::default();
        let (started, outcome) = mpsc::channel();
        let seen = Arc::clone(&ending);
        let keep = move || keep(command, cpus, &started, &seen);
        let thread = thread::Builder::new().name("target-keeper".to_owned()).spawn(keep)?;
        match outcome.recv() {
            Ok(Ok(pid)) => Ok(Self { pid, ending, thread: Some(thread) }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(LaunchError::System(io::Error::other("the thread that starts the target ended early"))),
        }
    }

    /// The process.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// How it ended; `None` while it runs. Its id stays taken (a zombie) until [`Keeper::reap`].
    pub fn ended(&self) -> Option<String> {
        self.ending.how.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits at most this long for it to end.
    pub fn wait(&self, within: Duration) -> Option<String> {
        let how = self.ending.how.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ending.changed.wait_timeout_while(how, within, |how| how.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Gives its id back to the system, if it has ended.
    pub fn reap(&mut self) {
        if self.ended().is_some()
            && let Some(Ok(Some(mut child))) = self.thread.take().map(JoinHandle::join)
        {
            // It has ended, so this returns at once; its status is known already.
            let _status = child.wait();
        }
    }
}

fn keep(
    mut command: Command,
    cpus: Option<Vec<usize>>,
    started: &mpsc::Sender<Result<Pid, LaunchError>>,
    ending: &Ending,
) -> Option<Child> {
    let outcome = pin(cpus).and_then(|()| {
        let program = command.get_program().to_string_lossy().into_owned();
        command.spawn().map_err(|source| LaunchError::Program { program, source })
    });
    // The pipes that were handed to the child must not stay open here, or its output would never end.
    drop(command);
    let (child, error) = match outcome {
        Ok(child) => (Some(child), None),
        Err(error) => (None, Some(error)),
    };
    let pid = child.as_ref().and_then(|child| Pid::from_raw(child.id().cast_signed()));
    let message = match (pid, error) {
        (Some(pid), _) => Ok(pid),
        (None, error) => Err(error.unwrap_or_else(|| LaunchError::System(io::Error::other("the child has no id")))),
    };
    if started.send(message).is_err() {
        return child;
    }
    let how = see_end(pid?);
    *ending.how.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
    ending.changed.notify_all();
    child
}

fn pin(cpus: Option<Vec<usize>>) -> Result<(), LaunchError> {
    let Some(cpus) = cpus else { return Ok(()) };
    let mut set = CpuSet::new();
    for &cpu in &cpus {
        if cpu >= CpuSet::MAX_CPU {
            return Err(LaunchError::Cpus { cpus, source: io::ErrorKind::InvalidInput.into() });
        }
        set.set(cpu);
    }
    sched_setaffinity(None, &set).map_err(|error| LaunchError::Cpus { cpus, source: error.into() })
}

/// Waits for the process to end, leaving its id taken, and says how it did.
fn see_end(pid: Pid) -> String {
    loop {
        return match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Ok(Some(status)) => match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => format!("exit status {code}"),
                (None, Some(signal)) => format!("signal {signal}"),
                (None, None) => "in a way that is not known".to_owned(),
            },
            Ok(None) | Err(rustix::io::Errno::INTR) => continue,
            Err(error) => format!("in a way that is not known: {error}"),
        };
    }
}
