//! Results of real runs, one of each kind.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

/// Whatever else runs on this machine may have been in the way of a run.
const TRIES: u32 = 3;

/// What is measured, by which command.
pub struct Shown {
    /// Its name.
    pub name: &'static str,
    /// The command after the program.
    arguments: &'static [&'static str],
    /// Time for pictures, where it is not the usual one; and time enough for a page that is only checked. `hold` names its own.
    time: Option<&'static str>,
    quickly: Option<&'static str>,
    /// Codes with which it may leave: 99 for an objective that is broken.
    leaves: &'static [i32],
}

/// The reference servers that stand in the README.
pub const SHOWN: [Shown; 4] = [
    Shown { name: "find", arguments: &["find", "lab:pool"], time: None, quickly: Some("15s"), leaves: &[0] },
    Shown { name: "compare", arguments: &["compare", "lab:pool", "lab:async"], time: None, quickly: Some("50s"), leaves: &[0] },
    Shown {
        name: "tune",
        arguments: &[
            "tune",
            "--start",
            "plimsoll lab 'pool?workers={workers}&wait=20ms&cpu=1ms' --port {port}",
            "--vary",
            "workers=1..64*2",
        ],
        time: Some("150s"),
        quickly: Some("40s"),
        leaves: &[0],
    },
    Shown {
        name: "hold",
        arguments: &["hold", "lab:threads?wait=5ms&pause=1s/10s", "-q", "500", "-c", "20", "-z", "20s", "--slo", "p99<500ms"],
        time: None,
        quickly: None,
        leaves: &[0, 99],
    },
];

/// How long measuring may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As long as a user would let it.
    Usual,
    /// As long as it takes to have a result of that kind.
    Quick,
}

/// A saved result.
pub struct Measured {
    pub name: &'static str,
    saved: PathBuf,
}

impl Shown {
    /// Measures, or takes the result of the last time where there is one and that is wanted.
    pub fn result(&self, plimsoll: &Path, folder: &Path, pace: Pace, again: bool) -> Result<Measured, String> {
        let time = if pace == Pace::Quick { self.quickly } else { self.time };
        let saved = folder.join(format!("{}.json", self.name));
        if !(again && saved.exists()) {
            // By its name alone and in that folder, so that no report names a path of this machine.
            let here = plimsoll.parent().map(Path::to_path_buf).into_iter();
            let path = env::var_os("PATH").unwrap_or_default();
            let path = env::join_paths(here.chain(env::split_paths(&path))).map_err(|error| error.to_string())?;
            let mut command = Command::new("plimsoll");
            command.current_dir(folder).env("PATH", path).args(self.arguments).args(["--no-tui", "--save"]);
            command.arg(format!("{}.json", self.name)).stdin(Stdio::null()).stdout(Stdio::null());
            command.args(time.iter().flat_map(|time| ["--time", time]));
            eprintln!("$ plimsoll {}", self.arguments.join(" "));
            let run = |command: &mut Command| command.status().map_err(|error| format!("{command:?}: {error}"));
            let is_done = |status: &ExitStatus| status.code().is_some_and(|code| self.leaves.contains(&code));
            let mut status = run(&mut command)?;
            for _ in 1..TRIES {
                if !is_done(&status) {
                    status = run(&mut command)?;
                }
            }
            if !is_done(&status) {
                return Err(format!("{command:?}: {status}"));
            }
        }
        Ok(Measured { name: self.name, saved })
    }
}

impl Measured {
    /// Its report, beside it.
    pub fn page(&self, plimsoll: &Path) -> Result<PathBuf, String> {
        let path = self.saved.with_extension("html");
        self.shown(plimsoll, "html", &path)?;
        Ok(path)
    }

    /// The result in another format, in a file.
    pub fn shown(&self, plimsoll: &Path, format: &str, to: &Path) -> Result<(), String> {
        let mut command = Command::new(plimsoll);
        command.arg("report").arg(&self.saved).args(["--format", format]);
        let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
        if !output.status.success() {
            return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        fs::write(to, output.stdout).map_err(|error| format!("{}: {error}", to.display()))
    }
}
