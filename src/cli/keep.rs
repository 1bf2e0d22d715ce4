//! Keeping results: where the user wants them, or else where nothing measured is lost.

use super::{Exit, Problem};
use crate::{
    report::{self, Report},
    session::{self, Journal, JournalPlace},
};
use std::{
    env,
    io::{self, Write},
    path::Path,
    process,
};

/// Where what nobody named a file for is kept.
pub fn state() -> JournalPlace {
    JournalPlace::state(env::var_os("XDG_STATE_HOME").map(Into::into), env::var_os("HOME").map(Into::into), env::temp_dir())
}

/// Saves the result of `command` where it was asked for. Where that fails it is kept where journals are kept.
///
/// # Errors
/// When it can't be saved as asked; the remedy names where it is kept.
pub fn save(path: Option<&Path>, result: &impl Report, command: &str, started_at: &str) -> Result<(), Problem> {
    let Some(path) = path else { return Ok(()) };
    let text = report::json(result).map_err(|error| Problem::because(Exit::Failure, error))?;
    session::save(path, text.as_bytes()).map_err(|error| {
        let problem = Problem::because(Exit::Failure, error).hint("--save FILE in a directory with room");
        rescued(result, command, started_at, problem)
    })
}

/// The problem that a result could not be put where it was wanted, with where it is kept instead.
pub fn rescued(result: &impl Report, command: &str, started_at: &str, problem: Problem) -> Problem {
    let name = format!("{command}-{}-{}.json", started_at.replace([':', '-'], ""), process::id());
    let kept = report::json(result).ok().and_then(|text| session::rescue(&state(), &name, &text));
    match kept {
        Some(kept) => problem.hint(format!("plimsoll report {}, where the whole result is kept", kept.display())),
        None => problem,
    }
}

/// Journals of runs whose result is kept otherwise have done their work; others are named where somebody will want them.
pub fn forget(journals: Vec<Journal>, needless: bool, named: bool) {
    for journal in journals {
        let path = journal.path().display().to_string();
        if needless {
            if let Err(error) = journal.remove() {
                say(&format!("the journal {path} could not be removed: {error}"));
            }
        } else if named {
            say(&format!("a journal of this run is {path}; \"plimsoll report\" shows it"));
        }
    }
}

/// A line on standard error, which may be closed.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", report::paint::plain(text));
}
