//! Development tasks: `cargo xtask TASK`.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a task's output is its purpose

mod accuracy;
mod bare;
mod bench;
mod diagnose;
mod fuzz;
mod gate;
mod groups;
mod machine;
mod pages;
mod rivals;
mod screenshots;
mod test;
mod tools;

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
    /// Measures what Plimsoll and its peers pay for a request, and writes docs/PERFORMANCE.md
    Bench(bench::Arguments),
    /// Counts the instructions of the request path, and fails when they have grown by more than 3%
    Gate(gate::Arguments),
    /// Searches real servers whose cause is known, and writes docs/DIAGNOSIS.md
    Diagnose(diagnose::Arguments),
    /// Runs the tests of budgets in a machine with control groups of version 2, and as a user who may write to none
    Groups,
    /// Fuzzes what reads answers, and writes docs/FUZZING.md
    Fuzz(fuzz::Arguments),
    /// Opens the report of every kind of result in a browser, and fails when it asks for anything, complains, or can't be used by everybody
    Pages(pages::Arguments),
    /// Takes pictures of reports of real runs and of the screen of one that goes on, and writes docs/images
    Screenshots(pages::Arguments),
    /// The bare server that the bench measures against
    #[command(hide = true)]
    BareServer(bare::ServerArguments),
    /// The bare client: the floor that the bench measures against
    #[command(hide = true)]
    BareClient(bare::ClientArguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Accuracy(arguments) => accuracy::run(&arguments),
        Task::Gate(arguments) => gate::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Diagnose(arguments) => diagnose::run(&arguments),
        Task::Groups => groups::check(),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Pages(arguments) => pages::check(&arguments),
        Task::Screenshots(arguments) => pages::screenshots(&arguments).and_then(|()| screenshots::run(&pages::plimsoll()?)),
        Task::BareServer(arguments) => bare::serve(&arguments),
        Task::BareClient(arguments) => bare::ping_pong(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
