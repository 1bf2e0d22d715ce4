//! Hostile and broken surroundings: a code, a sentence that names value and remedy, and nothing measured is lost.
//! What needs no target under load (addresses, statuses, flags, Ctrl-C, kill) is held by `tests/cli`.

use super::{quiet, run::Run};
use plimsoll_core::finding::{Ending, Rung, Word};
use std::{fs, path::Path};

#[test]
#[ignore = "puts load on a real process"]
fn a_target_that_dies_in_mid_search_is_a_crash_and_what_was_measured_stands() {
    for target in ["lab:pool?die_at=4s", "lab:threads?die_after=400"] {
        let Some(run) = quiet::find(target, &["--time", "20s"]) else { return };
        let finding = run.finding();
        assert_ne!(finding.load_line.word, Word::Firm, "{run}");
        assert!(finding.steps.len() >= 3 && finding.steps.iter().any(|step| step.good > 20), "{run}");
        assert!(finding.ladder.iter().any(|rung| rung.rung == Rung::Crash && rung.seen), "{run}\n{:?}", finding.ladder);
        assert_eq!(finding.recovery.recovered, Some(false), "{run}");
        assert!(run.took.as_secs() < 60, "{run}");
    }
}

#[test]
#[ignore = "puts load on a real process"]
fn a_target_that_hangs_costs_time_outs_and_not_the_search() {
    let Some(run) = quiet::find("lab:threads?wait=20ms&hang_above=20", &["--time", "20s", "--timeout", "500ms"]) else { return };
    let finding = run.finding();
    let line = &finding.load_line;
    assert!(line.word != Word::Firm || line.value == Some(20.0), "{run}");
    assert!(line.value.is_none_or(|value| value <= 22.0), "{run}");
    assert!(finding.ladder.iter().any(|rung| rung.rung == Rung::TimeOuts && rung.seen), "{run}\n{:?}", finding.ladder);
    assert!(run.took.as_secs() < 60, "{run}");
}

#[test]
#[ignore = "puts load on a real process"]
fn an_answer_of_1_gib_wastes_neither_memory_nor_the_search() {
    // The limit on data keeps the generator from ever holding an answer; the server streams and needs none either.
    let limited = ["sh", "-c", "ulimit -d 524288 && exec \"$@\"", "sh"];
    let huge = || Run::wrapped(&limited, "lab:threads?wait=0&huge=1GiB", &["--time", "10s", "--timeout", "2s"]);
    let Some(run) = quiet::undisturbed(huge) else { return };
    let line = run.finding().load_line;
    assert_ne!(line.word, Word::Firm, "{run}");
    run.says(4, &["too large", "smaller answer"]);
    assert!(run.took.as_secs() < 60, "{run}");
}

#[test]
#[ignore = "puts load on a real process"]
fn a_full_disk_is_said_and_costs_no_answer() {
    let state = tempfile::tempdir().expect("a directory");
    let disk = match Disk::of_size(state.path(), "16k") {
        Ok(disk) => disk,
        Err(why) => return println!("skipped: {why}"),
    };
    let place = state.path().join("result.json");
    let Some(run) = quiet::find("lab:pool?wait=20ms", &["--time", "10s", "--save", place.to_str().expect("UTF-8")]) else { return };
    let finding = run.finding();
    assert_eq!(finding.load_line.value, Some(4.0), "{run}");
    assert_eq!(finding.ending, Ending::Complete);
    run.says(1, &[place.to_str().expect("UTF-8"), "--save FILE", "where the whole result is kept"]);
    assert!(finding.warnings.iter().any(|warning| warning.text.contains("journal")), "{:?}", finding.warnings);
    let journal = state.path().join("result.json.journal.jsonl");
    let shown = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll")).arg("report").arg(&journal).output().expect("a report");
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    drop(disk);
}

#[test]
#[ignore = "puts load on a real process"]
fn sixty_four_file_descriptors_are_enough_for_an_honest_bound() {
    let few = ["sh", "-c", "ulimit -n 64 && exec \"$@\"", "sh"];
    let Some(run) = quiet::undisturbed(|| Run::wrapped(&few, "lab:async?wait=50ms", &["--time", "10s"])) else { return };
    let finding = run.finding();
    let line = &finding.load_line;
    assert_eq!((run.code, line.word), (Some(0), Word::AtLeast), "{run}");
    assert!(line.value.is_some_and(|value| (30.0..64.0).contains(&value)), "{run}");
    assert!(finding.warnings.iter().any(|warning| warning.text.contains("file descriptors") && warning.remedy.contains("ulimit")), "{run}");
}

/// A small file system in memory, mounted until the end of the test.
struct Disk<'p>(&'p Path);

impl<'p> Disk<'p> {
    fn of_size(place: &'p Path, size: &str) -> Result<Self, String> {
        let options = format!("size={size}");
        let mount = std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(place).output();
        match mount {
            Ok(output) if output.status.success() => Ok(Self(place)),
            Ok(output) => Err(format!("no file system can be mounted: {}", String::from_utf8_lossy(&output.stderr))),
            Err(error) => Err(format!("mount can't be started: {error}")),
        }
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount").arg(self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} stays mounted", self.0.display());
        assert!(fs::read_dir(self.0).is_ok_and(|mut left| left.next().is_none()));
    }
}
