//! A server that runs until it is dropped, with all that it started.

use super::servers::Server;
use crate::tools::workspace;
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it has to end by itself.
const GRACE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);

pub struct Stand {
    child: Child,
    address: SocketAddr,
}

impl Stand {
    /// Starts a server and waits until it listens.
    pub fn start(server: &Server, bin: &Path) -> Result<Self, String> {
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(|error| format!("no port: {error}"))?;
        let line = server.start.replace("{port}", &address.port().to_string()).replace("{bin}", &bin.display().to_string());
        let limit = server.files.map_or_else(String::new, |files| format!("ulimit -n {files}; "));
        // It ends with this program, even when that is killed.
        let core = if server.one_core { "setpriv --pdeathsig TERM taskset -c 0 " } else { "setpriv --pdeathsig TERM " };
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{limit}exec {core}{line}")).current_dir(workspace().join("xtask/src/diagnose/apps"));
        command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let child = command.spawn().map_err(|error| format!("{}: {error}", server.name))?;
        let mut stand = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if begun.elapsed() > PATIENCE || !matches!(stand.child.try_wait(), Ok(None)) {
                return Err(format!("{}: `{line}` does not listen", server.name));
            }
            thread::sleep(LOOK);
        }
        Ok(stand)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        let Some(group) = Pid::from_raw(self.child.id().cast_signed()) else { return };
        // Its leader is not reaped yet, so that the number is still its own. It may have ended by itself.
        let _had_members = kill_process_group(group, Signal::TERM).is_ok();
        let begun = Instant::now();
        while begun.elapsed() < GRACE && TcpStream::connect(self.address).is_ok() {
            thread::sleep(LOOK);
        }
        let _had_members = kill_process_group(group, Signal::KILL).is_ok();
        drop(self.child.wait());
    }
}
