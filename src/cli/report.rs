//! `plimsoll report FILE`.

use super::{Exit, Problem, args::Report, output, saved};
use crate::session::Loaded;

/// Shows a saved result or a journal again.
///
/// # Errors
/// When the file gives no result, or standard output can't be written to.
pub fn report(typed: &Report) -> Result<Exit, Problem> {
    let loaded = saved::load(&typed.file)?;
    let (format, no_color) = (typed.format, typed.no_color);
    match loaded {
        Loaded::Finding(finding) | Loaded::Journal(finding) => output::print(&*finding, format, no_color)?,
        Loaded::Comparison(comparison) => output::print(&*comparison, format, no_color)?,
        Loaded::Tuning(tuning) => output::print(&*tuning, format, no_color)?,
        Loaded::Hold(hold) | Loaded::HoldJournal(hold) => output::print(&*hold, format, no_color)?,
    }
    Ok(Exit::Done)
}
