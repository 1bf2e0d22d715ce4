//! The journal: every step as one line of JSON, written as the step ends, so that a killed run loses nothing measured.
//!
//! The first line is the header, then one line a step, then one line with the ending. Lines without an end line mean a run cut short.

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
    /// Creates the file and writes the header, so that a place that can't be written to is known before any load is sent. `name` tells journals
    /// in the state directory apart and sorts by age.
    ///
    /// # Errors
    /// When the file can't be created or the header can't be written.
    pub fn begin(place: &JournalPlace, name: &str, subject: &Subject, goal: &Goal) -> Result<Self, JournalError> {
        let header = Header { schema: JOURNAL_SCHEMA.to_owned(), subject: subject.clone(), goal: goal.clone() };
        match place {
            JournalPlace::Beside(result) => {
                let path = free_name_beside(result);
                Self::create(&path, &header).map_err(|source| JournalError { path, source, chosen: true })
            }
            JournalPlace::State(directories) => {
                let mut failed = None;
                for directory in directories {
                    let path = directory.join(format!("{name}.journal.jsonl"));
                    match fs::create_dir_all(directory).and_then(|()| Self::create(&path, &header)) {
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

    fn create(path: &Path, header: &Header) -> io::Result<Self> {
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
        let written = self.write(&Line::Step(result));
        self.given_up(written)
    }

    /// Appends the end.
    #[must_use]
    pub fn end(&mut self, ending: Ending) -> Option<Warning> {
        let written = self.write(&Line::<&StepResult>::Ending(ending));
        self.given_up(written)
    }

    fn given_up(&mut self, written: io::Result<()>) -> Option<Warning> {
        let error = written.err()?;
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

/// Keeps the last journals of a directory; their names sort by age. One that can't be removed is no reason to stop a run.
fn prune(directory: &Path, kept: usize) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let journals = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut journals: Vec<PathBuf> = journals.filter(|path| path.to_string_lossy().ends_with(".journal.jsonl")).collect();
    journals.sort();
    let too_many = journals.len().saturating_sub(kept);
    for path in &journals[..too_many] {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::step::{Load, Purpose, Settle, StepPlan};
    use std::time::Duration;

    fn subject() -> Subject {
        let empty = String::new;
        Subject { target: empty(), url: empty(), description: None, start: None, command: empty(), started_at: empty(), version: empty() }
    }

    fn begin(place: &JournalPlace, name: &str) -> Result<Journal, JournalError> {
        Journal::begin(place, name, &subject(), &Goal::default())
    }

    fn step() -> StepResult {
        let settle = Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 };
        let load = Load::Users { users: 1, think: Duration::ZERO };
        let plan = StepPlan {
            purpose: Purpose::Ramp,
            load,
            settle,
            measure: Duration::from_secs(1),
            batches: 1,
            limits: Vec::new(),
            requests: None,
        };
        StepResult::begin(plan, Duration::ZERO)
    }

    #[test]
    fn a_disk_that_fills_up_is_a_warning_once_and_no_end() {
        let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut journal = Journal { path: PathBuf::from("/dev/full"), file: Some(file) };
        let warning = journal.step(&step()).unwrap();
        assert!(warning.text.contains("/dev/full") && warning.remedy.contains("--save"), "{warning:?}");
        assert_eq!(journal.step(&step()), None);
        assert_eq!(journal.end(Ending::Complete), None);
    }

    #[test]
    fn each_line_is_on_disk_as_soon_as_its_step_ended() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = begin(&JournalPlace::Beside(directory.path().join("out.json")), "unused").unwrap();
        assert_eq!(journal.path(), directory.path().join("out.json.journal.jsonl"));
        for lines in 1..4 {
            assert_eq!(fs::read_to_string(journal.path()).unwrap().matches('\n').count(), lines);
            assert_eq!(journal.step(&step()), None);
        }
    }

    #[test]
    fn a_journal_that_lies_there_already_is_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let place = JournalPlace::Beside(directory.path().join("out.json"));
        let first = begin(&place, "unused").unwrap();
        let second = begin(&place, "unused").unwrap();
        assert_eq!(second.path(), directory.path().join("out.json.2.journal.jsonl"));
        second.remove().unwrap();
        assert!(first.path().exists());
    }

    #[test]
    fn a_place_that_can_not_be_written_to_is_named_before_any_load() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let error = begin(&JournalPlace::Beside(file.join("out.json")), "unused").unwrap_err();
        assert!(error.chosen && error.to_string().contains("file/out.json.journal.jsonl"), "{error}");
    }

    #[test]
    fn the_state_directory_falls_back_and_keeps_only_the_last_journals() {
        let directory = tempfile::tempdir().unwrap();
        let blocked = directory.path().join("blocked");
        fs::write(&blocked, "").unwrap();
        let open = directory.path().join("open");
        let place = JournalPlace::State(vec![blocked.join("plimsoll"), open.clone()]);
        for n in 0..13 {
            begin(&place, &format!("find-{n:02}")).unwrap();
        }
        let mut kept: Vec<_> = fs::read_dir(&open).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        kept.sort();
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept[0], "find-03.journal.jsonl");
    }

    #[test]
    fn the_state_directory_follows_xdg() {
        let path = |text: &str| Some(PathBuf::from(text));
        let places = |xdg, home| match JournalPlace::state(xdg, home, PathBuf::from("/tmp")) {
            JournalPlace::State(directories) => directories,
            JournalPlace::Beside(_) => Vec::new(),
        };
        assert_eq!(places(path("/x"), path("/home/a")), [PathBuf::from("/x/plimsoll"), PathBuf::from("/tmp/plimsoll")]);
        assert_eq!(places(path("relative"), path("/home/a"))[0], PathBuf::from("/home/a/.local/state/plimsoll"));
        assert_eq!(places(None, None), [PathBuf::from("/tmp/plimsoll")]);
    }
}
