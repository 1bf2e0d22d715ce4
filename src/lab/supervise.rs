//! Servers that consist of several processes: pre-forked workers, and a server that is brought back after a crash.

use super::{
    LabSpec, READY_PREFIX,
    args::LabArgs,
    listen::reserve,
    serve::{LabError, announce, lock_of, slots_of},
    work::{ENDED_FOR_GOOD, Tokens},
};
use rustix::process::{WaitOptions, wait};
use std::{
    collections::HashSet,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpListener,
    os::fd::AsFd,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// How long a lost worker process stays away: a worker that can't live must not be started in a tight loop.
const RESPAWN: Duration = Duration::from_millis(500);
/// The longest line that a starting process may print.
const MOST_LINE: u64 = 256;

/// Runs pre-forked workers that share `listener`; brings lost ones back. Returns when one has ended for good, and with it all.
pub(super) fn run_workers(spec: &LabSpec, listener: &TcpListener, out: &mut dyn Write) -> Result<(), LabError> {
    let (lock, slots) = (lock_of(spec)?, slots_of(spec)?);
    let start = || start_worker(spec, listener, lock.as_ref(), slots.as_ref());
    let mut workers = HashSet::new();
    for _ in 0..spec.workers {
        workers.insert(start()?);
    }
    announce(listener, out)?;
    loop {
        let Some((pid, status)) = wait(WaitOptions::empty()).map_err(io::Error::from)? else { continue };
        if status.exit_status() == Some(ENDED_FOR_GOOD) {
            // The others end with this process.
            return Ok(());
        }
        if workers.remove(&pid.as_raw_nonzero().get().cast_unsigned()) {
            thread::sleep(RESPAWN);
            workers.insert(start()?);
        }
    }
}

fn start_worker(spec: &LabSpec, listener: &TcpListener, lock: Option<&Tokens>, slots: Option<&Tokens>) -> Result<u32, LabError> {
    let mut command = own_program(spec)?;
    command.arg("--worker").stdin(Stdio::from(listener.as_fd().try_clone_to_owned()?));
    for (flag, tokens) in [("--lock-fd", lock), ("--slots-fd", slots)] {
        if let Some(tokens) = tokens {
            command.arg(flag).arg(tokens.fd().to_string());
        }
    }
    let child = start_and_wait_until_ready(&mut command)?;
    Ok(child.id())
}

/// Runs the server in a process of its own and brings it back after each crash; in between, its port stays bound but connections are refused.
/// Returns when it has ended for good.
pub(super) fn keep_restarting(args: &LabArgs, out: &mut dyn Write) -> Result<(), LabError> {
    let address = args.address();
    let reserved = reserve(address).map_err(|source| LabError::Listen { address, source })?;
    let reserved_listener = TcpListener::from(reserved);
    let port = reserved_listener.local_addr()?.port();
    let mut announced = false;
    loop {
        let mut command = own_program(&args.spec)?;
        command.args(["--supervised", "--host", &args.host.to_string(), "--port", &port.to_string()]).stdin(Stdio::null());
        let mut child = start_and_wait_until_ready(&mut command)?;
        if !announced {
            announce(&reserved_listener, out)?;
            announced = true;
        }
        let status = child.wait()?;
        match args.spec.faults.restart {
            Some(away) if status.code() != Some(ENDED_FOR_GOOD) => thread::sleep(away),
            _ => return Ok(()),
        }
    }
}

/// This program again, to serve the same specification and end with this process.
fn own_program(spec: &LabSpec) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("lab").arg(spec.to_string()).arg("--parent").arg(std::process::id().to_string());
    Ok(command)
}

fn start_and_wait_until_ready(command: &mut Command) -> Result<Child, LabError> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout.take(MOST_LINE)).read_line(&mut line)?;
    }
    if line.starts_with(READY_PREFIX) {
        return Ok(child);
    }
    let status = child.wait()?;
    Err(LabError::Worker(format!("{status}, having printed {line:?}")))
}
