//! Development tasks: `cargo xtask TASK`.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a task's output is its purpose

mod accuracy;
mod rivals;
mod test;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development tasks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every check: format, lints, release build, all tests, and the end-to-end tests, which take some minutes
    Test(test::Arguments),
    /// Runs the search and its rivals on simulated targets with known truth, and writes docs/ACCURACY.md
    Accuracy(accuracy::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Accuracy(arguments) => accuracy::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
