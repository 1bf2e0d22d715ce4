//! A process that runs until it is dropped, with all that it started.

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::{
    net::{SocketAddr, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it has to end by itself.
const GRACE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);
/// It ends with this program, even when that is killed.
const TOGETHER: &str = "setpriv --pdeathsig TERM";

pub struct Group {
    leader: Child,
}

impl Group {
    /// Starts a command line of the shell in a folder; `before` is done by the shell that becomes the process.
    pub fn start(before: &str, line: &str, folder: &Path) -> Result<Self, String> {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{before}exec {TOGETHER} {line}")).current_dir(folder);
        command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let leader = command.spawn().map_err(|error| format!("`{line}` can't be started: {error}"))?;
        Ok(Self { leader })
    }

    /// Whether its first process has ended. That one is not reaped, so that its number is still its own.
    pub fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.id().is_none_or(|id| !matches!(waitid(WaitId::Pid(id), options), Ok(None)))
    }

    /// Waits until somebody listens at an address.
    pub fn listens(&self, address: SocketAddr) -> Result<(), String> {
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if self.has_ended() {
                return Err("it has ended instead of listening".to_owned());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("it does not listen after {} s", PATIENCE.as_secs()));
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    fn id(&self) -> Option<Pid> {
        Pid::from_raw(self.leader.id().cast_signed())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(group) = self.id() else { return };
        // It may have ended by itself.
        let _had_members = kill_process_group(group, Signal::TERM).is_ok();
        let begun = Instant::now();
        while begun.elapsed() < GRACE && !self.has_ended() {
            thread::sleep(LOOK);
        }
        let _had_members = kill_process_group(group, Signal::KILL).is_ok();
        drop(self.leader.wait());
    }
}
