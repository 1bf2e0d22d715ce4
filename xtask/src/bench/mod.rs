//! `cargo xtask bench`: what Plimsoll and its peers pay for a request, side by side.

mod agreement;
mod case;
mod client;
mod cost;
mod emulated;
mod lag;
mod measure;
mod memory;
mod place;
mod process;
mod report;
mod spread;
pub mod tools;
mod wrk_correction;

use cost::{Choice, Sample};
use measure::Counter;
use place::Ground;
use process::Seat;
use rustix::thread::{CpuSet, sched_getaffinity};
use std::path::{Path, PathBuf};
use tools::Tools;

#[derive(clap::Args)]
pub struct Arguments {
    /// Runs of each client in each case
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// What the order of the runs is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only cases whose name contains this (repeatable)
    #[arg(long)]
    case: Vec<String>,
    /// Only clients whose name contains this (repeatable)
    #[arg(long)]
    client: Vec<String>,
    /// Only these parts; docs/PERFORMANCE.md is then not written
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Where to write the page (by default it is written to docs/PERFORMANCE.md when nothing is left out)
    #[arg(long)]
    out: Option<PathBuf>,
    /// Runs in the emulated machine
    #[arg(long, hide = true)]
    inside: bool,
    /// The number of the first round, in the emulated machine
    #[arg(long, default_value_t = 0, hide = true)]
    first: u32,
}

/// A part of the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Instructions a request, by perf or in an emulated machine
    Instructions,
    /// CPU time a request, and rates
    Time,
    /// Memory a connection
    Memory,
    /// Send lag of the open loop
    Lag,
    /// Whether clients agree on what they measure
    Agreement,
}

/// All that was measured; what was left out is empty.
struct Results {
    command: String,
    counter: Counter,
    /// Samples with instructions.
    counted: Vec<Sample>,
    /// Samples with times, of cores of their own.
    timed: Vec<Sample>,
    memory: Option<Vec<(client::Client, Result<spread::Spread, String>)>>,
    lag: Option<Vec<lag::Lag>>,
    agreement: Option<Vec<agreement::Said>>,
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let choice = Choice {
        cases: arguments.case.clone(),
        clients: arguments.client.clone(),
        rounds: arguments.rounds.max(1),
        seed: arguments.seed,
        first: arguments.first,
    };
    if arguments.inside {
        return cost::inside(&choice);
    }
    let tools = Tools::ready()?;
    crate::tools::install(&[("perf", "linux-perf")])?;
    let ground_files = tools::folder().join("files");
    place::prepare(&ground_files)?;
    let (server, client) = two_cores()?;
    let seats = Seats { server, client };
    let results = measure(arguments, &choice, &tools, &ground_files, seats)?;
    let page = report::markdown(&results);
    println!("{page}");
    let whole = choice.cases.is_empty() && choice.clients.is_empty() && arguments.only.is_empty();
    let out = match (&arguments.out, whole) {
        (Some(out), _) => out.clone(),
        (None, true) => crate::tools::workspace().join("docs/PERFORMANCE.md"),
        (None, false) => return Ok(()),
    };
    std::fs::write(&out, page).map_err(|error| format!("can't write {}: {error}", out.display()))?;
    println!("wrote {}", out.display());
    Ok(())
}

fn measure(arguments: &Arguments, choice: &Choice, tools: &Tools, files: &Path, seats: Seats) -> Result<Results, String> {
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    let (ground, seat) = seats.taken(tools, files, false);
    let (quiet_ground, quiet_seat) = seats.taken(tools, files, true);
    let (rounds, counter) = (choice.rounds, Counter::of_this_machine());
    let mut results =
        Results { command: command(arguments), counter, counted: Vec::new(), timed: Vec::new(), memory: None, lag: None, agreement: None };
    eprintln!("the machine should be quiet, but for where this says that it need not be");
    // Before the counts: what they leave behind, memory that the kernel has to put in order and a large process here, shows in both.
    if wanted(Part::Lag) {
        results.lag = Some(lag::measure(rounds, &ground)?);
    }
    if wanted(Part::Memory) {
        results.memory = Some(memory::measure(rounds, &ground, seat)?);
    }
    // The longest part by far, and the only one that does not mind what else the machine does.
    if wanted(Part::Instructions) && counter != Counter::Perf {
        eprintln!("instructions are counted: the machine need not be quiet");
        cost::measure_emulated(choice, tools, &mut |sample| {
            show(&sample);
            results.counted.push(sample);
        })?;
        eprintln!("from here on the machine should be quiet again");
    }
    if wanted(Part::Agreement) {
        results.agreement = Some(agreement::measure(rounds, choice.seed, &quiet_ground, quiet_seat)?);
    }
    if wanted(Part::Time) || (wanted(Part::Instructions) && counter == Counter::Perf) {
        cost::measure(choice, counter, &ground, seat, cost::amounts_outside, &mut |sample| {
            show(&sample);
            results.timed.push(sample);
            Ok(())
        })?;
    }
    if counter == Counter::Perf {
        results.counted = results.timed.clone();
    }
    Ok(results)
}

fn show(sample: &Sample) {
    let what = format!("  round {}, {}, {}", sample.round + 1, sample.case().name, sample.client().name());
    match &sample.outcome {
        Ok(cost) => {
            let instructions = cost.instructions.map_or_else(String::new, |count| format!("{count:.0} instructions, "));
            eprintln!("{what}: {instructions}{:.2} us a request", cost.cpu_us);
        }
        Err(why) => eprintln!("{what}: {why}"),
    }
}

fn command(arguments: &Arguments) -> String {
    format!("cargo xtask bench --rounds {} --seed {}", arguments.rounds, arguments.seed)
}

/// A core for servers, and one for clients.
#[derive(Clone, Copy)]
struct Seats {
    server: usize,
    client: usize,
}

impl Seats {
    /// What servers are started with, and where clients run.
    fn taken<'t>(self, tools: &'t Tools, files: &Path, comes_first: bool) -> (Ground<'t>, Seat) {
        let seat = |core| Seat { core: Some(core), comes_first };
        (Ground { tools, files: files.to_owned(), seat: seat(self.server) }, seat(self.client))
    }
}

/// A core for servers and another for clients.
fn two_cores() -> Result<(usize, usize), String> {
    let set = sched_getaffinity(None).map_err(|errno| format!("can't tell which cores may be used: {errno}"))?;
    let cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect();
    match (cores.first(), cores.last()) {
        (Some(&first), Some(&last)) if first != last => Ok((first, last)),
        _ => Err("a server and a client need a core each, and there is but one".to_owned()),
    }
}
