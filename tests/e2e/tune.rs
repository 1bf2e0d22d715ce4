//! Settings of a reference server whose load lines are known.

use super::schema;
use assert_cmd::{Command, cargo::cargo_bin};
use plimsoll_core::finding::Tuning;
use std::time::Duration;

/// Workers that wait carry as many as there are, so that the most is best, and the end of the range is said.
#[test]
#[ignore = "measures: run with `cargo xtask test`"]
fn as_many_workers_as_may_be_carry_the_most() {
    let start = format!("{} lab pool?workers={{workers}} --port {{port}}", cargo_bin!("plimsoll").display());
    let tuning = tune(&["--start", &start, "--vary", "workers=1..16", "--time", "6s"]);
    let best = tuning.best.as_ref().expect("a best setting");
    let value = best.load_line.value.expect("a load line");
    assert!(tuning.settings_tried <= 5 && tuning.grid == 16, "{} of {}", tuning.settings_tried, tuning.grid);
    assert!(best.setting["workers"] == "16" && (value / 16.0 - 1.0).abs() <= 0.1, "{best:?}");
    assert!(best.command.contains("workers=16") && !tuning.edges.is_empty(), "{best:?} {:?}", tuning.edges);
}

fn tune(arguments: &[&str]) -> Tuning {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(cargo_bin!("plimsoll"));
    command.env_clear().env("HOME", home.path()).timeout(Duration::from_secs(180)).arg("tune").args(arguments).arg("--json");
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{shown}");
    assert_eq!(output.status.code(), Some(0), "{shown}");
    schema::read(&String::from_utf8_lossy(&output.stdout)).unwrap()
}
