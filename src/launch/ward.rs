//! The ward: a small process between Plimsoll and a command that knows nothing of it.
//!
//! Should Plimsoll be killed with no chance to tidy up, the ward sees it and stops the command with all its descendants, those included that
//! were orphaned on the way: the ward inherits them.

use super::tree::{Process, tree_of};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, WaitOptions, getppid, pidfd_open, set_child_subreaper, wait},
};
use std::{ffi::OsString, io, os::fd::OwnedFd, process::Command, thread, time::Duration};

/// How long the command has to end in good order once Plimsoll is gone.
const GRACE: Duration = Duration::from_secs(2);
/// How often orphans that have ended are given back to the system.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };

/// Runs a command and stops it, with all its descendants, when the process that asked for it ends.
#[derive(Clone, Debug, clap::Args)]
pub struct WardArgs {
    /// The process with which the command ends
    #[arg(long, value_name = "PID")]
    parent: i32,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

impl WardArgs {
    /// Runs the command to its end; gives the status to leave with (128 and the signal's number where one ended it).
    ///
    /// # Errors
    /// When the parent is gone, or the command can't be started.
    pub fn run(&self) -> io::Result<i32> {
        let parent = Pid::from_raw(self.parent).ok_or_else(|| io::Error::other("0 is no process"))?;
        let parent_fd = pidfd_open(parent, PidfdFlags::empty())?;
        if getppid() != Some(parent) {
            return Err(io::Error::other(format!("process {} is not the parent of this one", self.parent)));
        }
        let own = Pid::from_raw(std::process::id().cast_signed());
        set_child_subreaper(own)?;
        let (program, args) = self.command.split_first().ok_or_else(|| io::Error::other("no command"))?;
        let describe = |error: io::Error| io::Error::new(error.kind(), format!("can't start {}: {error}", program.display()));
        let child = Command::new(program).args(args).spawn().map_err(describe)?;
        let child = Pid::from_raw(child.id().cast_signed()).ok_or_else(|| io::Error::other("the child has no id"))?;
        let child_fd = pidfd_open(child, PidfdFlags::empty())?;
        loop {
            if is_readable(&parent_fd, &child_fd)? {
                stop_descendants()?;
                return Ok(128 + Signal::KILL.as_raw());
            }
            while let Some((pid, status)) = wait(WaitOptions::NOHANG).or_else(none_left)? {
                if pid == child {
                    stop_descendants()?;
                    return Ok(status.exit_status().or(status.terminating_signal().map(|signal| 128 + signal)).unwrap_or(1));
                }
            }
        }
    }
}

/// Waits until either process ends, or for a while; says whether the first has ended.
fn is_readable(first: &OwnedFd, second: &OwnedFd) -> io::Result<bool> {
    let mut fds = [PollFd::new(first, PollFlags::IN), PollFd::new(second, PollFlags::IN)];
    match poll(&mut fds, Some(&LOOK)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(fds[0].revents().contains(PollFlags::IN)),
        Err(error) => Err(error.into()),
    }
}

fn none_left<T>(error: rustix::io::Errno) -> rustix::io::Result<Option<T>> {
    if error == rustix::io::Errno::CHILD { Ok(None) } else { Err(error) }
}

/// Asks all descendants to end, then makes them.
fn stop_descendants() -> io::Result<()> {
    let own = std::process::id().cast_signed();
    let descendants = || -> io::Result<Vec<Process>> { Ok(tree_of(own)?.into_iter().filter(|process| process.pid != own).collect()) };
    for (signal, looks) in [(Signal::TERM, GRACE.as_millis() / 10), (Signal::KILL, 100)] {
        for process in descendants()? {
            process.signal(signal);
        }
        for _ in 0..looks {
            if descendants()?.is_empty() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}
