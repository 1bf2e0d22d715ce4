//! The command line: arguments to a plan, a plan to a run, a run to an exit code.

mod args;
mod begin;
mod check;
mod compare;
mod deliver;
mod doctor;
mod find;
mod foreign;
mod gates;
mod generate;
mod help;
mod hold;
mod keep;
mod lab;
mod output;
mod problem;
mod report;
mod resolve;
mod saved;
mod systems;
mod tune;
mod watch;

pub use check::check;
pub use problem::{Exit, Problem};

use args::{Arguments, Command};
use clap::FromArgMatches;
use std::{ffi::OsString, io::Write, process::ExitCode};

/// Runs the command that the arguments name, and says what the shell is told.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let typed: Vec<OsString> = arguments.into_iter().collect();
    let command = help::command();
    if let Some(problem) = foreign::single_dash(&typed, &command) {
        return told(&problem);
    }
    let matches = match command.try_get_matches_from(&typed) {
        Ok(matches) => matches,
        // clap tells help and versions (0) from wrong usage (2).
        Err(error) => {
            if let Some(problem) = foreign::unknown(&typed, &error) {
                return told(&problem);
            }
            let code = error.exit_code();
            return match error.print() {
                Ok(()) => ExitCode::from(u8::try_from(code).unwrap_or(Exit::Usage.code())),
                Err(_) => ExitCode::from(Exit::Failure.code()),
            };
        }
    };
    let done = match Arguments::from_arg_matches(&matches) {
        Ok(Arguments { command: Command::Compare(compare) }) => {
            compare::compare(&compare, matches.subcommand_matches("compare").unwrap_or(&matches), &typed)
        }
        Ok(Arguments { command: Command::Doctor(typed) }) => doctor::doctor(&typed),
        Ok(Arguments { command: Command::Find(find) }) => find::find(&find, matches.subcommand_matches("find").unwrap_or(&matches), &typed),
        Ok(Arguments { command: Command::Generate(typed) }) => generate::generate(&typed),
        Ok(Arguments { command: Command::Hold(hold) }) => hold::hold(&hold, matches.subcommand_matches("hold").unwrap_or(&matches), &typed),
        Ok(Arguments { command: Command::Lab(lab) }) => lab::lab(&lab),
        Ok(Arguments { command: Command::Report(report) }) => report::report(&report),
        Ok(Arguments { command: Command::Tune(tune) }) => tune::tune(&tune, matches.subcommand_matches("tune").unwrap_or(&matches), &typed),
        Ok(Arguments { command: Command::Watch(typed) }) => watch::watch(&typed),
        // A ward leaves with the status of its command.
        Ok(Arguments { command: Command::Ward(ward) }) => match ward.run() {
            Ok(status) => return ExitCode::from(u8::try_from(status).unwrap_or(Exit::Failure.code())),
            Err(error) => Err(Problem::because(Exit::Failure, error)),
        },
        // It becomes its command, or says why it can't.
        Ok(Arguments { command: Command::Enter(enter) }) => Err(Problem::because(Exit::Failure, enter.run())),
        Err(error) => Err(Problem::because(Exit::Usage, error)),
    };
    match done {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(problem) => told(&problem),
    }
}

/// Says what went wrong. Where standard error is closed, the code still tells.
fn told(problem: &Problem) -> ExitCode {
    let _ = writeln!(anstream::stderr(), "{}", problem.lines());
    ExitCode::from(problem.exit.code())
}
