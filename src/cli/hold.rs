//! `plimsoll hold TARGET`: resolve, put on the load, save, report.

use super::{
    Exit, Problem,
    args::Hold,
    begin,
    deliver::Delivery,
    foreign,
    keep::{self, forget, save, say},
    output,
    resolve::{self, Places},
};
use crate::{
    session::{self, Held, command_line},
    view::HoldView,
};
use clap::ArgMatches;
use std::ffi::OsString;

/// Holds one load.
///
/// # Errors
/// What keeps the run from beginning, and afterwards what keeps the result from being saved or shown, or made it no result.
pub fn hold(typed: &Hold, matches: &ArgMatches, arguments: &[OsString]) -> Result<Exit, Problem> {
    let command = command_line(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let plan = resolve::hold_plan(typed, &Places(matches), keep::state(), command)?;
    if typed.output.latency {
        say(foreign::LATENCY);
    }
    let delivery = Delivery::of(&typed.output, &Places(matches))?;
    let interrupt = begin::interrupt()?;
    let mut view = HoldView::new(output::progress(&typed.output, &interrupt));
    let held = session::hold(&plan, &interrupt, &mut |event| view.show(&event)).map_err(begin::problem)?;
    drop(view);
    let Held { hold, broken, journal, placed } = held;
    if typed.output.verbose {
        say(&placed);
    }
    let saved = save(plan.save.as_deref(), &hold, "hold", &hold.subject.started_at);
    let printed = output::print(&hold, typed.output.format(), typed.output.no_color);
    // The result holds all that the journal does, however the run ended.
    forget(vec![journal], saved.is_ok() && plan.save.is_some(), typed.output.verbose || saved.is_err());
    let delivered = delivery.deliver(&hold, "hold", &hold.subject.started_at);
    saved?;
    printed?;
    delivered?;
    let exit = Exit::of_hold(&hold);
    match broken.filter(|_| exit == Exit::Target) {
        Some(broken) => Err(Problem { exit, text: broken.text, source: None, hints: vec![broken.remedy] }),
        None => Ok(exit),
    }
}
