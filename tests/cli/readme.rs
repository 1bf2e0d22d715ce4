//! What the pages show can be typed: every command line of the tool is read and resolved as the tool itself does, and every other one is one that
//! is known to work. `tests/e2e` carries those of the README out.

use super::pages::{self, Shown, blocks, commands, root};
use std::{ffi::OsString, fs};

#[test]
fn every_command_line_of_every_page_could_be_carried_out() {
    let mut faults = Vec::new();
    for page in pages::pages() {
        for shown in commands(&page) {
            if let Err(fault) = checked(&shown) {
                faults.push(format!("{}: {}\n  {fault}", shown.place, shown.words.join(" ")));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// A block without a mark would be read by nobody.
#[test]
fn every_block_says_what_it_is() {
    for page in pages::pages() {
        let text = fs::read_to_string(&page).unwrap();
        for block in blocks(&text) {
            let place = format!("{}, line {}", page.display(), block.first);
            assert!(!block.mark.is_empty(), "{place}: mark it as sh, or as text");
            let looks_typed = |line: &&str| ["plimsoll ", "cargo ", "$ "].iter().any(|program| line.trim_start().starts_with(program));
            let typed = block.lines.iter().copied().find(looks_typed);
            assert!(block.is_commands() || typed.is_none(), "{place}: {typed:?} stands in a block marked {}", block.mark);
        }
    }
}

#[test]
fn the_readme_shows_commands_and_they_are_found() {
    let shown = commands(&root().join("README.md"));
    let called = shown.iter().filter_map(Shown::plimsoll).filter_map(|arguments| arguments.first());
    let mut names: Vec<&str> = called.map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    for command in ["compare", "doctor", "find", "hold", "report", "tune"] {
        assert!(names.contains(&command), "{command} is not shown: {names:?}");
    }
}

#[test]
fn commands_are_read_off_a_page_as_a_shell_would() {
    let page = "```sh\n# a comment\ngit clone https://h/x && cd x\ncd docs && A=1 plimsoll find 'lab:pool?wait=1ms' \\\n  --json > r.json # exit code 3: so\n```\n\
        ```console\n$ plimsoll doctor | head\nfile descriptors\n```\n```yaml\n- run: plimsoll hold u -q 5\n  with: { a: b }\n```\n```text\nplimsoll find x\n```\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("PAGE.md");
    fs::write(&path, page).unwrap();
    let shown = commands(&path);
    let lines: Vec<String> = shown.iter().map(|shown| shown.words.join(" ")).collect();
    assert_eq!(
        lines,
        ["git clone https://h/x", "plimsoll find lab:pool?wait=1ms --json", "plimsoll doctor", "head", "plimsoll hold u -q 5"]
    );
    assert_eq!((shown[1].exit, shown[1].folder.as_path()), (3, std::path::Path::new("docs")));
    assert_eq!((shown[1].environment.clone(), shown[1].place.as_str()), (vec![("A".to_owned(), "1".to_owned())], "PAGE.md, line 5"));
}

/// Whether a command can be typed.
fn checked(shown: &Shown) -> Result<(), String> {
    let Some(arguments) = shown.plimsoll() else { return known(shown) };
    let mut typed: Vec<OsString> = ["plimsoll".into()].into_iter().chain(arguments.iter().map(Into::into)).collect();
    let systems = root().join(&shown.folder).join("plimsoll.toml");
    if arguments.first().is_some_and(|command| command == "compare") && systems.exists() {
        typed.extend(["--config".into(), systems.into()]);
    }
    // Help is no error of the one who asks for it.
    let asks = arguments.iter().any(|word| word == "--help" || word == "-h");
    plimsoll::cli::check(typed).or_else(|problem| if asks { Ok(()) } else { Err(problem.lines()) })
}

/// Whether a command of another program is one that works: it names what is there.
fn known(shown: &Shown) -> Result<(), String> {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let folder = root().join(&shown.folder);
    let is_file = |path: String| if root().join(&path).exists() { Ok(()) } else { Err(format!("there is no {path}")) };
    match shown.words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["git", "clone", url] | ["cargo", "install", "--git", url, "plimsoll"] if url == repository => Ok(()),
        ["cargo", "install", "--path", "."] | ["cargo", "build", "--release", "--examples"] => Ok(()),
        ["cargo", "run", "--release", "--example", example] => is_file(format!("examples/{example}.rs")),
        ["cargo", "xtask", task, ..] => {
            let tasks = fs::read_to_string(root().join("xtask/src/main.rs")).map_err(|error| error.to_string())?;
            if tasks.contains(&format!("Task::{}{}(arguments)", task[..1].to_uppercase(), &task[1..])) {
                Ok(())
            } else {
                Err(format!("there is no task {task}"))
            }
        }
        // What takes an exit code for what it is, and who is sent the figures: no commands of ours.
        ["test", "$?", "-eq", _] | ["curl", "--data-binary", "@-", _] => Ok(()),
        ["pip", "install", "-r", file] if folder.join(file).exists() => Ok(()),
        _ => Err("nobody knows whether this works: teach tests/cli/readme.rs".to_owned()),
    }
}
