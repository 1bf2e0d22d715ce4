//! The command line from outside: exit codes, sentences, files; what a script may rely on.

mod endings;
mod foreign;
mod gates;
mod help;
mod hold;
mod hostile;
mod http2;
mod packages;
mod papers;
mod readme;
mod redirects;
mod schema_files;
mod screen;
mod server;
mod several;
mod start;
#[path = "../terminal/mod.rs"]
mod terminal;
mod tls;
mod usage;
mod watch;
mod ways;

#[path = "../pages/mod.rs"]
mod pages;
#[path = "../schema/mod.rs"]
mod schema;

use assert_cmd::{Command, cargo::cargo_bin};
use std::path::Path;

/// What one call gave.
pub struct Said {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Calls the tool with an environment of its own, so that neither the caller's settings nor its files are touched.
pub fn plimsoll(home: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = Command::new(cargo_bin!("plimsoll"));
    command.env_clear().env("HOME", home).env("LANG", "C.UTF-8").envs(environment.iter().copied()).args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}
