//! `cargo xtask gate`: the instructions that the engine spends on a request, counted by callgrind, may not grow unseen.
//!
//! The request path runs in one process with its peer (`plimsoll_engine::request_path`), so that the count is the same to the last digits from
//! run to run and from machine to machine. It is of user instructions only: what the kernel adds is the same for every client.

use crate::tools::{install, workspace};
use std::{fmt::Write, fs, path::PathBuf, process::Command};

/// The numbers that were agreed on.
const COMMITTED: &str = "xtask/request-path.txt";
/// By so much a number may grow, as a share.
const GROWTH: f64 = 0.03;
/// Requests of a count: enough that the first, which find nothing prepared, weigh nothing.
const REQUESTS: u64 = 20_000;
/// What is counted: all that happens between an event and the next wait.
const COUNTED: &str = "--toggle-collect=*shard::counted::turn*";
/// Kinds of answers: heads that are the same, heads that differ, chunks.
const KINDS: [&str; 3] = ["fixed", "ids", "chunked"];

#[derive(clap::Args)]
pub struct Arguments {
    /// Commits to what is counted here, instead of comparing with it
    #[arg(long)]
    update: bool,
}

/// Counts, and compares or commits.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    install(&[("valgrind", "valgrind")])?;
    let compiler = compiler()?;
    let counted = KINDS.iter().map(|kind| Ok((*kind, count(kind)?))).collect::<Result<Vec<_>, String>>()?;
    let path = workspace().join(COMMITTED);
    if arguments.update {
        let mut text = format!("# User instructions a request, by kind of answers: cargo xtask gate --update\n{compiler}\n");
        for (kind, count) in &counted {
            writeln!(text, "{kind} {count:.1}").expect("writing to memory can't fail");
        }
        return fs::write(&path, text).map_err(|error| format!("can't write {COMMITTED}: {error}"));
    }
    let text = fs::read_to_string(&path).map_err(|error| format!("can't read {COMMITTED}: {error}"))?;
    compare(&text, &compiler, &counted)
}

/// Says each number, and fails when one has grown.
fn compare(committed: &str, compiler: &str, counted: &[(&str, f64)]) -> Result<(), String> {
    let mut grown = Vec::new();
    for &(kind, count) in counted {
        let before = committed.lines().find_map(|line| line.strip_prefix(kind)?.trim().parse::<f64>().ok());
        let before = before.ok_or_else(|| format!("{COMMITTED} says nothing of {kind}: cargo xtask gate --update"))?;
        let change = count / before - 1.0;
        println!("request path, {kind}: {count:.1} user instructions a request, {:+.2}% against {before:.1}", change * 1e2);
        if change > GROWTH {
            grown.push(format!("{kind} by {:.1}%", change * 1e2));
        }
    }
    if grown.is_empty() {
        return Ok(());
    }
    let other = match committed.lines().find(|line| line.starts_with("rustc ")) {
        Some(line) if line != compiler => format!(" It was counted with {line}, and here is {compiler}, which may be all there is to it."),
        _ => String::new(),
    };
    let most = GROWTH * 1e2;
    Err(format!(
        "the request path has grown by more than {most}%: {}.{other} Where that is worth it: cargo xtask gate --update, and say why in the commit",
        grown.join(", ")
    ))
}

fn compiler() -> Result<String, String> {
    let output = Command::new("rustc").arg("--version").output().map_err(|error| format!("rustc can't be started: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// User instructions a request.
fn count(kind: &str) -> Result<f64, String> {
    let program = workspace().join("target/release/examples/request_path");
    let built = Command::new("cargo")
        .current_dir(workspace())
        .args(["build", "--release", "--quiet", "--package", "plimsoll-engine", "--example", "request_path"])
        .status();
    if !built.map_err(|error| format!("cargo can't be started: {error}"))?.success() {
        return Err("the example request_path of the engine can't be built".to_owned());
    }
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", COUNTED])
        .arg::<PathBuf>(program)
        .args([kind, &REQUESTS.to_string()])
        .output()
        .map_err(|error| format!("valgrind can't be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let total = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse::<u64>().ok());
    match total {
        Some(total) if output.status.success() && total > 0 => Ok(total as f64 / REQUESTS as f64),
        _ => Err(format!("callgrind counted nothing: {said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGREED: &str = "# how\nrustc 1.0.0\nfixed 400.0\nids 1000.0\n";

    #[test]
    fn a_little_growth_passes_and_more_is_named() {
        assert_eq!(compare(AGREED, "rustc 1.0.0", &[("fixed", 411.9), ("ids", 500.0)]), Ok(()));
        let grown = compare(AGREED, "rustc 1.0.0", &[("fixed", 412.1), ("ids", 1100.0)]).unwrap_err();
        assert!(grown.contains("fixed by 3.0%, ids by 10.0%") && !grown.contains("rustc"), "{grown}");
        let other = compare(AGREED, "rustc 2.0.0", &[("fixed", 500.0)]).unwrap_err();
        assert!(other.contains("with rustc 1.0.0, and here is rustc 2.0.0"), "{other}");
        assert!(compare(AGREED, "rustc 1.0.0", &[("chunked", 1.0)]).unwrap_err().contains("says nothing of chunked"));
    }
}
