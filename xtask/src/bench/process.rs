//! Processes of the bench: servers that end with their handle, clients that are waited for and accounted.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::ExitStatusExt,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use wait4::Wait4;

/// No client is waited for longer than this, in seconds.
const PATIENCE_S: u32 = 120;

/// Where a process runs.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// Its core; `None` for any.
    pub core: Option<usize>,
    /// Whether it comes before all that runs at an ordinary priority, so that the core is as quiet for it as if it were alone. That is not for
    /// what would keep a core busy without a pause: the kernel takes it away for a twentieth of each second.
    pub comes_first: bool,
}

/// A server that runs until this is dropped.
pub struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts `words` on its seat.
    pub fn start(words: &[String], seat: Seat) -> Result<Self, String> {
        let mut command = seated(words, seat);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(words, &error))?;
        let stdout = child.stdout.take().map(BufReader::new);
        Ok(Self { child, stdout })
    }

    /// The next line that it prints.
    pub fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        let stdout = self.stdout.as_mut().ok_or("its output is not read")?;
        stdout.read_line(&mut line).map_err(|error| format!("a server can't be heard: {error}"))?;
        Ok(line.trim_end().to_owned())
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; both calls then do nothing.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a client that ended had printed, and what it took.
pub struct Finished {
    /// Its standard output.
    pub stdout: String,
    /// CPU time, user and system, its children's included.
    pub cpu: Duration,
    /// The most memory that it had, in KiB.
    pub peak_kib: u64,
}

/// Runs `words` on its seat to the end.
///
/// # Errors
/// When it can't be started, fails, or has not ended in two minutes.
pub fn finish(words: &[String], seat: Seat) -> Result<Finished, String> {
    let bounded: Vec<String> = ["timeout".to_owned(), PATIENCE_S.to_string()].iter().chain(words).cloned().collect();
    let mut command = seated(&bounded, seat);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(words, &error))?;
    let (mut stdout, mut stderr) = (String::new(), String::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let heard = std::thread::scope(|scope| {
        let errors = scope.spawn(|| err.map_or(Ok(0), |mut err| err.read_to_string(&mut stderr)));
        let read = out.map_or(Ok(0), |mut out| out.read_to_string(&mut stdout));
        read.and(errors.join().unwrap_or(Ok(0)))
    });
    let ended = child.wait4().map_err(|error| format!("{} can't be waited for: {error}", words[0]))?;
    heard.map_err(|error| format!("{} can't be heard: {error}", words[0]))?;
    // Plimsoll ends with 3 where its result is to be taken with care, which is for this program to judge.
    if !matches!(ended.status.code(), Some(0 | 3)) {
        let why = stderr.lines().chain(stdout.lines()).find(|line| !line.trim().is_empty()).unwrap_or("it said nothing").to_owned();
        let how = ended.status.code().map_or_else(|| format!("signal {:?}", ended.status.signal()), |code| format!("exit code {code}"));
        return Err(format!("`{}`: {how}: {why}", words.join(" ")));
    }
    Ok(Finished { stdout, cpu: ended.rusage.utime + ended.rusage.stime, peak_kib: ended.rusage.maxrss / 1024 })
}

fn seated(words: &[String], seat: Seat) -> Command {
    // Only root may ask for a real-time priority.
    let first = if seat.comes_first && rustix::process::geteuid().is_root() { "chrt --fifo 50" } else { "" };
    let core = seat.core.map_or_else(String::new, |core| format!("taskset -c {core}"));
    let before = [first, core.as_str()].into_iter().flat_map(str::split_whitespace).map(str::to_owned);
    let all: Vec<String> = before.chain(words.iter().cloned()).collect();
    let mut command = Command::new(&all[0]);
    command.args(&all[1..]).env_remove("RUST_LOG");
    command
}

fn cannot_start(words: &[String], error: &std::io::Error) -> String {
    format!("{} can't be started: {error}", words[0])
}

/// The words of a command line, from parts without spaces in them.
pub fn words(parts: &str) -> Vec<String> {
    parts.split(' ').map(str::to_owned).collect()
}
