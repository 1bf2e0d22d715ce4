//! `plimsoll tune --start CMD --vary NAME=VALUES`: resolve, try settings, save, report.

use super::{
    Exit, Problem,
    args::Tune,
    begin,
    deliver::Delivery,
    keep::{self, forget, save, say},
    output,
    resolve::{self, Places},
};
use crate::{
    session::{self, Tuned, command_line},
    view::TuneView,
};
use clap::ArgMatches;
use plimsoll_core::finding::Ending;
use std::ffi::OsString;

/// Finds the setting.
///
/// # Errors
/// What keeps the run from beginning, and afterwards what keeps the result from being saved or shown, or made it no result.
pub fn tune(typed: &Tune, matches: &ArgMatches, arguments: &[OsString]) -> Result<Exit, Problem> {
    let command = command_line(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let plan = resolve::tune_plan(typed, &Places(matches), keep::state(), command)?;
    let delivery = Delivery::of(&typed.output, &Places(matches))?;
    let interrupt = begin::interrupt()?;
    let mut view = TuneView::new(output::progress(&typed.output, &interrupt));
    let Tuned { tuning, journals, failure, placed } =
        session::tune(&plan, &interrupt, &mut |event| view.show(&event)).map_err(begin::problem)?;
    drop(view);
    if typed.output.verbose {
        say(&placed);
    }
    let saved = save(plan.save.as_deref(), &tuning, "tune", &tuning.account.started_at);
    let printed = output::print(&tuning, typed.output.format(), typed.output.no_color);
    let delivered = delivery.deliver(&tuning, "tune", &tuning.account.started_at);
    let is_done = tuning.account.ending == Ending::Complete && saved.is_ok();
    forget(journals, is_done && plan.save.is_some(), typed.output.verbose || !is_done);
    saved?;
    printed?;
    delivered?;
    match failure {
        Some(error) => {
            Err(Problem::because(Exit::Failure, error).hint("the same run again once this is mended; what was measured is reported above"))
        }
        None => Ok(Exit::of_tuning(&tuning)),
    }
}
