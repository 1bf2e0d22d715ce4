//! docs/PERFORMANCE.md: what holds on any machine first, then what this one gave.

use super::{
    Results,
    agreement::{self, Said},
    case::{CASES, Case, TARGETS},
    client::Client,
    cost::{Sample, ratio, spread},
    lag::{OFF_AT_MOST, RATE},
    measure::{Cost, Counter},
    memory,
    spread::Spread,
};
use std::fmt::Write;

/// The whole page.
pub fn markdown(results: &Results) -> String {
    let mut page = format!(
        "# Performance\n\nWritten by `{}`; all numbers are medians (smallest to largest of the rounds).\n\n{}\n\n",
        results.command,
        counted_by(results)
    );
    section(&mut page, "Targets", &targets(results), "target | measured | ");
    section(&mut page, "Instructions a request, against wrk in the same round", &ratios(&results.counted), "case | client | ratio");
    section(&mut page, "Instructions a request", &instructions(&results.counted), "case | client | user and kernel | user");
    section(&mut page, "CPU time and rate, client and server on a core each", &times(&results.timed), TIMES);
    if let Some(memory) = &results.memory {
        let rows: Vec<String> = memory.iter().map(|(client, bytes)| format!("{} | {}", client.name(), shown_or_why(bytes))).collect();
        let title = format!("Memory a connection: peak with {} less peak with 1, over the difference", memory::MANY);
        section(&mut page, &title, &rows, "client | bytes");
    }
    section(&mut page, &format!("Open loop: {RATE:.0} a second over 1,000 connections{AS_STARTED}"), &lags(results), LAGS);
    for model in results.agreement.iter().flat_map(|_| agreement::MODELS) {
        let title = format!("Agreement: {} connections, `plimsoll lab '{model}'`{AS_IF_QUIET}", agreement::CONNECTIONS);
        let rows: Vec<String> = results.agreement.iter().flatten().filter(|said| said.model == model).map(agreed).collect();
        section(&mut page, &title, &rows, "client | answers/s | mean ms | p50 ms | p90 ms | p99 ms");
    }
    if results.agreement.is_some() {
        page.push_str(FILLED_UP);
    }
    let failures = failures(results);
    if !failures.is_empty() {
        writeln!(page, "## Not measured\n\n{}", failures.join("\n")).expect("writing to memory can't fail");
    }
    page.trim_end().to_owned() + "\n"
}

/// What makes up for a core that other programs use as well.
const AS_IF_QUIET: &str = " (server and client at a real-time priority where this may be asked for, as on a quiet machine)";
/// The send lag is that of Plimsoll as anybody would start it.
const AS_STARTED: &str = " (the server bound to a core, Plimsoll to none, both at an ordinary priority)";
/// Why there are two rows of ours.
const FILLED_UP: &str = "wrk adds requests that were never sent to its times: for each answer that took over twice the mean, those that would have been\n\
     waiting meanwhile. Where times vary much, what it prints is therefore to be held against the row in which ours are filled up alike.\n\n";
const TIMES: &str = "case | client | CPU us a request | against wrk | answers/s";
const LAGS: &str = "sends | lag p50 us | lag p99 us | off the rate asked";

fn section(page: &mut String, title: &str, rows: &[String], head: &str) {
    if rows.is_empty() {
        return;
    }
    let rule = "|---".repeat(head.split('|').count());
    let rows: Vec<String> = rows.iter().map(|row| format!("| {row} |")).collect();
    writeln!(page, "## {title}\n\n| {head} |\n{rule}|\n{}\n", rows.join("\n")).expect("writing to memory can't fail");
}

fn counted_by(results: &Results) -> &'static str {
    match results.counter {
        Counter::Perf => "Instructions are the processor's own count (perf stat), user and kernel.",
        _ => {
            "The processor's counters can't be read on this machine. Instructions, user and kernel, are those of an emulated machine (QEMU,\n\
             `-icount`) in which each takes a nanosecond, so that CPU time counts them. It has one core, which client and server share; the\n\
             counts do not depend on the load of the machine around it. Each is the difference between a long run and a short one, so that\n\
             starting and connecting cost nothing."
        }
    }
}

fn instructions_of(cost: &Cost) -> Option<f64> {
    cost.instructions
}

fn shown(spread: Option<Spread>) -> String {
    spread.map_or_else(|| "not measured".to_owned(), |spread| spread.to_string())
}

fn shown_or_why(spread: &Result<Spread, String>) -> String {
    spread.as_ref().map_or_else(|why| why.replace(['|', '\n'], " "), Spread::to_string)
}

fn verdict(measured: Option<f64>, at_most: f64) -> &'static str {
    match measured {
        None => "not measured",
        Some(measured) if measured <= at_most => "met",
        Some(_) => "**missed**",
    }
}

fn targets(results: &Results) -> Vec<String> {
    let mut rows = Vec::new();
    let mut row = |what: String, measured: Option<Spread>, at_most: f64| {
        rows.push(format!("{what} | {} | {}", shown(measured), verdict(measured.map(|spread| spread.median), at_most)));
    };
    for target in TARGETS {
        let measured = ratio(&results.counted, target.case, Client::Plimsoll, target.against, instructions_of);
        let against = target.against.name();
        row(format!("{}: at most {:.2} of the instructions of {against}", target.case, target.at_most), measured, target.at_most);
    }
    if let Some(memory) = &results.memory {
        let ours = memory.iter().find(|(client, _)| *client == Client::Plimsoll).and_then(|(_, bytes)| bytes.as_ref().ok().copied());
        row(format!("{} connections: at most {} bytes each", memory::MANY, memory::AT_MOST), ours, memory::AT_MOST);
    }
    for lag in results.lag.iter().flatten() {
        let how = if lag.spin { "open loop, awake" } else { "open loop" };
        let p50 = lag.p50_at_most_us();
        row(format!("{how}: send lag p50 at most {p50} us"), Some(lag.p50_us), p50);
        if let Some(p99) = lag.p99_at_most_us() {
            row(format!("{how}: send lag p99 at most {p99} us"), Some(lag.p99_us), p99);
        }
        row(format!("{how}: at most {OFF_AT_MOST} off the rate asked"), Some(lag.off), OFF_AT_MOST);
    }
    rows
}

/// A row for each case and client that was measured.
fn each(samples: &[Sample], row: impl Fn(&Case, Client) -> Option<String>) -> Vec<String> {
    let measured = |case: &Case, client: Client| samples.iter().any(|sample| sample.case().name == case.name && sample.client() == client);
    let pairs = CASES.iter().flat_map(|case| case.clients.iter().map(move |&client| (case, client)));
    pairs.filter(|&(case, client)| measured(case, client)).filter_map(|(case, client)| row(case, client)).collect()
}

fn ratios(samples: &[Sample]) -> Vec<String> {
    each(samples, |case, client| {
        let ratio = ratio(samples, case.name, client, Client::Wrk, instructions_of)?;
        (client != Client::Wrk).then(|| format!("{} | {} | {ratio}", case.name, client.name()))
    })
}

fn instructions(samples: &[Sample]) -> Vec<String> {
    each(samples, |case, client| {
        let all = spread(samples, case.name, client, instructions_of)?;
        let user = spread(samples, case.name, client, |cost| cost.user).map_or_else(|| "-".to_owned(), |user| user.to_string());
        Some(format!("{} | {} | {all} | {user}", case.name, client.name()))
    })
}

fn times(samples: &[Sample]) -> Vec<String> {
    each(samples, |case, client| {
        let cpu = spread(samples, case.name, client, |cost| Some(cost.cpu_us))?;
        let per_s = spread(samples, case.name, client, |cost| cost.per_s).map_or_else(|| "-".to_owned(), |per_s| per_s.to_string());
        let ratio = ratio(samples, case.name, client, Client::Wrk, |cost| Some(cost.cpu_us));
        let ratio = ratio.map_or_else(|| "-".to_owned(), |ratio| ratio.to_string());
        Some(format!("{} | {} | {cpu} | {ratio} | {per_s}", case.name, client.name()))
    })
}

fn lags(results: &Results) -> Vec<String> {
    let row = |lag: &super::lag::Lag| {
        let how = if lag.spin { "waited for awake (`--spin`)" } else { "waited for asleep" };
        format!(
            "{how} | {} | {} | {:.4}% ({:.4}% to {:.4}%)",
            lag.p50_us,
            lag.p99_us,
            lag.off.median * 1e2,
            lag.off.min * 1e2,
            lag.off.max * 1e2
        )
    };
    results.lag.iter().flatten().map(row).collect()
}

fn agreed(said: &Said) -> String {
    let cells: Vec<String> = [said.per_s, said.mean_ms, said.p50_ms, said.p90_ms, said.p99_ms]
        .into_iter()
        .map(|cell| cell.map_or_else(|| "not said".to_owned(), |cell| cell.to_string()))
        .collect();
    format!("{} | {}", said.who, cells.join(" | "))
}

/// A line for each client that failed in a case.
fn failures(results: &Results) -> Vec<String> {
    let all = results.counted.iter().chain(&results.timed);
    let mut lines: Vec<String> = all
        .filter_map(|sample| {
            let why = sample.outcome.as_ref().err()?;
            Some(format!("- {}, {}: {}", sample.case().name, sample.client().name(), why.lines().next().unwrap_or_default()))
        })
        .collect();
    lines.sort();
    lines.dedup_by_key(|line| line.split(": ").next().map(str::to_owned));
    lines
}
