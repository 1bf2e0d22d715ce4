//! Whether a command line could be carried out, without carrying it out: what documentation shows is held against this.

use super::{
    Problem,
    args::{Arguments, Command},
    help, keep,
    resolve::{self, Places},
    systems::Systems,
};
use clap::FromArgMatches;
use std::ffi::OsString;

/// Reads arguments, the program's name included, as [`run`](super::run) does, and resolves them to a plan. Nothing is sent or started; a
/// comparison reads the file that describes its systems.
///
/// # Errors
/// What the user would be told.
pub fn check(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Problem> {
    let matches = help::command().try_get_matches_from(arguments).map_err(|error| Problem::said(error.to_string()))?;
    let typed = Arguments::from_arg_matches(&matches).map_err(|error| Problem::said(error.to_string()))?;
    // Each kind of load has matches of its own, below those of the tool.
    let places = Places(matches.subcommand().map_or(&matches, |(_, below)| below));
    let command = String::new();
    match typed.command {
        Command::Find(find) => {
            resolve::gates(&find.gates, &places)?;
            resolve::plan(&find, &places, keep::state(), command).map(drop)
        }
        Command::Hold(hold) => resolve::hold_plan(&hold, &places, keep::state(), command).map(drop),
        Command::Tune(tune) => resolve::tune_plan(&tune, &places, keep::state(), command).map(drop),
        Command::Compare(compare) => {
            let known = Systems::read(compare.config.as_deref())?;
            resolve::compare_plan(&compare, &known, &places, keep::state(), command).map(drop)
        }
        Command::Lab(_)
        | Command::Report(_)
        | Command::Watch(_)
        | Command::Doctor(_)
        | Command::Generate(_)
        | Command::Ward(_)
        | Command::Enter(_) => Ok(()),
    }
}
