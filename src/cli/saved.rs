//! Reading what was saved.

use super::{Exit, Problem};
use crate::session::{self, LoadError, Loaded};
use std::path::Path;

/// What a saved result or a journal holds.
///
/// # Errors
/// When the file gives no result, with the remedy.
pub fn load(path: &Path) -> Result<Loaded, Problem> {
    session::load(path).map_err(|error| {
        let hint = match error {
            LoadError::Read { .. } => "the path of a file saved with --save, or of a journal",
            LoadError::Foreign { .. } => "a file saved with --save, or a .journal.jsonl",
            LoadError::Damaged { .. } => "remove the damaged line, or measure again",
        };
        Problem::because(Exit::Usage, error).hint(hint)
    })
}
