//! The journal: every step as one line of JSON, written as the step ends, so that a killed run loses nothing measured.
//!
//! The first line is the header, then one line a step, then one line with the ending. Lines without an end line mean a run cut short. What the
//! lines of a hold are, which is a single step, is told in `hold_journal`.

#[cfg(test)]
mod tests;

use plimsoll_core::{
    finding::{Ending, Subject, Warning},
    search::Goal,
    step::StepResult,
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
};

/// The schema name of a journal.
pub const JOURNAL_SCHEMA: &str = "plimsoll.journal/1";

/// So many journals of unsaved runs are kept in the state directory.
const KEPT: usize = 10;

/// A journal that already lies beside a result is left alone, because it holds what an earlier run measured; so many names are tried.
const NAMES_TRIED: u32 = 100;

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`JOURNAL_SCHEMA`].
    pub schema: String,
    /// What is measured.
    pub subject: Subject,
    /// What is sought.
    pub goal: Goal,
}

/// The lines after the header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line<S> {
    /// A step that ended.
    Step(S),
    /// The run ended.
    Ending(Ending),
}

/// Where a journal is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalPlace {
    /// Beside the file that the result will be saved to.
    Beside(PathBuf),
    /// In the first of these directories that can be written to.
    State(Vec<PathBuf>),
}

impl JournalPlace {
    /// The state directory of this user, or else the directory for temporary files. Empty variables count as unset.
    pub fn state(xdg_state_home: Option<PathBuf>, home: Option<PathBuf>, temporary: PathBuf) -> Self {
        let given = |path: &PathBuf| path.is_absolute();
        let state = xdg_state_home.filter(given).or_else(|| home.filter(given).map(|home| home.join(".local/state")));
        Self::State(state.into_iter().chain([temporary]).map(|directory| directory.join("plimsoll")).collect())
    }
}

/// Why no journal could be begun. No load was sent yet.
#[derive(Debug, thiserror::Error)]
#[error("the journal {} can't be written: {source}", path.display())]
pub struct JournalError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
    /// Whether the user chose the place.
    pub chosen: bool,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// `None` once a write failed: a journal with a hole would be replayed as if nothing was missing.
    file: Option<File>,
}

impl Journal {
    /// The journal of a search. Creates the file and writes the header, so that a place that can't be written to is known before any load is
    /// sent.
    ///
    /// # Errors
    /// When the file can't be created or the header can't be written.
    pub fn begin(place: &JournalPlace, subject: &Subject, goal: &Goal) -> Result<Self, JournalError> {
        let header = Header { schema: JOURNAL_SCHEMA.to_owned(), subject: subject.clone(), goal: goal.clone() };
        Self::begin_with(place, &name("find", subject), &header)
    }

    /// The same with any header. `name` tells journals in the state directory apart.
    pub(super) fn begin_with(place: &JournalPlace, name: &str, header: &impl Serialize) -> Result<Self, JournalError> {
        match place {
            JournalPlace::Beside(result) => {
                let path = free_name_beside(result);
                Self::create(&path, header).map_err(|source| JournalError { path, source, chosen: true })
            }
            JournalPlace::State(directories) => {
                let mut failed = None;
                for directory in directories {
                    let path = directory.join(format!("{name}.journal.jsonl"));
                    match fs::create_dir_all(directory).and_then(|()| Self::create(&path, header)) {
                        Ok(journal) => {
                            prune(directory, KEPT);
                            return Ok(journal);
                        }
                        Err(source) => failed = Some(JournalError { path, source, chosen: false }),
                    }
                }
                Err(failed.unwrap_or_else(|| JournalError {
                    path: PathBuf::from(name),
                    source: io::Error::new(io::ErrorKind::NotFound, "no directory to write to"),
                    chosen: false,
                }))
            }
        }
    }

    fn create(path: &Path, header: &impl Serialize) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let mut journal = Self { path: path.to_owned(), file: Some(file) };
        journal.write(header).inspect_err(|_| {
            // What was created here holds nothing; the error that is returned says why.
            let _ = fs::remove_file(path);
        })?;
        Ok(journal)
    }

    fn write<T: Serialize>(&mut self, line: &T) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        file.write_all(&bytes)?;
        file.flush()
    }

    /// Appends a step. When that fails nothing more is written, and the warning for the finding is returned.
    #[must_use]
    pub fn step(&mut self, result: &StepResult) -> Option<Warning> {
        self.append(&Line::Step(result))
    }

    /// Appends the end.
    #[must_use]
    pub fn end(&mut self, ending: Ending) -> Option<Warning> {
        self.append(&Line::<&StepResult>::Ending(ending))
    }

    /// Appends any line, as [`Journal::step`] does.
    #[must_use]
    pub(super) fn append(&mut self, line: &impl Serialize) -> Option<Warning> {
        let error = self.write(line).err()?;
        self.file = None;
        Some(Warning {
            text: format!("The journal {} could not be written any further: {error}. The run went on without it.", self.path.display()),
            remedy: "Make room on that disk, or give --save FILE on another one.".to_owned(),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file, once the result that it backs is saved.
    ///
    /// # Errors
    /// When the file can't be removed.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

/// `FILE.journal.jsonl`, or `FILE.2.journal.jsonl` and so on where an earlier run left one.
fn free_name_beside(result: &Path) -> PathBuf {
    let named = |ending: &str| {
        let mut name = result.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let first = named(".journal.jsonl");
    if !first.exists() {
        return first;
    }
    (2..NAMES_TRIED).map(|n| named(&format!(".{n}.journal.jsonl"))).find(|path| !path.exists()).unwrap_or(first)
}

/// What tells the journal of a run of `command` apart: with when it began, so that it is known which are the oldest.
pub(super) fn name(command: &str, subject: &Subject) -> String {
    format!("{command}-{}-{}", subject.started_at.replace([':', '-'], ""), process::id())
}

/// The part of a journal's name that sorts by age.
fn age(path: &Path) -> Option<String> {
    path.file_name()?.to_str()?.split_once('-').map(|(_command, begun)| begun.to_owned())
}

/// Keeps the last journals of a directory. One that can't be removed is no reason to stop a run.
fn prune(directory: &Path, kept: usize) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let journals = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut journals: Vec<PathBuf> = journals.filter(|path| path.to_string_lossy().ends_with(".journal.jsonl")).collect();
    journals.sort_by_cached_key(|path| age(path));
    let too_many = journals.len().saturating_sub(kept);
    for path in &journals[..too_many] {
        let _ = fs::remove_file(path);
    }
}
