//! `plimsoll find TARGET`: resolve, run, save, report.

use super::{
    Exit, Problem,
    args::Find,
    begin,
    deliver::Delivery,
    foreign, gates,
    keep::{self, forget, save, say},
    output,
    resolve::{self, Places},
};
use crate::{
    session::{self, Found, command_line},
    view::View,
};
use clap::ArgMatches;
use plimsoll_core::finding::Ending;
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
    let gates = gates::gates(&resolve::gates(&typed.gates, &Places(matches))?, &plan.goal)?;
    let delivery = Delivery::of(&typed.output, &Places(matches))?;
    let interrupt = begin::interrupt()?;
    let mut view = View::new(output::progress(&typed.output, &interrupt));
    let found = session::find(&plan, &interrupt, &mut |event| view.show(&event)).map_err(begin::problem)?;
    drop(view);
    let Found { mut finding, broken, failure, journal, placed, budget: _ } = found;
    if typed.output.verbose {
        say(&placed);
    }
    gates::judge(&gates, &mut finding);
    let saved = save(plan.save.as_deref(), &finding, "find", &finding.subject.started_at);
    let printed = output::print(&finding, typed.output.format(), typed.output.no_color);
    let delivered = delivery.deliver(&finding, "find", &finding.subject.started_at);
    let is_needless = finding.ending == Ending::Complete && saved.is_ok() && plan.save.is_some();
    forget(vec![journal], is_needless, typed.output.verbose || saved.is_err() || finding.ending == Ending::CutShort);
    saved?;
    printed?;
    delivered?;
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
