//! One fuzzer: built, run for so long, and what it says of its work.

use crate::tools::workspace;
use std::{
    fmt, fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Longer inputs meet limits before they meet anything else.
const MOST_BYTES: u32 = 4096;

/// A fuzzer in `fuzz/fuzz_targets`.
pub struct Target {
    pub name: &'static str,
    /// What must hold, for the page.
    pub holds: &'static str,
    /// Its seeds, in `fuzz/corpus`, and the words in `fuzz` that they are made of.
    corpus: &'static str,
    dictionary: &'static str,
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "decoder",
        holds: "no panic; memory within the limits; the same outcome whole, byte by byte and in pieces, with other heads remembered and without",
        corpus: "answers",
        dictionary: "answers.dict",
    },
    Target {
        name: "differential",
        holds: "the same status and length of body as hyper's client, or a difference of the list below",
        corpus: "answers",
        dictionary: "answers.dict",
    },
    Target {
        name: "streams",
        holds: "HTTP/2: no panic; memory within the limits; each request ends once, the same way whole, byte by byte and in pieces",
        corpus: "streams",
        dictionary: "streams.dict",
    },
];

/// What a run amounted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    pub executions: u64,
    /// Edges of the program that were taken.
    pub edges: u64,
    /// Inputs that are kept because each takes a way of its own.
    pub inputs: u64,
    pub seconds: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} executions in {} s, {} edges, {} inputs kept", self.executions, self.seconds, self.edges, self.inputs)
    }
}

impl Target {
    /// Runs for so long; what is new to it goes into `folder`, what breaks it as well.
    ///
    /// # Errors
    /// With a finding, with the file that holds it.
    pub fn run(&self, cargo_fuzz: &Path, folder: &Path, time: Duration) -> Result<Figures, String> {
        let own = folder.join("corpus").join(self.name);
        fs::create_dir_all(&own).map_err(|error| format!("{}: {error}", own.display()))?;
        let log = folder.join(format!("{}.log", self.name));
        let file = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let workspace = workspace();
        let mut command = Command::new(cargo_fuzz);
        // The address sanitizer is there in every compiler, but only the nightly one lets it be asked for without a word.
        command.env("RUSTC_BOOTSTRAP", "1").current_dir(&workspace).args(["fuzz", "run", "--target-dir"]).arg(folder.join("build"));
        command.arg(self.name).args([&own, &workspace.join("fuzz/corpus").join(self.corpus)]).arg("--");
        command.arg(format!("-max_total_time={}", time.as_secs())).arg(format!("-max_len={MOST_BYTES}"));
        command.arg(format!("-dict={}", workspace.join("fuzz").join(self.dictionary).display()));
        command.arg(format!("-artifact_prefix={}/", folder.display())).arg("-print_final_stats=1");
        let status = command.stdin(Stdio::null()).stderr(file).status().map_err(|error| format!("{}: {error}", cargo_fuzz.display()))?;
        let said = fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let said = String::from_utf8_lossy(&said);
        if !status.success() {
            let finding = said.lines().find(|line| line.contains("Test unit written to")).unwrap_or("it did not run");
            return Err(format!("{}: {finding}; {} tells more", self.name, log.display()));
        }
        figures(&said, time).ok_or_else(|| format!("{}: {} does not end with figures", self.name, log.display()))
    }
}

/// The figures at the end of what libFuzzer said.
fn figures(said: &str, time: Duration) -> Option<Figures> {
    let done = said.lines().rev().find(|line| line.contains("DONE"))?;
    let word_after = |word: &str| done.split_whitespace().skip_while(|other| *other != word).nth(1);
    let executions = done.split_whitespace().next()?.strip_prefix('#')?.parse().ok()?;
    let edges = word_after("cov:")?.parse().ok()?;
    let inputs = word_after("corp:")?.split('/').next()?.parse().ok()?;
    Some(Figures { executions, edges, inputs, seconds: time.as_secs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_run_holds_its_figures() {
        let said =
            "#2 INITED cov: 12\n#1228055\tDONE   cov: 3444 ft: 13238 corp: 2506/749Kb lim: 1754 exec/s: 5095 rss: 451Mb\nDone 1228055 runs";
        let figures = figures(said, Duration::from_secs(240));
        assert_eq!(figures, Some(Figures { executions: 1_228_055, edges: 3444, inputs: 2506, seconds: 240 }));
        assert_eq!(super::figures("#2 INITED cov: 12", Duration::ZERO), None);
    }
}
