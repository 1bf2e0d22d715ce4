//! `cargo xtask test`: every check that a change has to pass, in the order in which the quick ones speak first.
//!
//! What each step says goes where it sends it; headings and times go to standard error, so that the last lines on standard output are the
//! closing lines of the last runner.

use std::{
    env,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

#[derive(clap::Args)]
pub struct Arguments {
    /// Leaves out the end-to-end tests, which put load on real processes for some minutes
    #[arg(long)]
    fast: bool,
}

/// One command of cargo.
struct Step {
    arguments: &'static str,
    /// Whether it takes minutes because it measures.
    measures: bool,
}

const STEPS: &[Step] = &[
    Step { arguments: "fmt --all --check", measures: false },
    Step { arguments: "fmt --manifest-path fuzz/Cargo.toml --check", measures: false },
    Step { arguments: "clippy --workspace --all-targets --features png -- -D warnings", measures: false },
    Step { arguments: "build --release", measures: false },
    Step { arguments: "test --workspace --features png", measures: false },
    Step { arguments: "xtask gate", measures: false },
    Step { arguments: "xtask groups", measures: true },
    Step { arguments: "xtask diagnose --fast", measures: true },
    Step { arguments: "xtask pages", measures: true },
    // One at a time: two measurements on the same cores would measure each other.
    Step { arguments: "test --release --test e2e -- --ignored --test-threads=1", measures: true },
];

/// Carries out the steps, and stops at the first that fails.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let begun = Instant::now();
    let steps = STEPS.iter().filter(|step| !(arguments.fast && step.measures));
    for step in steps {
        eprintln!("$ cargo {}", step.arguments);
        let took = cargo(step.arguments)?;
        eprintln!("  {:.0} s ({:.0} s in all)", took.as_secs_f64(), begun.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Runs one command of cargo in the workspace, and says how long it took.
fn cargo(arguments: &str) -> Result<Duration, String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.current_dir(workspace).args(arguments.split(' '));
    let status = command.status().map_err(|error| format!("cargo {arguments}: it can't be started: {error}"))?;
    if status.success() { Ok(begun.elapsed()) } else { Err(format!("cargo {arguments}: {status}")) }
}
