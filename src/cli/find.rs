//! `plimsoll find TARGET`: resolve, run, save, report.

use super::{
    Exit, Problem,
    args::Find,
    output,
    resolve::{self, Places},
};
use crate::{
    report,
    session::{self, Found, Interrupt, Journal, JournalPlace, Plan, SessionError, TargetError, command_line},
    view::View,
};
use clap::ArgMatches;
use plimsoll_core::finding::{Ending, Finding};
use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    process,
};

/// Finds the load line of the target.
///
/// # Errors
/// What keeps the run from beginning, and afterwards what keeps the result from being saved or shown, or made it no result.
pub fn find(typed: &Find, matches: &ArgMatches, arguments: &[OsString]) -> Result<Exit, Problem> {
    let state = JournalPlace::state(env::var_os("XDG_STATE_HOME").map(Into::into), env::var_os("HOME").map(Into::into), env::temp_dir());
    let command = command_line(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let plan = resolve::plan(typed, &Places(matches), state.clone(), command)?;
    let interrupt =
        Interrupt::on_signals().map_err(|error| Problem::because(Exit::Failure, error).hint("a system that allows signal handlers"))?;
    let mut view = View::new(output::live_progress(typed.output.no_tui));
    let found = session::find(&plan, &interrupt, &mut |event| view.show(&event)).map_err(begin_problem)?;
    let Found { finding, broken, failure, journal, placed } = found;
    if typed.output.verbose {
        say(&placed);
    }
    let saved = save(&plan, &finding, &state);
    let printed = output::print(&finding, typed.output.json, typed.output.no_color);
    keep_or_remove(journal, &finding, saved.is_ok(), &plan, typed.output.verbose);
    saved?;
    printed?;
    if let Some(error) = failure {
        return Err(
            Problem::because(Exit::Failure, error).hint("the same run again once this is mended; what was measured is reported above")
        );
    }
    let exit = Exit::of_run(&finding, broken.is_some());
    match broken.filter(|_| exit == Exit::Target) {
        Some(broken) => Err(Problem { exit, text: broken.text, source: None, hints: vec![broken.remedy] }),
        None => Ok(exit),
    }
}

/// Saves the result where it was asked for. Where that fails it is kept where journals are kept, so that nothing measured is lost.
fn save(plan: &Plan, finding: &Finding, state: &JournalPlace) -> Result<(), Problem> {
    let Some(path) = &plan.save else { return Ok(()) };
    let text = report::json(finding).map_err(|error| Problem::because(Exit::Failure, error))?;
    session::save(path, &text).map_err(|error| {
        let problem = Problem::because(Exit::Failure, error).hint("--save FILE in a directory with room");
        let name = format!("find-{}-{}.json", finding.subject.started_at.replace([':', '-'], ""), process::id());
        match session::rescue(state, &name, &text) {
            Some(kept) => problem.hint(format!("plimsoll report {}, where the whole result is kept", kept.display())),
            None => problem,
        }
    })
}

/// The journal of a complete and saved run has done its work. One that somebody will want is named.
fn keep_or_remove(journal: Journal, finding: &Finding, saved: bool, plan: &Plan, verbose: bool) {
    let path = journal.path().display().to_string();
    if finding.ending == Ending::Complete && saved && plan.save.is_some() {
        if let Err(error) = journal.remove() {
            say(&format!("the journal {path} could not be removed: {error}"));
        }
    } else if verbose || !saved || finding.ending == Ending::CutShort {
        say(&format!("the journal of this run is {path}; \"plimsoll report\" shows it"));
    }
}

/// A line on standard error, which may be closed.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", report::paint::plain(text));
}

/// Why a session could not begin, with the exit code and the remedy.
fn begin_problem(error: SessionError) -> Problem {
    let (exit, hint) = match &error {
        SessionError::Target(TargetError::Name(_)) => (Exit::Target, "check the spelling of the name, or give the address itself"),
        SessionError::Target(TargetError::Launch(_) | TargetError::OwnProgram(_)) => {
            (Exit::Failure, "run it by hand with \"plimsoll lab MODEL\" to see what it says")
        }
        SessionError::Placement(_) => (Exit::Usage, "fewer --threads or --cpus, or a machine with more cores"),
        SessionError::Journal(journal) if journal.chosen => (Exit::Usage, "--save FILE in a directory that can be written to and has room"),
        SessionError::Journal(_) => (Exit::Failure, "--save FILE in a directory that can be written to, or XDG_STATE_HOME set to one"),
        SessionError::SavePlace { .. } => (Exit::Usage, "--save with the name of a file in it"),
        SessionError::Engine(_) => (Exit::Failure, "\"ulimit -n\" and the sandbox that this process runs in"),
        SessionError::Cores(_) => (Exit::Failure, "the sandbox that this process runs in"),
    };
    Problem::because(exit, error).hint(hint)
}
