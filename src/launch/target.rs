//! A running target.

use super::{
    keeper::Keeper,
    output::{Tail, follow},
    plan::{Launch, LaunchError, Ready},
    tree::{Process, tree_of},
};
use rustix::process::{Signal, kill_process_group};
use std::{
    io,
    net::{SocketAddr, TcpStream},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How often a condition that nothing announces is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// How long to wait for processes that were killed; only one stuck in the kernel takes longer.
const KILLED_WITHIN: Duration = Duration::from_secs(3);

/// A target that was started and became ready. Dropped, it is stopped with all its descendants.
#[derive(Debug)]
pub struct Target {
    address: SocketAddr,
    tree: Tree,
}

/// The processes of a target, ready or not.
#[derive(Debug)]
struct Tree {
    first: Keeper,
    tail: Tail,
    grace: Duration,
}

impl Target {
    /// Starts a target and waits until it is ready.
    ///
    /// # Errors
    /// When it can't be started, ends, or is not ready in time; then nothing of it is left running.
    pub fn start(launch: &Launch) -> Result<Self, LaunchError> {
        if let Ready::Connect(address) = launch.ready
            && TcpStream::connect_timeout(&address, LOOK).is_ok()
        {
            return Err(LaunchError::Taken { address });
        }
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(&launch.program);
        command.args(&launch.args).process_group(0).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        let prefix = match &launch.ready {
            Ready::Line(prefix) => Some(prefix.clone()),
            Ready::Connect(_) => None,
        };
        let (tail, lines) = follow(reader, prefix)?;
        let tree = Tree { first: Keeper::start(command, launch.cpus.clone())?, tail, grace: launch.grace };
        let address = tree.wait_until_ready(launch, &lines)?;
        Ok(Self { address, tree })
    }

    /// The id of its first process, which leads its process group; all that it starts descends from it.
    pub fn pid(&self) -> u32 {
        self.tree.root().cast_unsigned()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether its first process still runs.
    pub fn is_alive(&self) -> bool {
        self.ended().is_none()
    }

    /// How its first process ended ("exit status 1", "signal 9"); `None` while it runs.
    pub fn ended(&self) -> Option<String> {
        self.tree.first.ended()
    }

    /// The end of what it has printed so far.
    pub fn output_tail(&self) -> String {
        self.tree.tail.text()
    }

    /// Stops it with all its descendants, as dropping it does.
    pub fn stop(self) {
        drop(self);
    }
}

impl Tree {
    fn root(&self) -> i32 {
        self.first.pid().as_raw_nonzero().get()
    }

    fn wait_until_ready(&self, launch: &Launch, lines: &mpsc::Receiver<SocketAddr>) -> Result<SocketAddr, LaunchError> {
        let deadline = Instant::now() + launch.ready_within;
        loop {
            let found = match launch.ready {
                Ready::Line(_) => lines.recv_timeout(LOOK).ok(),
                Ready::Connect(address) => TcpStream::connect_timeout(&address, LOOK).ok().map(|_| address),
            };
            if let Some(address) = found {
                return Ok(address);
            }
            if let Some(ended) = self.first.wait(LOOK) {
                return Err(LaunchError::Ended { ended, tail: self.tail.text() });
            }
            if Instant::now() >= deadline {
                let missing = match &launch.ready {
                    Ready::Line(prefix) => format!("it printed no line like \"{prefix}127.0.0.1:8080\""),
                    Ready::Connect(address) => format!("nothing accepts connections at {address}"),
                };
                return Err(LaunchError::NotReady { within: launch.ready_within, missing, tail: self.tail.text() });
            }
        }
    }

    /// Sends a signal to the group and to those that left it.
    fn signal(&self, known: &[Process], signal: Signal) {
        // The group's id can't have passed to another: its leader is not reaped before all this is over.
        let _had_members = kill_process_group(self.first.pid(), signal).is_ok();
        for process in known {
            process.signal(signal);
        }
    }

    /// Waits at most this long until none of the known processes runs.
    fn wait_until_gone(known: &[Process], within: Duration) -> bool {
        let deadline = Instant::now() + within;
        loop {
            if !known.iter().any(Process::is_running) {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(LOOK / 5);
        }
    }

    /// The processes that run; where /proc can't be read the group is all that can be reached.
    fn members(&self) -> Vec<Process> {
        tree_of(self.root()).unwrap_or_default()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let mut known = self.members();
        self.signal(&known, Signal::TERM);
        if !Self::wait_until_gone(&known, self.grace) {
            // What was started meanwhile is stopped as well.
            known.extend(self.members());
        }
        self.signal(&known, Signal::KILL);
        Self::wait_until_gone(&known, KILLED_WITHIN);
        self.first.wait(KILLED_WITHIN);
        self.first.reap();
    }
}
