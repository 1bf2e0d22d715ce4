//! `plimsoll lab MODEL`.

use super::{Exit, Problem};
use crate::lab::{LabArgs, LabError};
use std::io;

/// Serves until the server ends, or prints the truth.
///
/// # Errors
/// When the server can't run.
pub fn lab(typed: &LabArgs) -> Result<Exit, Problem> {
    typed.run(&mut io::stdout()).map(|()| Exit::Done).map_err(|error| {
        let exit = match error {
            LabError::Listen { .. } | LabError::TooManyFiles { .. } => Exit::Usage,
            LabError::Orphaned { .. } | LabError::Worker(_) | LabError::Process(_) => Exit::Failure,
        };
        Problem::because(exit, error)
    })
}
