//! `cargo xtask diagnose`: real servers whose cause is known, and what `plimsoll find` says of them.

mod page;
mod servers;
mod stand;

use crate::tools::{install, run as finish, workspace};
use serde_json::Value;
use servers::{SERVERS, Server};
use stand::Stand;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

/// What is installed beside the applications.
const PACKAGES: [&str; 8] = [
    "gunicorn==23.0.0",
    "packaging==25.0",
    "gevent==25.9.1",
    "uvicorn==0.38.0",
    "waitress==3.0.2",
    "hypercorn==0.18.0",
    "granian==2.6.0",
    "setuptools==80.9.0",
];

#[derive(clap::Args)]
pub struct Arguments {
    /// Searches of each server
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// How long each search takes, in seconds; twice that where many are carried at one time
    #[arg(long, default_value_t = 15)]
    seconds: u32,
    /// Only servers whose name contains this (repeatable); docs/DIAGNOSIS.md is then not written
    #[arg(long)]
    server: Vec<String>,
}

/// What one search said.
pub struct Said {
    pub server: &'static Server,
    /// The verdict with its confidence, or why there is none.
    pub verdict: Result<(String, String), String>,
    /// Slots, head-room and evidence, for the page.
    pub evidence: String,
}

/// What became of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Right,
    /// A cause that is not there, with confidence.
    Wrong,
    /// "Cannot tell", low confidence, or no answer at all.
    Neither,
}

impl Said {
    pub fn mark(&self) -> Mark {
        match &self.verdict {
            Ok((verdict, _)) if self.server.right.contains(&verdict.as_str()) => Mark::Right,
            Ok((verdict, confidence)) if verdict != "unknown" && confidence != "low" => Mark::Wrong,
            _ => Mark::Neither,
        }
    }
}

/// Searches each server, several times, and writes the page.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let bin = environment()?;
    finish(Command::new("cargo").current_dir(workspace()).args(["build", "--release", "--quiet"]))?;
    let chosen = |server: &&Server| arguments.server.is_empty() || arguments.server.iter().any(|part| server.name.contains(part.as_str()));
    let mut all = Vec::new();
    for server in SERVERS.iter().filter(chosen) {
        for _ in 0..arguments.runs {
            let said = search(server, &bin, arguments.seconds * server.times_as_long)?;
            let verdict = said.verdict.as_ref().map_or_else(Clone::clone, |(verdict, confidence)| format!("{verdict} ({confidence})"));
            eprintln!("{}: {verdict}: {:?}: {}", server.name, said.mark(), said.evidence);
            all.push(said);
        }
    }
    let page = page::render(&all, arguments.runs, arguments.seconds);
    println!("{page}");
    if arguments.server.is_empty() {
        let path = workspace().join("docs/DIAGNOSIS.md");
        fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// A Python environment under target/ with the servers, made where it is missing; where its programs are.
fn environment() -> Result<PathBuf, String> {
    install(&[("node", "nodejs"), ("python3", "python3-venv")])?;
    let folder = workspace().join("target/diagnose");
    let done = folder.join("packages");
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(folder.join("venv/bin"));
    }
    finish(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")))?;
    finish(Command::new(folder.join("venv/bin/pip")).args(["install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES))?;
    fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    Ok(folder.join("venv/bin"))
}

fn search(server: &'static Server, bin: &std::path::Path, seconds: u32) -> Result<Said, String> {
    let stand = Stand::start(server, bin)?;
    let url = format!("http://{}{}", stand.address(), server.path);
    let program = workspace().join("target/release/plimsoll");
    let output = Command::new(program)
        .args(["find", &url, "--json", "--time", &format!("{seconds}s")])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("plimsoll can't be started: {error}"))?;
    let said = |verdict, evidence| Ok(Said { server, verdict, evidence });
    let Ok(finding) = serde_json::from_slice::<Value>(&output.stdout) else {
        let why = String::from_utf8_lossy(&output.stderr);
        return said(Err(why.lines().last().unwrap_or("no result").to_owned()), String::new());
    };
    let text = |path: &str| finding.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let evidence: Vec<String> = finding
        .pointer("/cause/evidence")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect();
    match text("/cause/verdict").zip(text("/cause/confidence")) {
        Some(verdict) => said(Ok(verdict), evidence.join("; ")),
        None => said(Err(text("/load_line/reasons/0").unwrap_or_else(|| "no cause".to_owned())), String::new()),
    }
}
