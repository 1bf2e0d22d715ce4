//! A running target.

use super::{
    budget::{Held, affinity},
    keeper::Keeper,
    output::{Tail, follow},
    plan::{Launch, LaunchError, Ready},
    tree::{Process, tree_of},
    ward::WardArgs,
};
use rustix::process::{Signal, kill_process_group};
use std::{
    ffi::OsString,
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
/// How long what a target printed before it ended may take to be read.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long to wait for processes that were killed; only one stuck in the kernel takes longer.
const KILLED_WITHIN: Duration = Duration::from_secs(3);

/// A target that was started and became ready. Dropped, it is stopped with all its descendants.
#[derive(Debug)]
pub struct Target {
    address: SocketAddr,
    enforced: Vec<String>,
    cores: Vec<usize>,
    tree: Tree,
}

/// The processes of a target, ready or not.
#[derive(Debug)]
struct Tree {
    first: Keeper,
    /// Whether the first is a ward, to which all orphans come.
    warded: bool,
    tail: Tail,
    grace: Duration,
    /// What holds them to a budget; it goes when they have.
    held: Option<Held>,
}

impl Target {
    /// Starts a target and waits until it is ready.
    ///
    /// # Errors
    /// When it can't be started, ends, or is not ready in time; then nothing of it is left running.
    pub fn start(launch: &Launch) -> Result<Self, LaunchError> {
        Self::start_unless(launch, &|| false)
    }

    /// The same for as long as nobody gives up.
    ///
    /// # Errors
    /// Those, and [`LaunchError::GivenUp`].
    pub fn start_unless(launch: &Launch, given_up: &dyn Fn() -> bool) -> Result<Self, LaunchError> {
        if let Ready::Connect(addresses) = &launch.ready
            && let Some(address) = accepting(addresses)
        {
            return Err(LaunchError::Taken { address });
        }
        let budget = launch.ward.as_ref().and_then(|ward| ward.budget);
        let held = budget.map(|budget| Held::to(&budget, launch.cpus.as_deref())).transpose()?;
        let (reader, writer) = io::pipe()?;
        let mut command = command(launch, held.as_ref());
        command.process_group(0).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &launch.folder {
            if !folder.is_dir() {
                return Err(LaunchError::Folder { folder: folder.clone() });
            }
            command.current_dir(folder);
        }
        let prefix = match &launch.ready {
            Ready::Line(prefix) => Some(prefix.clone()),
            Ready::Connect(_) => None,
        };
        let (tail, lines) = follow(reader, prefix)?;
        let by_groups = held.as_ref().map(|held| held.by.clone()).unwrap_or_default();
        let enforced = by_groups.into_iter().chain(launch.cpus.as_deref().map(affinity)).collect();
        let first = Keeper::start(command, launch.cpus.clone())?;
        let tree = Tree { first, warded: launch.ward.is_some(), tail, grace: launch.grace, held };
        let address = tree.wait_until_ready(launch, &lines, given_up)?;
        Ok(Self { address, enforced, cores: launch.cpus.clone().unwrap_or_default(), tree })
    }

    /// Waits until it is ready in a further way, which is looked at again and again and says what is missing.
    ///
    /// # Errors
    /// When it ends, is not ready in time, or somebody gives up.
    pub fn wait_until(
        &self,
        within: Duration,
        given_up: &dyn Fn() -> bool,
        look: impl FnMut() -> Result<(), String>,
    ) -> Result<(), LaunchError> {
        self.tree.wait_until(within, given_up, look)
    }

    /// The id of its first process, which leads its process group; all that it starts descends from it. It is the ward, where there is one.
    pub fn pid(&self) -> u32 {
        self.tree.root().cast_unsigned()
    }

    /// Whether its first process is a ward, which is no part of what was asked for.
    pub fn is_warded(&self) -> bool {
        self.tree.warded
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The cores that it was given; none where it was given no particular ones.
    pub fn cores(&self) -> &[usize] {
        &self.cores
    }

    /// What holds it to its cores and its budget: `cgroup v1 (memory)`, `affinity (core 0)`.
    pub fn enforced(&self) -> &[String] {
        &self.enforced
    }

    /// Whether its first process still runs.
    pub fn is_alive(&self) -> bool {
        self.ended().is_none()
    }

    /// How it ended ("exit status 1", "signal 9"); `None` while it runs.
    pub fn ended(&self) -> Option<String> {
        self.tree.ended()
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

/// The first of these addresses at which somebody accepts.
fn accepting(addresses: &[SocketAddr]) -> Option<SocketAddr> {
    addresses.iter().copied().find(|address| TcpStream::connect_timeout(address, LOOK).is_ok())
}

/// The command line of the first process.
fn command(launch: &Launch, held: Option<&Held>) -> Command {
    let Some(ward) = &launch.ward else {
        let mut command = Command::new(&launch.program);
        command.args(&launch.args);
        return command;
    };
    let words: Vec<OsString> = std::iter::once(launch.program.clone().into()).chain(launch.args.iter().cloned()).collect();
    let groups = held.map(|held| held.groups.folders()).unwrap_or_default();
    let mut command = Command::new(&ward.plimsoll);
    command.args(WardArgs::words(groups, held.and_then(|held| held.address_space), &words));
    command
}

/// A ward leaves with 128 and the signal that ended the command.
fn of_command(ended: String) -> String {
    let status: Option<i32> = ended.strip_prefix("exit status ").and_then(|status| status.parse().ok());
    status.filter(|status| *status > 128).map_or(ended, |status| format!("signal {}", status - 128))
}

impl Tree {
    fn root(&self) -> i32 {
        self.first.pid().as_raw_nonzero().get()
    }

    fn ended(&self) -> Option<String> {
        self.first.ended().map(|ended| if self.warded { of_command(ended) } else { ended })
    }

    fn wait_until_ready(
        &self,
        launch: &Launch,
        lines: &mpsc::Receiver<SocketAddr>,
        given_up: &dyn Fn() -> bool,
    ) -> Result<SocketAddr, LaunchError> {
        self.wait_until(launch.ready_within, given_up, || match &launch.ready {
            Ready::Line(prefix) => match lines.recv_timeout(LOOK) {
                Ok(address) => Ok(address),
                Err(_) => Err(format!("it printed no line like \"{prefix}127.0.0.1:8080\"")),
            },
            Ready::Connect(addresses) => match accepting(addresses) {
                Some(address) => Ok(address),
                None => {
                    let all: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
                    Err(format!("nothing accepts connections at {}", all.join(" or ")))
                }
            },
        })
    }

    /// Looks until there is something, or the target has ended, time is up, or somebody gives up.
    fn wait_until<T>(
        &self,
        within: Duration,
        given_up: &dyn Fn() -> bool,
        mut look: impl FnMut() -> Result<T, String>,
    ) -> Result<T, LaunchError> {
        let deadline = Instant::now() + within;
        loop {
            let missing = match look() {
                Ok(found) => return Ok(found),
                Err(missing) => missing,
            };
            self.first.wait(LOOK);
            if let Some(ended) = self.ended() {
                return Err(LaunchError::Ended { ended, tail: self.tail.whole(LAST_WORDS) });
            }
            if given_up() {
                return Err(LaunchError::GivenUp { tail: self.tail.text() });
            }
            if Instant::now() >= deadline {
                return Err(LaunchError::NotReady { within, missing, tail: self.tail.text() });
            }
        }
    }

    /// Asks all to end. A ward asks those in its care, so that each is asked once.
    fn ask_to_end(&self, known: &[Process]) {
        let root = self.root();
        if self.warded {
            known.iter().filter(|process| process.pid == root).for_each(|ward| ward.signal(Signal::TERM));
            return;
        }
        // The group's id can't have passed to another: its leader is not reaped before all this is over.
        let _had_members = kill_process_group(self.first.pid(), Signal::TERM).is_ok();
        known.iter().for_each(|process| process.signal(Signal::TERM));
    }

    /// Kills until none is left, since one may start another meanwhile. A ward is spared: orphans come to it, and it ends without them.
    fn kill(&self) {
        let spared = self.warded.then(|| self.root());
        let deadline = Instant::now() + KILLED_WITHIN;
        loop {
            let left: Vec<Process> = self.members().into_iter().filter(|process| Some(process.pid) != spared).collect();
            left.iter().for_each(|process| process.signal(Signal::KILL));
            if left.is_empty() || Instant::now() >= deadline {
                return;
            }
            thread::sleep(LOOK / 5);
        }
    }

    /// Waits at most this long until none of the known processes runs.
    fn wait_until_gone(known: &[Process], within: Duration) {
        let deadline = Instant::now() + within;
        while known.iter().any(Process::is_running) && Instant::now() < deadline {
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
        let known = self.members();
        self.ask_to_end(&known);
        Self::wait_until_gone(&known, self.grace);
        self.kill();
        if self.warded {
            // It has its command's groups to remove yet.
            self.first.wait(KILLED_WITHIN);
        }
        let _had_members = kill_process_group(self.first.pid(), Signal::KILL).is_ok();
        self.first.wait(KILLED_WITHIN);
        self.first.reap();
        drop(self.held.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ward_tells_how_its_command_ended() {
        for (ward, command) in [("exit status 137", "signal 9"), ("exit status 3", "exit status 3"), ("signal 15", "signal 15")] {
            assert_eq!(of_command(ward.to_owned()), command);
        }
    }
}
