//! `plimsoll report FILE`.

use super::{
    Exit, Problem,
    args::{Format, Report},
    output,
};
use crate::session::{self, LoadError, Loaded};

/// Shows a saved result or a journal again.
///
/// # Errors
/// When the file gives no result, or standard output can't be written to.
pub fn report(typed: &Report) -> Result<Exit, Problem> {
    let loaded = session::load(&typed.file).map_err(|error| {
        let hint = match error {
            LoadError::Read { .. } => "the path of a file saved with --save, or of a journal",
            LoadError::Foreign { .. } => "a file saved with --save, or a .journal.jsonl",
            LoadError::Damaged { .. } => "remove the damaged line, or measure again",
        };
        Problem::because(Exit::Usage, error).hint(hint)
    })?;
    let json = typed.format == Format::Json;
    match loaded {
        Loaded::Finding(finding) | Loaded::Journal(finding) => output::print(&*finding, json, typed.no_color)?,
        Loaded::Comparison(comparison) => output::print(&*comparison, json, typed.no_color)?,
        Loaded::Tuning(tuning) => output::print(&*tuning, json, typed.no_color)?,
        Loaded::Hold(hold) | Loaded::HoldJournal(hold) => output::print(&*hold, json, typed.no_color)?,
    }
    Ok(Exit::Done)
}
