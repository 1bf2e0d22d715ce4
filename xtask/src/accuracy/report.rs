//! What the task prints while, and after, it runs.

use super::{
    Run,
    summary::{Row, WORDS},
};
use plimsoll_core::sim::cases::{Case, Truth};
use std::time::Duration;

/// The truth in a few words.
pub fn show_truth(truth: &Truth) -> String {
    match *truth {
        Truth::Line(line) => format!("{line}"),
        Truth::Moves { from, after_minute } => format!("{from}, {after_minute} after 60 s"),
        Truth::Jumps { before, after, .. } => format!("{before}, then {after}"),
        Truth::Beyond => "at least the ceiling".to_owned(),
        Truth::NotToBeFound { at_least: 0.0 } => "withheld".to_owned(),
        Truth::NotToBeFound { at_least } => format!("withheld, or at least n <= {at_least}"),
    }
}

pub fn list(cases: &[Case]) {
    for case in cases {
        println!("{:<44} {:<13} {}", case.name, case.class.name(), show_truth(&case.truth));
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"))
}

pub fn run(name: &str, run: &Run) {
    let answer = &run.answer;
    let error = run.judged.error.map_or_else(|| "-".to_owned(), |error| format!("{:+.1}%", error * 100.0));
    let mark = match (run.judged.silently_wrong, run.judged.covered) {
        (true, _) => "SILENTLY WRONG",
        (false, Some(false)) => "not covered",
        _ => "",
    };
    println!(
        "{name:<40} {:<12} seed {:>3}  {:>8} [{:>8}, {:>8}]  {:<9} {:>6.1} s  {error:>7}  {mark}{}",
        run.method.short(),
        run.seed,
        number(answer.value),
        number(answer.low),
        number(answer.high),
        answer.word.map_or_else(String::new, |word| format!("{word:?}").to_lowercase()),
        answer.took.as_secs_f64(),
        if answer.reasons.is_empty() { String::new() } else { format!("  ({})", answer.reasons.join("; ")) },
    );
}

/// A line for each case and method.
pub fn short(cases: &[Case], rows: &[Row]) {
    let percent = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}%", share * 100.0));
    println!(
        "{:<42} {:<12} {:>9} {:>8} {:>8} {:>8} {:>8} {:>7}  words",
        "case", "method", "p95 error", "bias", "silent", "firm bad", "covered", "mean s"
    );
    for row in rows {
        let words: Vec<String> = WORDS.iter().zip(row.words).filter(|(_, n)| *n > 0).map(|((_, name), n)| format!("{n} {name}")).collect();
        println!(
            "{:<42} {:<12} {:>9} {:>8} {:>8} {:>8} {:>8} {:>7.1}  {}",
            cases[row.case].name,
            row.method.short(),
            percent(row.p95_error),
            percent(row.bias),
            percent(Some(row.silently_wrong)),
            row.firmly_wrong,
            percent(row.coverage),
            row.mean_s,
            words.join(", "),
        );
    }
}

/// What the runs cost.
pub fn speed(runs: &[Run], took: Duration) {
    let millions = runs.iter().map(|run| run.events).sum::<u64>() as f64 / 1e6;
    let seconds = took.as_secs_f64();
    println!("{} runs, {millions:.1} million events in {seconds:.1} s: {:.2} million/s", runs.len(), millions / seconds);
}
