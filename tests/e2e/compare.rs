//! A comparison of two systems whose load lines are known.

use super::{quiet, schema, spinner::Spinner};
use assert_cmd::{Command, cargo::cargo_bin};
use plimsoll::lab::LabSpec;
use plimsoll_core::finding::{Comparison, PairWord};
use std::time::Duration;

/// The promise of the first minute: a factor of at least ten, its interval, and the price of one request, within three minutes.
#[test]
#[ignore = "measures: run with `cargo xtask test`"]
fn an_event_loop_carries_many_times_what_four_workers_do() {
    let said = compare(&["lab:pool", "lab:async"]);
    assert!(said.account.took_s < 180.0, "{} s", said.account.took_s);
    let [pair] = &said.pairs[..] else { panic!("{:?}", said.pairs) };
    let (ratio, low) = (pair.capacity_ratio.unwrap(), pair.low.unwrap());
    assert!(ratio >= 10.0 && low >= 10.0 && low <= ratio, "{pair:?}");
    assert_eq!(pair.word, PairWord::Different, "{pair:?}");
    let price = (pair.unloaded_latency_low.unwrap(), pair.unloaded_latency_ratio.unwrap(), pair.unloaded_latency_high.unwrap());
    assert!(price.0 <= price.1 && price.1 <= price.2, "{pair:?}");
}

/// The true factor is known: workers that wait are slots.
#[test]
#[ignore = "measures: run with `cargo xtask test`"]
fn three_times_the_workers_carry_three_times_as_many() {
    let truth = |spec: &str| spec.parse::<LabSpec>().unwrap().truth(1).load_line_users.unwrap();
    let said = compare(&["few=lab:pool?workers=4", "many=lab:pool?workers=12", "--time", "100s"]);
    let pair = &said.pairs[0];
    let factor = truth("pool?workers=12") / truth("pool?workers=4");
    let (ratio, low, high) = (pair.capacity_ratio.unwrap(), pair.low.unwrap(), pair.high.unwrap());
    assert_eq!((pair.a.as_str(), pair.b.as_str(), pair.word), ("few", "many", PairWord::Different), "{pair:?}");
    assert!((ratio / factor - 1.0).abs() < 0.15 && low <= ratio && ratio <= high, "{factor} is true: {pair:?}");
}

/// Somebody spins on the core of both: four workers that wait hardly mind, an event loop that needs the core carries half of what it could. The
/// interval reaches to what it carries alone, and who reads it is told.
#[test]
#[ignore = "measures: run with `cargo xtask test`"]
fn what_others_use_of_the_core_is_told_and_allowed_for() {
    let systems = ["pool?workers=4&wait=20ms", "async?wait=20ms&cpu=2ms"];
    let truth = systems.map(|spec| spec.parse::<LabSpec>().unwrap().truth(1).load_line_users.unwrap());
    let said = {
        let _spinner = Spinner::on(quiet::first_core());
        compare(&[&format!("few=lab:{}", systems[0]), &format!("loop=lab:{}", systems[1]), "--time", "50s"])
    };
    let [pair] = &said.pairs[..] else { panic!("{:?}", said.pairs) };
    let factor = truth[1] / truth[0];
    assert!(pair.low.unwrap() <= factor && factor <= pair.high.unwrap(), "{factor} is true: {pair:?}");
    assert!(pair.reasons.iter().any(|reason| reason.starts_with("loop: others used ")), "{pair:?}");
    let warnings = &said.systems[1].finding.warnings;
    assert!(warnings.iter().any(|warning| warning.text.contains("of the target's cores")), "{warnings:?}");
}

fn compare(arguments: &[&str]) -> Comparison {
    let home = tempfile::tempdir().unwrap();
    let saved = home.path().join("saved.json");
    let call = || {
        let mut command = Command::new(cargo_bin!("plimsoll"));
        command.env_clear().env("HOME", home.path()).timeout(Duration::from_secs(240));
        command
    };
    let mut command = call();
    command.arg("compare").args(arguments).arg("--json").arg("--save").arg(&saved);
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{shown}");
    let report = |format: &str| call().arg("report").arg(&saved).args(["--format", format]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{shown}\n{}", String::from_utf8_lossy(&report("text").stdout));
    let again = report("json");
    assert_eq!(again.stdout, output.stdout, "what was saved is what was printed");
    schema::read(&String::from_utf8_lossy(&output.stdout)).unwrap()
}
