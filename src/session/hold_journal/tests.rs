//! Journals of holds that were killed, that ended, and that could not be written.

use super::*;
use crate::session::{Loaded, load};
use plimsoll_core::step::{Batch, Load, Purpose, Settle};
use std::{fs, path::PathBuf};

fn terms() -> Terms {
    let settle = Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 };
    let load = Load::Users { users: 2, think: Duration::ZERO };
    let plan = StepPlan {
        purpose: Purpose::Hold,
        load,
        settle,
        measure: Duration::from_secs(3600),
        batches: 3600,
        limits: Vec::new(),
        requests: None,
    };
    Terms { plan, criteria: Vec::new(), connections: Some(2), streams: None, resolved: None, spins: false }
}

fn subject() -> Subject {
    let text = String::new;
    Subject { target: text(), url: text(), description: None, start: None, command: text(), started_at: text(), version: text() }
}

/// One more second of ten answers.
fn go_on(step: &mut StepResult) {
    let time = Duration::from_millis(7 + step.batches.len() as u64);
    step.batches.push(Batch { duration: Duration::from_secs(1), offered: 10, sent: 10, good: 10, ..Batch::empty(0) });
    for _ in 0..10 {
        step.response.record(time);
        step.service.record(time);
    }
    *step.statuses.entry(200).or_default() += 10;
}

fn alive(_: Duration) -> Signals {
    Signals { target_alive: Some(true), ..Signals::default() }
}

struct Begun {
    journal: HoldJournal,
    step: StepResult,
    directory: tempfile::TempDir,
}

impl Begun {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = JournalPlace::Beside(directory.path().join("out.json"));
        let journal = HoldJournal::begin(&place, &subject(), &terms()).unwrap();
        Self { journal, step: StepResult::begin(terms().plan, Duration::ZERO), directory }
    }

    /// A journal of so many seconds.
    fn after(seconds: usize) -> Self {
        let mut begun = Self::new();
        for _ in 0..seconds {
            go_on(&mut begun.step);
            assert_eq!(begun.journal.note(&begun.step, alive), None);
        }
        begun
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("out.json.journal.jsonl")
    }
}

fn replayed(path: &Path) -> Hold {
    let Loaded::HoldJournal(hold) = load(path).unwrap() else { panic!("the journal of a hold") };
    *hold
}

/// As it is saved: with histograms to their resolution, and no finer.
fn saved(hold: &Hold) -> String {
    serde_json::to_string(hold).unwrap()
}

#[test]
fn what_was_measured_before_a_kill_is_there_and_said_to_be_cut_short() {
    let begun = Begun::after(5);
    let hold = replayed(&begun.path());
    let signals = alive(Duration::ZERO);
    let want = terms().document(subject(), &StepResult { signals, end: StepEnd::Interrupted, ..begun.step.clone() }, None);
    assert!(saved(&hold) == saved(&Hold { ending: Ending::CutShort, ..want }), "{:?}", hold.latency);
    assert_eq!((hold.good, hold.duration_s, hold.statuses[&200], hold.histogram.count()), (50, 5.0, 50, 50));
}

#[test]
fn nothing_at_all_is_a_run_cut_short_as_well() {
    let hold = replayed(&Begun::new().path());
    assert_eq!((hold.ending, hold.offered, hold.success_share), (Ending::CutShort, 0, None));
}

#[test]
fn a_whole_run_reads_back_as_it_was() {
    let Begun { mut journal, mut step, directory } = Begun::after(3);
    go_on(&mut step);
    journal.close(&step);
    let mut hold = terms().document(subject(), &step, Some(Files { open: 9, limit: 99 }));
    hold.warnings.push(Warning { text: "Odd.".to_owned(), remedy: "None.".to_owned() });
    let said = hold.clone();
    let journal = journal.end(&mut hold);
    assert_eq!(hold.warnings, said.warnings, "nothing went wrong with the journal");
    assert!(saved(&replayed(journal.path())) == saved(&said), "the replayed hold differs");
    drop(directory);
}

#[test]
fn a_torn_last_line_is_said_and_damage_before_it_is_named() {
    let begun = Begun::after(4);
    let text = fs::read_to_string(begun.path()).unwrap();
    let torn = &text[..text.len() - 40];
    fs::write(begun.path(), torn).unwrap();
    let hold = replayed(&begun.path());
    assert_eq!((hold.good, hold.ending), (30, Ending::CutShort));
    assert!(hold.warnings.iter().any(|warning| warning.text.contains("torn")), "{:?}", hold.warnings);
    fs::write(begun.path(), format!("{torn}\n{text}")).unwrap();
    let error = load(&begun.path()).unwrap_err().to_string();
    assert!(error.contains("damaged at line 5"), "{error}");
}

#[test]
fn a_disk_that_fills_up_is_told_once_and_stands_in_the_result() {
    let Begun { mut journal, mut step, .. } = Begun::new();
    journal.journal = Journal::on_full_disk();
    go_on(&mut step);
    let told = journal.note(&step, alive).cloned().unwrap();
    assert!(told.text.contains("/dev/full"), "{told:?}");
    go_on(&mut step);
    assert_eq!(journal.note(&step, alive), None);
    assert!(!journal.has_parts());
    journal.close(&step);
    let mut hold = terms().document(subject(), &step, None);
    let before = hold.warnings.len();
    journal.end(&mut hold);
    assert_eq!(hold.warnings[before..], [told]);
}

#[test]
fn a_day_makes_some_hundred_lines_and_a_kill_costs_a_hundredth_or_a_second() {
    let Begun { mut journal, mut step, .. } = Begun::new();
    let (mut lines, mut written) = (0, Duration::ZERO);
    step.batches.push(Batch { duration: Duration::ZERO, ..Batch::empty(0) });
    for second in 1..=86_400 {
        step.batches[0].duration = Duration::from_secs(second);
        let due = journal.due;
        assert_eq!(journal.note(&step, alive), None);
        if journal.due != due {
            (lines, written) = (lines + 1, step.measured());
        }
        let lost = step.measured() - written;
        assert!(lost <= Duration::from_secs(1).max(step.measured().mul_f64(RARER)), "{lost:?} of {second} s");
    }
    assert!((500..1_000).contains(&lines), "{lines} lines");
}
