//! `cargo xtask fuzz`: bytes that nobody thought of, for the decoders of answers.

mod page;
mod target;

use crate::tools::{run as finish, workspace};
use std::{fs, path::PathBuf, process::Command, time::Duration};
use target::{Figures, TARGETS};

/// The version of cargo-fuzz that is used.
const CARGO_FUZZ: &str = "0.13.2";

/// How long each target is fuzzed unless something else is said, in seconds; shorter runs leave docs/FUZZING.md as it is.
const USUAL_SECONDS: u64 = 900;

#[derive(clap::Args)]
pub struct Arguments {
    /// For how long each target runs; docs/FUZZING.md is written after 15 minutes or more of each without a finding
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_SECONDS)]
    seconds: u64,
}

/// Builds the targets, runs one after the other, and stops at the first finding.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let cargo_fuzz = installed()?;
    let each = Duration::from_secs(arguments.seconds);
    let mut all: Vec<Figures> = Vec::new();
    for target in TARGETS {
        eprintln!("{}: {} s", target.name, each.as_secs());
        let figures = target.run(&cargo_fuzz, &folder(), each)?;
        println!("{}: {figures}", target.name);
        all.push(figures);
    }
    if arguments.seconds >= USUAL_SECONDS {
        let path = workspace().join("docs/FUZZING.md");
        fs::write(&path, page::render(arguments.seconds, &all)).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("docs/FUZZING.md is written");
    }
    Ok(())
}

/// Where fuzzers are built, and what they find is kept.
fn folder() -> PathBuf {
    workspace().join("target/fuzz")
}

/// The path of cargo-fuzz, which is installed where it is missing.
fn installed() -> Result<PathBuf, String> {
    let root = folder().join("tools");
    let program = root.join("bin/cargo-fuzz");
    if !program.exists() {
        let arguments = ["install", "cargo-fuzz", "--version", CARGO_FUZZ, "--locked", "--root"];
        finish(Command::new("cargo").args(arguments).arg(&root))?;
    }
    Ok(program)
}
