//! `plimsoll compare A B`: resolve, search each, probe in turns, save, report.

use super::{
    Exit, Problem,
    args::Compare,
    begin,
    deliver::Delivery,
    keep::{self, forget, save, say},
    output,
    resolve::{self, Places},
    systems::Systems,
};
use crate::{
    session::{self, Compared, command_line},
    view::CompareView,
};
use clap::ArgMatches;
use plimsoll_core::finding::Ending;
use std::ffi::OsString;

/// Compares the systems.
///
/// # Errors
/// What keeps the run from beginning, and afterwards what keeps the result from being saved or shown, or made it no result.
pub fn compare(typed: &Compare, matches: &ArgMatches, arguments: &[OsString]) -> Result<Exit, Problem> {
    let command = command_line(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let known = Systems::read(typed.config.as_deref())?;
    let plan = resolve::compare_plan(typed, &known, &Places(matches), keep::state(), command)?;
    let delivery = Delivery::of(&typed.output, &Places(matches))?;
    let interrupt = begin::interrupt()?;
    let mut view = CompareView::new(output::progress(&typed.output, &interrupt));
    let compared = session::compare(&plan, &interrupt, &mut |event| view.show(&event)).map_err(|error| {
        let problem = begin::problem(error.source);
        Problem { text: format!("{}: {}", error.system, problem.text), ..problem }
    })?;
    drop(view);
    let Compared { comparison, journals, broken, failure, placed } = compared;
    if typed.output.verbose {
        say(&placed);
    }
    let saved = save(plan.save.as_deref(), &comparison, "compare", &comparison.account.started_at);
    let printed = output::print(&comparison, typed.output.format(), typed.output.no_color);
    let delivered = delivery.deliver(&comparison, "compare", &comparison.account.started_at);
    let is_done = comparison.account.ending == Ending::Complete && saved.is_ok();
    forget(journals, is_done && plan.save.is_some(), typed.output.verbose || !is_done);
    saved?;
    printed?;
    delivered?;
    if let Some(error) = failure {
        return Err(
            Problem::because(Exit::Failure, error).hint("the same run again once this is mended; what was measured is reported above")
        );
    }
    match broken {
        Some((system, broken)) if comparison.account.ending != Ending::Interrupted => {
            Err(Problem { exit: Exit::Target, text: format!("{system}: {}", broken.text), source: None, hints: vec![broken.remedy] })
        }
        _ => Ok(Exit::of_comparison(&comparison)),
    }
}
