//! Reading results again: a saved one as it is, a journal by replaying the search over its steps.

use super::{
    hold_journal::{self, HOLD_JOURNAL_SCHEMA},
    journal::{Header, JOURNAL_SCHEMA, Line},
};
use plimsoll_core::{
    diagnose,
    finding::{COMPARISON_SCHEMA, Comparison, Ending, FINDING_SCHEMA, Finding, HOLD_SCHEMA, Hold, TUNING_SCHEMA, Tuning, Warning},
    search::Search,
    step::StepResult,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// A larger file is no result of ours; it is refused before it fills the memory.
const LARGEST_BYTES: u64 = 1 << 30;

/// What a file held.
#[derive(Debug)]
pub enum Loaded {
    /// A saved finding.
    Finding(Box<Finding>),
    /// A finding rebuilt from a journal.
    Journal(Box<Finding>),
    /// A saved hold.
    Hold(Box<Hold>),
    /// A hold rebuilt from a journal.
    HoldJournal(Box<Hold>),
    /// A saved comparison.
    Comparison(Box<Comparison>),
    /// A saved tuning.
    Tuning(Box<Tuning>),
}

/// Why a file gives no result.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It holds something else.
    #[error("{} is neither a saved result ({FINDING_SCHEMA}, {HOLD_SCHEMA}, {COMPARISON_SCHEMA}, {TUNING_SCHEMA}) nor a journal ({JOURNAL_SCHEMA}, {HOLD_JOURNAL_SCHEMA}): {seen}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What was found in it.
        seen: String,
    },
    /// It is ours but damaged in the middle.
    #[error("{} is damaged at line {line}: {seen}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        seen: String,
    },
}

/// Reads a saved result or a journal.
///
/// # Errors
/// When the file can't be read, holds something else, or a journal is damaged before its last line.
pub fn load(path: &Path) -> Result<Loaded, LoadError> {
    let foreign = |seen: &str| LoadError::Foreign { path: path.to_owned(), seen: seen.to_owned() };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    if bytes.len() as u64 > LARGEST_BYTES {
        return Err(foreign("it is larger than 1 GiB"));
    }
    // A torn last line can end inside a character; what stands before it is still good.
    let text = String::from_utf8_lossy(&bytes);
    let first = text.lines().next().unwrap_or_default();
    if let Ok(header) = serde_json::from_str::<Header>(first) {
        if header.schema != JOURNAL_SCHEMA {
            return Err(foreign(&format!("its schema is {:?}", header.schema)));
        }
        return replay(path, header, &text).map(|finding| Loaded::Journal(Box::new(finding)));
    }
    if let Ok(header) = serde_json::from_str::<hold_journal::Header>(first)
        && header.schema == HOLD_JOURNAL_SCHEMA
    {
        return hold_journal::replay(path, header, &text).map(|hold| Loaded::HoldJournal(Box::new(hold)));
    }
    if text.trim().is_empty() {
        return Err(foreign("it is empty"));
    }
    let schema = serde_json::from_str::<Schema>(&text).or_else(|_| serde_json::from_str::<Schema>(first));
    let damaged = |error: serde_json::Error| LoadError::Damaged { path: path.to_owned(), line: error.line(), seen: error.to_string() };
    match schema {
        Ok(Schema { schema }) if schema == FINDING_SCHEMA => serde_json::from_str(&text).map(Loaded::Finding).map_err(damaged),
        Ok(Schema { schema }) if schema == HOLD_SCHEMA => serde_json::from_str(&text).map(Loaded::Hold).map_err(damaged),
        Ok(Schema { schema }) if schema == COMPARISON_SCHEMA => serde_json::from_str(&text).map(Loaded::Comparison).map_err(damaged),
        Ok(Schema { schema }) if schema == TUNING_SCHEMA => serde_json::from_str(&text).map(Loaded::Tuning).map_err(damaged),
        Ok(Schema { schema }) => Err(foreign(&format!("its schema is {schema:?}"))),
        Err(error) => Err(foreign(&error.to_string())),
    }
}

#[derive(Deserialize)]
struct Schema {
    schema: String,
}

/// Shows every recorded step to a fresh search, exactly as it was shown to the first one.
fn replay(path: &Path, header: Header, text: &str) -> Result<Finding, LoadError> {
    let mut search = Search::new(header.goal);
    let mut ending = Ending::CutShort;
    let is_torn = lines(path, text, |line: Line<StepResult>| match line {
        Line::Step(result) => search.observe(&result),
        Line::Ending(how) => ending = how,
    })?;
    let mut finding = search.finding(header.subject, ending);
    diagnose::explain(&mut finding);
    finding.warnings.extend(is_torn.then(|| torn("its step is not counted")));
    Ok(finding)
}

/// Gives each line after the header of a journal to `take`, and says whether the last one is torn.
///
/// # Errors
/// When another one is no line of such a journal.
pub(super) fn lines<L: DeserializeOwned>(path: &Path, text: &str, mut take: impl FnMut(L)) -> Result<bool, LoadError> {
    let mut lines = text.lines().enumerate().skip(1).peekable();
    while let Some((place, line)) = lines.next() {
        match serde_json::from_str(line) {
            Ok(line) => take(line),
            Err(_) if lines.peek().is_none() => return Ok(true),
            Err(error) => return Err(LoadError::Damaged { path: path.to_owned(), line: place + 1, seen: error.to_string() }),
        }
    }
    Ok(false)
}

/// The warning of a journal whose last line is torn.
pub(super) fn torn(what_follows: &str) -> Warning {
    Warning {
        text: format!("The last line of the journal is torn, as a killed run or a full disk leaves it; {what_follows}."),
        remedy: "Everything before it was read; run again for a complete result.".to_owned(),
    }
}
