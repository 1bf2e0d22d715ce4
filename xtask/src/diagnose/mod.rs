//! `cargo xtask diagnose`: real servers whose cause is known, and what `plimsoll find` says of them.

mod beside;
mod cage;
mod counted;
mod find;
mod group;
mod held_out;
mod needs;
mod page;
mod pairs;
mod scratch;
mod servers;
mod stand;
mod trial;
mod tuned;

use crate::tools::{run as finish, workspace};
use find::search;
use needs::Environment;
use pairs::{PAIRS, Raised};
use servers::{Server, all};
use std::{fs, process::Command};
use trial::{Mark, Trial, passes};

/// Servers that need little, are searched quickly, and differ in why they stop.
const FAST: [&str; 5] = [
    "gunicorn sync -w 4, waits 100 ms",
    "gunicorn gthread 4x8, waits 100 ms",
    "uvicorn, time.sleep in the handler",
    "uvicorn, 40 threads that wait",
    "uvicorn, semaphore of 10",
];

#[derive(clap::Args)]
pub struct Arguments {
    /// Searches of each server
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// How long each search takes, in seconds; twice that where many are carried at one time, four times where nobody is answered beyond the line
    #[arg(long, default_value_t = 15)]
    seconds: u32,
    /// Only servers, pairs and pools of the lab whose name contains this (repeatable); docs/DIAGNOSIS.md is then not written
    #[arg(long)]
    server: Vec<String>,
    /// A few servers, each once, and once more where that was not right: fails when a cause is named that is not there, or more than one is not
    /// named; writes nothing
    #[arg(long, conflicts_with_all = ["runs", "server"])]
    fast: bool,
}

impl Arguments {
    fn chose(&self, name: &str) -> bool {
        self.server.is_empty() || self.server.iter().any(|part| name.contains(part.as_str()))
    }
}

/// Searches each server, several times, and writes the page.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let folder = workspace().join("target/diagnose");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    finish(Command::new("cargo").current_dir(workspace()).args(["build", "--release", "--quiet"]))?;
    let environment = Environment::new(folder);
    if arguments.fast {
        let few = all().filter(|server| FAST.contains(&server.name));
        return passes(&few.map(|server| right_once(server, &environment, arguments.seconds)).collect::<Vec<_>>());
    }
    let trials = trials(all().filter(|server| arguments.chose(server.name)), &environment, arguments.runs, arguments.seconds);
    let mut counted = counted::of_servers(&trials);
    counted.extend(counted::of_pools(|target| arguments.chose(target), arguments.runs, arguments.seconds)?);
    let raised = raise(arguments, &environment);
    let page = page::render(&page::Results { trials, counted, raised }, arguments.runs, arguments.seconds);
    println!("{page}");
    if arguments.server.is_empty() {
        let path = workspace().join("docs/DIAGNOSIS.md");
        fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Searches servers, each so many times; one that can't be had is not tried again.
fn trials(servers: impl Iterator<Item = &'static Server>, environment: &Environment, runs: u32, seconds: u32) -> Vec<Trial> {
    let mut all = Vec::new();
    for server in servers {
        for _ in 0..runs {
            let trial = Trial { server, said: search(server, environment, seconds) };
            let evidence = trial.said.as_ref().map_or("", |said| said.evidence.as_str());
            eprintln!("{}: {:?}: {}: {evidence}", server.name, trial.mark(), trial.words());
            let is_out = trial.said.is_err();
            all.push(trial);
            if is_out {
                break;
            }
        }
    }
    all
}

/// Searches a server, and once more where the answer is not right: whatever else runs on this machine may have been in the way.
fn right_once(server: &'static Server, environment: &Environment, seconds: u32) -> Trial {
    let once = || Trial { server, said: search(server, environment, seconds) };
    let first = once();
    eprintln!("{}: {:?}: {}", server.name, first.mark(), first.words());
    if matches!(first.mark(), Mark::Right | Mark::NotRun) {
        return first;
    }
    let second = once();
    eprintln!("{}: {:?}: {}", server.name, second.mark(), second.words());
    second
}

/// Searches both servers of each pair, several times.
fn raise(arguments: &Arguments, environment: &Environment) -> Vec<Raised> {
    let chosen = PAIRS.iter().filter(|pair| arguments.chose(pair.before.name) || arguments.chose(pair.after.name));
    let both = |pair: &'static pairs::Pair| {
        let before = search(&pair.before, environment, arguments.seconds)?;
        Ok((before, search(&pair.after, environment, arguments.seconds)?))
    };
    let mut all = Vec::new();
    for pair in chosen {
        for _ in 0..arguments.runs {
            let raised = Raised { pair, said: both(pair) };
            let words = match &raised.said {
                Ok((before, after)) => format!("head-room {:?}, then {:?} slots: {:?}", before.headroom, after.slots, after.verdict),
                Err(why) => format!("not run: {why}"),
            };
            eprintln!("{} -> {}: {words}", pair.before.name, pair.after.name);
            all.push(raised);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_ones_are_there_and_need_python_alone() {
        let few: Vec<&Server> = all().filter(|server| FAST.contains(&server.name)).collect();
        assert_eq!(few.len(), FAST.len());
        let needs = few.iter().flat_map(|server| server.needs);
        assert!(needs.into_iter().all(|need| matches!(need, needs::Need::Python(_))));
    }
}
