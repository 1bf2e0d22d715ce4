//! What one client pays for a request: the difference between a long run and a short one, so that starting, connecting and settling, which
//! both do, cost nothing.

use super::{
    client::{Amount, Client, Load, Seen},
    place::Address,
    process::{Finished, Seat, finish},
    tools::{Tools, folder},
};
use crate::tools::which;
use serde::{Deserialize, Serialize};
use std::{fs, process::Command};

/// What counts instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// The processor's own counters.
    Perf,
    /// The clock of a machine in which each instruction takes a nanosecond.
    Clock,
    /// Nothing.
    Nobody,
}

impl Counter {
    /// The processor's counters where they can be read.
    pub fn of_this_machine() -> Self {
        let Some(perf) = which("perf") else { return Self::Nobody };
        let tried = Command::new(perf).args(["stat", "-x,", "-e", "instructions:u,instructions:k", "true"]).output();
        match tried {
            Ok(output) if output.status.success() && !String::from_utf8_lossy(&output.stderr).contains("<not") => Self::Perf,
            _ => Self::Nobody,
        }
    }
}

/// What one client paid for a request.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Cost {
    /// Instructions, user and kernel; `None` where nothing counts them.
    pub instructions: Option<f64>,
    /// The user part of them, where it is known.
    pub user: Option<f64>,
    /// CPU time, in microseconds.
    pub cpu_us: f64,
    /// Answers a second, in the long run; `None` where the client does not say.
    pub per_s: Option<f64>,
}

/// One run of a client.
struct Run {
    answers: f64,
    per_s: Option<f64>,
    cpu_us: f64,
    user: Option<f64>,
    kernel: Option<f64>,
}

/// Runs a client twice.
pub fn cost(
    counter: Counter,
    client: Client,
    tools: &Tools,
    load: &Load,
    to: &Address,
    (short, long): (Amount, Amount),
    seat: Seat,
) -> Result<Cost, String> {
    let once = |amount: Amount| run(counter, client, client.words(tools, load, to, amount), seat);
    let (short, long) = (once(short)?, once(long)?);
    let answers = long.answers - short.answers;
    if answers <= 0.0 {
        return Err(format!("{} had no more answers in a longer run", client.name()));
    }
    let each = |long: f64, short: f64| (long - short) / answers;
    let cpu_us = each(long.cpu_us, short.cpu_us);
    let part = |part: fn(&Run) -> Option<f64>| Some(each(part(&long)?, part(&short)?));
    let user = part(|run| run.user);
    let instructions = match counter {
        Counter::Clock => Some(cpu_us * 1e3),
        Counter::Perf => part(|run| Some(run.user? + run.kernel?)),
        Counter::Nobody => None,
    };
    Ok(Cost { instructions, user, cpu_us, per_s: long.per_s })
}

fn run(counter: Counter, client: Client, words: Vec<String>, seat: Seat) -> Result<Run, String> {
    if counter != Counter::Perf {
        let finished = finish(&words, seat)?;
        return understand(client, &finished, None);
    }
    let counts = folder().join("perf.csv");
    let perf = ["perf", "stat", "-x,", "-e", "instructions:u,instructions:k", "-o"].map(str::to_owned);
    let words: Vec<String> = perf.into_iter().chain([counts.display().to_string()]).chain(words).collect();
    let finished = finish(&words, seat)?;
    let text = fs::read_to_string(&counts).map_err(|error| format!("perf left no counts: {error}"))?;
    understand(client, &finished, Some(&text))
}

fn understand(client: Client, finished: &Finished, counts: Option<&str>) -> Result<Run, String> {
    let Seen { answers, per_s, .. } = client.read(&finished.stdout)?;
    let count = |event: &str| counts?.lines().find(|line| line.contains(event))?.split(',').next()?.parse().ok();
    let (user, kernel) = (count("instructions:u"), count("instructions:k"));
    Ok(Run { answers: answers as f64, per_s, cpu_us: finished.cpu.as_secs_f64() * 1e6, user, kernel })
}
