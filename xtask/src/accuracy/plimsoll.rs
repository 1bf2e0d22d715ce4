//! Plimsoll's search on a simulation: the only place here that knows its interface.

use super::Answer;
use plimsoll_core::{
    finding::{Ending, Finding, LatencySummary, Subject},
    search::{Move, Search},
    sim::{Simulation, cases::Case},
    step::{Driver, StepResult},
};

/// More steps than any search takes: a search that goes on is broken.
const MOST_STEPS: usize = 2_000;

/// Runs the search to its end; prints each step where `trace` asks for it.
///
/// # Panics
/// When the search does not end: an answer would hide that.
pub fn search(case: &Case, seed: u64, simulation: &mut Simulation, trace: bool) -> Answer {
    let mut search = Search::new(case.goal.clone());
    let mut steps = 0;
    while let Move::Step(plan) = search.next() {
        steps += 1;
        assert!(steps <= MOST_STEPS, "{}, seed {seed}: the search does not end", case.name);
        let driven = simulation.drive(&plan, &mut |so_far: &StepResult| search.watch(so_far));
        let result = match driven {
            Ok(result) => result,
            Err(never) => match never {},
        };
        if trace {
            show(&result);
        }
        search.observe(&result);
    }
    let finding = search.finding(subject(case, seed), Ending::Complete);
    if trace {
        conclude(&finding);
    }
    let line = finding.load_line;
    Answer { value: line.value, low: line.low, high: line.high, word: Some(line.word), took: simulation.now(), reasons: line.reasons }
}

fn subject(case: &Case, seed: u64) -> Subject {
    Subject {
        target: case.name.to_owned(),
        url: String::new(),
        description: None,
        start: None,
        command: format!("cargo xtask accuracy --case '{}' --first-seed {seed} --seeds 1", case.name),
        started_at: String::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn show(result: &StepResult) {
    let latency = LatencySummary::of(&result.response, result.failed().total(), result.mean_response_s());
    let ms = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}"));
    println!(
        "    {:>7.2} s  {:<9} {:>9.2}  settle {:>5.2} s  {:>6.2} s {:<11} good {:>7} {:>9.1}/s  failed {:>6}  ms: mean {:>7} p50 {:>7} p95 {:>7} p99 {:>7}",
        result.started.as_secs_f64(),
        format!("{:?}", result.plan.purpose).to_lowercase(),
        result.plan.load.size(),
        result.settled.as_secs_f64(),
        result.measured().as_secs_f64(),
        format!("{:?}", result.end).to_lowercase(),
        result.good(),
        result.good_per_s().unwrap_or(0.0),
        result.failed().total(),
        ms(latency.mean_ms),
        ms(latency.p50_ms),
        ms(latency.p95_ms),
        ms(latency.p99_ms),
    );
}

fn conclude(finding: &Finding) {
    if let Some(knee) = &finding.knee {
        println!("    knee {:.2} [{:.2}, {:.2}]", knee.users, knee.low, knee.high);
    }
    if let Some(peak) = &finding.peak {
        println!("    peak {:.1}/s at {:.2}", peak.throughput_per_s, peak.users);
    }
    println!("    bound by {}", finding.load_line.binding);
    for warning in &finding.warnings {
        println!("    warning: {}", warning.text);
    }
}
