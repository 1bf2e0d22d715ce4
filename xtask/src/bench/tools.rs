//! Where the programs are, and how what is missing is installed.

use crate::tools::{install, run, which, workspace};
use std::{env, path::PathBuf, process::Command};

/// The version of oha that is measured.
const OHA: &str = "1.16.0";

/// The programs.
pub struct Tools {
    xtask: String,
    pub plimsoll: String,
    pub wrk: String,
    pub h2load: String,
    pub oha: String,
    pub nginx: String,
}

impl Tools {
    /// This program with further words.
    pub fn xtask(&self, words: &str) -> Vec<String> {
        std::iter::once(self.xtask.as_str()).chain(words.split(' ')).map(str::to_owned).collect()
    }

    /// All of them by name, wherever PATH has them: as in the emulated machine.
    pub fn on_path() -> Self {
        let [xtask, plimsoll, wrk, h2load, oha, nginx] = ["xtask", "plimsoll", "wrk", "h2load", "oha", "nginx"].map(str::to_owned);
        Self { xtask, plimsoll, wrk, h2load, oha, nginx }
    }

    /// All of them, built or installed where they are missing.
    ///
    /// # Errors
    /// With what to install, where that takes rights that this user has not.
    pub fn ready() -> Result<Self, String> {
        install(&[("wrk", "wrk"), ("h2load", "nghttp2-client"), ("nginx", "nginx"), ("openssl", "openssl"), ("taskset", "util-linux")])?;
        let workspace = workspace();
        run(Command::new("cargo").current_dir(&workspace).args(["build", "--release", "--bin", "plimsoll"]))?;
        let root = folder().join("tools");
        let oha = root.join("bin/oha");
        if !oha.exists() {
            let version = ["install", "oha", "--version", OHA, "--locked", "--root"];
            run(Command::new("cargo").args(version).arg(&root).arg("--target-dir").arg(folder().join("oha-build")))?;
        }
        let plimsoll = workspace.join("target/release/plimsoll").display().to_string();
        let xtask = env::current_exe().map_err(|error| format!("this program can't be found: {error}"))?.display().to_string();
        Ok(Self { xtask, plimsoll, oha: oha.display().to_string(), ..Self::on_path() })
    }

    /// The paths of all of them, to be copied elsewhere.
    pub fn paths(&self) -> Result<Vec<PathBuf>, String> {
        let all = [&self.xtask, &self.plimsoll, &self.wrk, &self.h2load, &self.oha, &self.nginx];
        all.iter().map(|name| which(name).ok_or_else(|| format!("{name} is not there"))).collect()
    }
}

/// Where the bench keeps what it builds, downloads and writes.
pub fn folder() -> PathBuf {
    workspace().join("target/bench")
}
