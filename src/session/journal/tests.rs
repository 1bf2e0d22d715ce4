//! Where journals lie, which are kept, and what a full disk does to one.

use super::*;
use plimsoll_core::step::{Load, Purpose, Settle, StepPlan};
use std::time::Duration;

fn subject() -> Subject {
    let empty = String::new;
    Subject { target: empty(), url: empty(), description: None, start: None, command: empty(), started_at: empty(), version: empty() }
}

fn begin(place: &JournalPlace) -> Result<Journal, JournalError> {
    Journal::begin(place, &subject(), &Goal::default())
}

fn step() -> StepResult {
    let settle = Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 };
    let load = Load::Users { users: 1, think: Duration::ZERO };
    let plan =
        StepPlan { purpose: Purpose::Ramp, load, settle, measure: Duration::from_secs(1), batches: 1, limits: Vec::new(), requests: None };
    StepResult::begin(plan, Duration::ZERO)
}

impl Journal {
    /// One that takes nothing.
    pub fn on_full_disk() -> Self {
        let path = PathBuf::from("/dev/full");
        Self { file: Some(OpenOptions::new().write(true).open(&path).unwrap()), path }
    }
}

#[test]
fn a_disk_that_fills_up_is_a_warning_once_and_no_end() {
    let mut journal = Journal::on_full_disk();
    let warning = journal.step(&step()).unwrap();
    assert!(warning.text.contains("/dev/full") && warning.remedy.contains("--save"), "{warning:?}");
    assert_eq!(journal.step(&step()), None);
    assert_eq!(journal.end(Ending::Complete), None);
}

#[test]
fn each_line_is_on_disk_as_soon_as_its_step_ended() {
    let directory = tempfile::tempdir().unwrap();
    let mut journal = begin(&JournalPlace::Beside(directory.path().join("out.json"))).unwrap();
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
    let first = begin(&place).unwrap();
    let second = begin(&place).unwrap();
    assert_eq!(second.path(), directory.path().join("out.json.2.journal.jsonl"));
    second.remove().unwrap();
    assert!(first.path().exists());
}

#[test]
fn a_place_that_can_not_be_written_to_is_named_before_any_load() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let error = begin(&JournalPlace::Beside(file.join("out.json"))).unwrap_err();
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
        let command = if n % 2 == 0 { "hold" } else { "find" };
        Journal::begin_with(&place, &format!("{command}-{n:02}"), &"").unwrap();
    }
    let mut kept: Vec<_> = fs::read_dir(&open).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    kept.sort_by_key(|name| name.split_once('-').unwrap().1.to_owned());
    assert_eq!(kept.len(), KEPT);
    assert_eq!([&kept[0], &kept[1]], ["find-03.journal.jsonl", "hold-04.journal.jsonl"]);
}

#[test]
fn the_state_directory_follows_xdg() {
    let path = |text: &str| Some(PathBuf::from(text));
    let places = |xdg, home| match JournalPlace::state(xdg, home, PathBuf::from("/scratch")) {
        JournalPlace::State(directories) => directories,
        JournalPlace::Beside(_) => Vec::new(),
    };
    assert_eq!(places(path("/x"), path("/a")), [PathBuf::from("/x/plimsoll"), PathBuf::from("/scratch/plimsoll")]);
    assert_eq!(places(path("relative"), path("/a"))[0], PathBuf::from("/a/.local/state/plimsoll"));
    assert_eq!(places(None, None), [PathBuf::from("/scratch/plimsoll")]);
}
