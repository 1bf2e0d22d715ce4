//! docs/CI.md shows command lines; each is read by the tool itself.

use super::plimsoll;
use std::{fs, path::Path};

/// What stands in a shell's line after each `plimsoll`, up to what the shell does with it.
fn calls(page: &str) -> Vec<Vec<String>> {
    let mut in_block = false;
    let mut calls = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let line = line.trim_start().trim_start_matches("- ").trim_start_matches("run: ");
        if let Some(typed) = line.strip_prefix("plimsoll ").filter(|_| in_block) {
            let words = shlex::split(typed).unwrap_or_else(|| panic!("{line}: a quote is missing"));
            calls.push(words.into_iter().take_while(|word| !matches!(word.as_str(), "|" | "||" | "&&" | ">")).collect());
        }
    }
    calls
}

#[test]
fn every_command_line_of_the_page_is_one_that_the_tool_takes() {
    let home = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CI.md")).unwrap();
    let calls = calls(&page);
    assert!(calls.len() >= 10, "{calls:?}");
    for mut call in calls {
        // What stands before it is read first: a flag that is none, or a value that can't be, is answered with code 2.
        call.push("--help".to_owned());
        let typed: Vec<&str> = call.iter().map(String::as_str).collect();
        let said = plimsoll(home.path(), &typed, &[]);
        assert_eq!(said.code, Some(0), "{typed:?}: {}", said.stderr);
    }
}
