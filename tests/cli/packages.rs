//! What a package of the tool brings along, and what the packages say of themselves.

use super::{pages::root, plimsoll};
use serde_json::Value;
use std::{fs, process::Command};

/// What cargo prints.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_package_that_may_be_published_says_what_it_is() {
    let said: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"])).unwrap();
    let packages = said["packages"].as_array().unwrap().iter().filter(|package| package["publish"].is_null());
    let mut names = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        for field in ["description", "license", "repository", "readme", "rust_version"] {
            assert!(package[field].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {field}");
        }
        for field in ["keywords", "categories"] {
            assert!(package[field].as_array().is_some_and(|list| (1..=5).contains(&list.len())), "{name}: {field}");
        }
        // A registry takes no dependency that only a path names.
        for dependency in package["dependencies"].as_array().unwrap().iter().filter(|dependency| dependency["kind"].is_null()) {
            assert_ne!(dependency["req"], "*", "{name}: {} has no version", dependency["name"]);
        }
        let files = cargo(&["package", "--list", "--allow-dirty", "--offline", "-p", name]);
        for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"] {
            assert!(files.lines().any(|line| line == file), "{name} lacks {file}: {files}");
        }
        let stray =
            files.lines().find(|file| [".ci/", "xtask/", "fuzz/", "target/", "docs/images/"].iter().any(|folder| file.starts_with(folder)));
        assert_eq!(stray, None, "{name}");
        names.push(name.to_owned());
    }
    names.sort();
    assert_eq!(names, ["plimsoll", "plimsoll-core", "plimsoll-engine"]);
}

#[test]
fn every_command_has_a_man_page() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("man1");
    let said = plimsoll(home.path(), &["generate", "man", "--output", folder.to_str().unwrap()], &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), ""), "{}", said.stderr);
    let mut names: Vec<String> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let commands =
        ["compare", "doctor", "find", "generate", "generate-completions", "generate-man", "generate-schema", "hold", "lab", "report"];
    let wanted = commands.iter().chain(&["tune", "watch"]).map(|command| format!("plimsoll-{command}.1"));
    let mut wanted: Vec<String> = wanted.chain(["plimsoll.1".to_owned()]).collect();
    wanted.sort();
    assert_eq!(names, wanted);
    // The page of the tool is what standard output gets without a folder.
    let said = plimsoll(home.path(), &["generate", "man"], &[]);
    assert_eq!(said.stdout, fs::read_to_string(folder.join("plimsoll.1")).unwrap());
    let page = fs::read_to_string(folder.join("plimsoll-find.1")).unwrap();
    for part in [".TH plimsoll-find 1", ".SH NAME", ".SH SYNOPSIS", ".SH CRITERIA", ".SH EXAMPLES", ".SH UNITS", ".SH \"EXIT STATUS\""] {
        assert!(page.contains(part), "{part}:\n{page}");
    }
    let lab = fs::read_to_string(folder.join("plimsoll-lab.1")).unwrap();
    assert!(lab.contains("workers=4") && lab.matches(".SH EXAMPLES").count() == 1, "{lab}");
    // Hidden flags stay hidden, and where a flag stands in the environment is said.
    assert!(page.contains("PLIMSOLL_SLO") && !page.contains("latency\\fR"), "{page}");
}

#[test]
fn a_page_tells_nothing_of_whoever_made_it() {
    let home = tempfile::tempdir().unwrap();
    let plain = plimsoll(home.path(), &["generate", "man"], &[]);
    let set = plimsoll(home.path(), &["generate", "man"], &[("PLIMSOLL_TIME", "77s"), ("COLUMNS", "40"), ("LANG", "C")]);
    assert_eq!(plain.stdout, set.stdout);
}

#[test]
fn each_shell_gets_completions_without_what_is_hidden() {
    let home = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = plimsoll(home.path(), &["generate", "completions", shell], &[]);
        assert_eq!(said.code, Some(0), "{shell}: {}", said.stderr);
        for part in ["no-overshoot", "completions", "poisson"] {
            assert!(said.stdout.contains(part), "{shell}: {part}");
        }
        for hidden in ["ward", "lock-fd", "supervised"] {
            assert!(!said.stdout.contains(hidden), "{shell}: {hidden}");
        }
    }
    assert_eq!(plimsoll(home.path(), &["generate", "completions", "tcsh"], &[]).code, Some(2));
}

#[test]
fn a_folder_that_can_not_be_written_to_is_named() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a file");
    fs::write(&file, "").unwrap();
    for what in ["man", "schema"] {
        let said = plimsoll(home.path(), &["generate", what, "--output", file.to_str().unwrap()], &[]);
        assert_eq!(said.code, Some(1), "{}", said.stderr);
        assert!(said.stderr.contains("a file") && said.stderr.contains("--output"), "{}", said.stderr);
    }
}
