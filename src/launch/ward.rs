//! The ward: a small process between Plimsoll and a command that knows nothing of it.
//!
//! Should Plimsoll be killed with no chance to tidy up, the ward sees it and stops the command with all its descendants, those included that
//! were orphaned on the way: the ward inherits them. It stays out of the command's control groups, and removes them when they are empty.

use super::{
    enter::{EnterArgs, cannot_start},
    groups,
    tree::{Process, tree_of},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Pid, PidfdFlags, Signal, WaitOptions, WaitStatus, getppid, pidfd_open, set_child_subreaper, wait},
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::{
    ffi::OsString,
    io::{self, Write},
    os::fd::OwnedFd,
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// How long the command has to end in good order.
const GRACE: Duration = Duration::from_secs(2);
/// How often orphans that have ended are given back to the system.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };

/// Runs a command and stops it, with all its descendants, when the process that asked for it ends, or on SIGTERM.
#[derive(Clone, Debug, clap::Args)]
pub struct WardArgs {
    /// The process with which the command ends
    #[arg(long, value_name = "PID")]
    parent: i32,
    /// The command, and what it enters first: groups that are removed with it
    #[command(flatten)]
    within: EnterArgs,
}

impl WardArgs {
    /// The words of a command line for a ward of this process, after the program's name.
    pub(super) fn words(groups: &[PathBuf], address_space: Option<u64>, command: &[OsString]) -> Vec<OsString> {
        // What follows the name of the command is said in the same way to both.
        let parent = ["ward", "--parent", &std::process::id().to_string()].map(OsString::from);
        parent.into_iter().chain(EnterArgs::words(groups, address_space, command).into_iter().skip(1)).collect()
    }

    /// Runs the command to its end; gives the status to leave with (128 and the signal's number where one ended it). One that leaves others
    /// behind, and ends well, has put itself into the background: it runs for as long as they do.
    ///
    /// # Errors
    /// When the parent is gone, or the command can't be started.
    pub fn run(&self) -> io::Result<i32> {
        let status = self.watch_over();
        let stopped = stop_descendants();
        let killed = groups::killed_for_memory(&self.within.groups);
        if killed > 0 {
            // Among what the target printed last it is read by whoever wonders why it ended; where nobody listens, nobody does.
            let _ = writeln!(io::stderr(), "plimsoll: the memory budget was used up, and {killed} of its processes were killed for it");
        }
        self.within.groups.iter().for_each(|folder| groups::remove(folder));
        stopped.and(status)
    }

    fn watch_over(&self) -> io::Result<i32> {
        let asked_to_end = Arc::<AtomicBool>::default();
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            // The command has none of these handlers: they end when it becomes another program.
            signal_hook::flag::register(signal, Arc::clone(&asked_to_end))?;
        }
        let parent = Pid::from_raw(self.parent).ok_or_else(|| io::Error::other("0 is no process"))?;
        let parent_fd = pidfd_open(parent, PidfdFlags::empty())?;
        if getppid() != Some(parent) {
            return Err(io::Error::other(format!("process {} is not the parent of this one", self.parent)));
        }
        let own = Pid::from_raw(std::process::id().cast_signed());
        set_child_subreaper(own)?;
        let child = self.start()?;
        let mut child_fd = Some(pidfd_open(child, PidfdFlags::empty())?);
        loop {
            if asked_to_end.load(Ordering::Relaxed) {
                return Ok(128 + SIGTERM);
            }
            if has_ended(&parent_fd, child_fd.as_ref())? {
                return Ok(128 + Signal::KILL.as_raw());
            }
            loop {
                match wait(WaitOptions::NOHANG) {
                    Ok(Some((pid, status))) if pid == child => {
                        child_fd = None;
                        if code(status) != 0 {
                            return Ok(code(status));
                        }
                    }
                    Ok(Some(_orphan)) => {}
                    Ok(None) => break,
                    // It has ended well, and so have all that it left behind.
                    Err(Errno::CHILD) => return Ok(0),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Starts the command, by way of another program where there is something to enter or to take on first.
    fn start(&self) -> io::Result<Pid> {
        let (program, words) = if self.within.groups.is_empty() && self.within.address_space.is_none() {
            let (program, args) = self.within.command.split_first().ok_or_else(|| io::Error::other("no command"))?;
            (program.clone(), args.to_vec())
        } else {
            (std::env::current_exe()?.into(), EnterArgs::words(&self.within.groups, self.within.address_space, &self.within.command))
        };
        let child = Command::new(&program).args(words).spawn().map_err(|error| cannot_start(&program, &error))?;
        Pid::from_raw(child.id().cast_signed()).ok_or_else(|| io::Error::other("the child has no id"))
    }
}

fn code(status: WaitStatus) -> i32 {
    status.exit_status().or(status.terminating_signal().map(|signal| 128 + signal)).unwrap_or(1)
}

/// Waits until either process ends, a signal comes, or for a while; says whether the first process has ended.
fn has_ended(first: &OwnedFd, second: Option<&OwnedFd>) -> io::Result<bool> {
    let mut fds: Vec<PollFd<'_>> = std::iter::once(first).chain(second).map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
    match poll(&mut fds, Some(&LOOK)) {
        Ok(_) | Err(Errno::INTR) => Ok(fds[0].revents().contains(PollFlags::IN)),
        Err(error) => Err(error.into()),
    }
}

fn descendants() -> io::Result<Vec<Process>> {
    let own = std::process::id().cast_signed();
    Ok(tree_of(own)?.into_iter().filter(|process| process.pid != own).collect())
}

/// Asks all descendants to end, then makes them.
fn stop_descendants() -> io::Result<()> {
    for (signal, looks) in [(Signal::TERM, GRACE.as_millis() / 10), (Signal::KILL, 100)] {
        for process in descendants()? {
            process.signal(signal);
        }
        for _ in 0..looks {
            let left = descendants()?;
            if left.is_empty() {
                return Ok(());
            }
            if signal == Signal::KILL {
                // What was started meanwhile as well.
                left.iter().for_each(|process| process.signal(signal));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}
