//! Comparing and tuning: what is refused, and what does not start.

use super::plimsoll;
use std::fs;

/// Calls with arguments, expects this exit code, and that the message holds these words.
fn refused(arguments: &[&str], code: i32, words: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), arguments, &[]);
    assert_eq!(said.code, Some(code), "{arguments:?}: {}", said.stderr);
    for word in words {
        assert!(said.stderr.contains(word), "{arguments:?} lacks {word:?}: {}", said.stderr);
    }
}

#[test]
fn systems_that_can_not_be_compared_are_named() {
    refused(&["compare", "lab:pool"], 2, &["SYSTEM"]);
    refused(&["compare", "sync", "lab:pool"], 2, &["\"sync\"", "plimsoll.toml"]);
    refused(&["compare", "a=lab:pool", "a=lab:async"], 2, &["\"a\"", "differ"]);
    refused(&["compare", "lab:pool", "lab:poool"], 2, &["poool"]);
    refused(&["compare", "lab:pool", "lab:async", "--time", "5s"], 2, &["--time", "40 s"]);
    refused(&["compare", "lab:pool", "lab:async", "--config", "/nowhere/plimsoll.toml"], 2, &["/nowhere/plimsoll.toml"]);
}

#[test]
fn what_a_file_of_systems_says_wrong_is_named_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("systems.toml");
    fs::write(&path, "[systems.a]\nstrat = 'x {port}'\n").unwrap();
    refused(&["compare", "a", "lab:pool", "--config", path.to_str().unwrap()], 2, &["systems.toml", "strat"]);
}

#[test]
fn a_system_that_does_not_start_is_known_before_any_is_searched() {
    refused(&["compare", "lab:pool", "bad=false {port}"], 4, &["bad: ", "exit status 1"]);
}

#[test]
fn what_would_vary_nothing_is_refused() {
    refused(&["tune", "lab:pool", "--vary", "workers=1..4"], 2, &["--start"]);
    refused(&["tune", "--start", "app {port}", "--vary", "workers=1..4"], 2, &["{workers} is not in the command"]);
    refused(&["tune", "--start", "app {workers} {port}", "--vary", "workers=4..1"], 2, &["--vary", "4..1"]);
    refused(&["tune", "--start", "app {workers} {port}", "--vary", "workers=1..4", "--need", "0"], 2, &["--need"]);
}

#[test]
fn settings_that_do_not_start_are_out() {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["tune", "--start", "false {workers} {port}", "--vary", "workers=1,2"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stdout.contains("None of 2 settings could be measured") && said.stdout.contains("it printed nothing"), "{}", said.stdout);
}
