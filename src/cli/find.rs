//! `plimsoll find TARGET`: resolve, run, save, report.

use super::{
    Exit, Problem,
    args::Find,
    begin, foreign,
    keep::{self, save, say},
    output,
    resolve::{self, Places},
};
use crate::{
    session::{self, Found, Journal, Plan, command_line},
    view::View,
};
use clap::ArgMatches;
use plimsoll_core::finding::{Ending, Finding};
use std::ffi::OsString;

/// Finds the load line of the target.
///
/// # Errors
/// What keeps the run from beginning, and afterwards what keeps the result from being saved or shown, or made it no result.
pub fn find(typed: &Find, matches: &ArgMatches, arguments: &[OsString]) -> Result<Exit, Problem> {
    let command = command_line(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let plan = resolve::plan(typed, &Places(matches), keep::state(), command)?;
    if typed.output.latency {
        say(foreign::LATENCY);
    }
    let interrupt = begin::interrupt()?;
    let mut view = View::new(output::progress(&typed.output, &interrupt));
    let found = session::find(&plan, &interrupt, &mut |event| view.show(&event)).map_err(begin::problem)?;
    drop(view);
    let Found { finding, broken, failure, journal, placed, budget: _ } = found;
    if typed.output.verbose {
        say(&placed);
    }
    let saved = save(plan.save.as_deref(), &finding, "find", &finding.subject.started_at);
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
