//! One call of the tool, with all that it gave.

use super::schema;
use plimsoll_core::finding::{Finding, Word};
use std::{
    fmt, fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a process may take to be gone after the one that started it.
const GRACE: Duration = Duration::from_secs(5);

/// A call of the tool that has ended. Its home directory lives as long as this does.
pub struct Run {
    /// The target as it was named.
    pub target: String,
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From start to end.
    pub took: Duration,
    /// Its home directory, where it leaves journals.
    pub home: TempDir,
}

impl Run {
    /// `plimsoll find TARGET FLAGS --json`; panics if a process is left behind.
    pub fn find(target: &str, flags: &[&str]) -> Self {
        Self::wrapped(&[], target, flags)
    }

    /// `find` through a command that executes its last arguments, such as `sh -c '...; exec "$@"' sh`.
    pub fn wrapped(wrapper: &[&str], target: &str, flags: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let words = [wrapper, &[env!("CARGO_BIN_EXE_plimsoll"), "find", target, "--json"], flags].concat();
        let begun = Instant::now();
        let output = Command::new(words[0])
            .args(&words[1..])
            .env("HOME", home.path())
            .env_remove("XDG_STATE_HOME")
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{words:?}: {error}"));
        let took = begun.elapsed();
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let run = Self {
            target: target.to_owned(),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            took,
            home,
        };
        assert_none_left(&run.home);
        run
    }

    /// The result that was printed.
    pub fn finding(&self) -> Finding {
        schema::read(&self.stdout).unwrap_or_else(|error| panic!("no result ({error}), exit {:?}: {}", self.code, self.stderr))
    }

    /// Whether the tool withheld its answer because of its generator.
    pub fn is_limited(&self) -> bool {
        serde_json::from_str::<Finding>(&self.stdout).is_ok_and(|finding| finding.generator.limited)
    }

    /// Asserts that the exit code is this one and that each of these parts is said on standard error.
    pub fn says(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self}\n{}", self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "{self}\nlacks {part:?}: {}", self.stderr);
        }
    }
}

/// A line of what there is to know when an assertion fails, and the steps.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<44} exit {:?} {:4.0} s", self.target, self.code, self.took.as_secs_f64())?;
        let Ok(finding) = serde_json::from_str::<Finding>(&self.stdout) else { return write!(f, "  no result") };
        let line = &finding.load_line;
        let known = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
        let word = format!("{:?}", line.word).to_lowercase();
        write!(f, "  {word:<9} {} [{}, {}]  {}", known(line.value), known(line.low), known(line.high), line.reasons.join("; "))?;
        for step in &finding.steps {
            let load = step.users.map_or_else(|| format!("{:.0}/s", step.rate.unwrap_or(f64::NAN)), |users| users.to_string());
            let ms = |value: Option<f64>| value.map_or("-".to_owned(), |ms| format!("{ms:.1}"));
            write!(f, "\n    {:5.1} s {:<9} {load:>6}", step.started_s, format!("{:?}", step.purpose).to_lowercase())?;
            write!(
                f,
                "  {:7.1} good/s  p50 {:>6}  p99 {:>6} ms",
                step.good_per_s.unwrap_or(0.0),
                ms(step.latency.p50_ms),
                ms(step.latency.p99_ms)
            )?;
            let health = serde_json::to_string(&step.generator).map_err(|_| fmt::Error)?;
            let errors = serde_json::to_string(&step.errors).map_err(|_| fmt::Error)?;
            write!(f, "  {errors}  {health}")?;
        }
        Ok(())
    }
}

/// The trust that a word asks for: firm and rough both give a number to rely on.
pub fn trust(word: Word) -> &'static str {
    match word {
        Word::Firm | Word::Rough => "a number",
        Word::Unstable => "unstable",
        Word::AtLeast => "at least",
        Word::Withheld => "withheld",
    }
}

/// Panics if a process still runs that was started with this home directory.
pub fn assert_none_left(home: &TempDir) {
    let deadline = Instant::now() + GRACE;
    loop {
        let left = processes_of(home);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "left behind: {left:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Command lines of the processes whose home directory this is: the tool, and all that it started.
fn processes_of(home: &TempDir) -> Vec<String> {
    let mark = format!("HOME={}", home.path().display());
    let folders = fs::read_dir("/proc").expect("/proc").flatten().map(|entry| entry.path());
    // A process may end while it is looked at: what can't be read is gone.
    let ours = folders.filter(|folder| {
        fs::read(folder.join("environ")).is_ok_and(|environment| environment.split(|&byte| byte == 0).any(|one| one == mark.as_bytes()))
    });
    ours.filter_map(|folder| fs::read(folder.join("cmdline")).ok())
        .map(|words| String::from_utf8_lossy(&words).replace('\0', " "))
        .filter(|words| !words.is_empty())
        .collect()
}
