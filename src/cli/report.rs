//! `plimsoll report FILE`.

use super::{Exit, Problem, args::Report, output, saved};
use crate::session::Loaded;
use std::io::{self, IsTerminal};

/// Shows a saved result or a journal again.
///
/// # Errors
/// When the file gives no result, or standard output can't be written to.
pub fn report(typed: &Report) -> Result<Exit, Problem> {
    let (format, no_color) = (typed.format, typed.no_color);
    let cannot = |why: &dyn std::fmt::Display, remedy: &str| Problem::usage(format!("--format: {why}"), remedy);
    format.can_be_written().map_err(|missing| cannot(&missing, missing.remedy))?;
    if format.is_binary() && io::stdout().is_terminal() {
        return Err(cannot(
            &"a terminal can't show a picture",
            "standard output into a file: plimsoll report FILE --format png > chart.png",
        ));
    }
    let loaded = saved::load(&typed.file)?;
    match loaded {
        Loaded::Finding(finding) | Loaded::Journal(finding) => output::print(&*finding, format, no_color)?,
        Loaded::Comparison(comparison) => output::print(&*comparison, format, no_color)?,
        Loaded::Tuning(tuning) => output::print(&*tuning, format, no_color)?,
        Loaded::Hold(hold) | Loaded::HoldJournal(hold) => output::print(&*hold, format, no_color)?,
    }
    Ok(Exit::Done)
}
