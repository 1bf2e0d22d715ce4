//! `plimsoll doctor`.

use super::{Exit, Problem, args::Doctor, output};
use crate::{
    doctor::{Examination, Machine},
    report,
};
use std::time::Duration;

/// How long to look at what the host takes: a hundred ticks of two cores.
const LOOK: Duration = Duration::from_millis(500);

/// Says what this machine allows. A machine on which nothing can be measured is inconclusive.
///
/// # Errors
/// When standard output can't be written to.
pub fn doctor(typed: &Doctor) -> Result<Exit, Problem> {
    let examination = Examination::of(&Machine::read(LOOK));
    let shown = if typed.json {
        report::json(&examination).map_err(|error| Problem::because(Exit::Failure, error))?
    } else {
        report::text(&examination, &output::look(typed.no_color))
    };
    output::print_text(&shown)?;
    Ok(if examination.is_blocked() { Exit::Inconclusive } else { Exit::Done })
}
