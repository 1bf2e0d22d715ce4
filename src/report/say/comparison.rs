//! A comparison in rows and sentences: what all had alike, and the systems side by side.

use super::names;
use crate::report::paint::plain;
use plimsoll_core::{
    finding::{Budget, Comparison, Finding, Rung, System, Warning, Word},
    units::{show_bytes, show_number},
};

/// What is said where no pair could be compared.
pub const NOTHING: &str = "Nothing was compared.";

/// A row: its name, and what it says of a system.
pub type Row = (&'static str, fn(&System) -> String);

/// What is said of each system.
pub const ROWS: [Row; 9] = [
    ("load line", |system| names::line(&system.finding.load_line)),
    ("how sure", |system| names::word(system.finding.load_line.word).to_owned()),
    ("stops because", |system| cause(&system.finding)),
    ("then it becomes", |system| degrades(&system.finding)),
    ("alone, median", |system| names::ms(system.finding.unloaded.p50_ms)),
    ("at the line, p99", |system| names::ms(system.finding.at_line.p99_ms)),
    ("most good answers/s", |system| known(system.finding.peak.as_ref().map(|peak| peak.throughput_per_s), show_number)),
    ("CPU a request", |system| names::ms(system.cpu_seconds_per_request.map(|s| s * 1e3))),
    ("memory a user", |system| known(system.memory_per_user_bytes, |bytes| show_bytes(bytes as u64))),
];

/// Those of the comparison, and those of each search.
pub fn warnings(comparison: &Comparison) -> Vec<Warning> {
    let of_system = |system: &System| {
        let name = system.name.clone();
        let named = move |warning: &Warning| Warning { text: format!("{name}: {}", warning.text), ..warning.clone() };
        system.finding.warnings.iter().map(named).collect::<Vec<_>>()
    };
    comparison.account.warnings.iter().cloned().chain(comparison.systems.iter().flat_map(of_system)).collect()
}

/// What all systems had alike, and what held them to it.
pub fn budget(budget: &Budget) -> String {
    let cpus = budget.cpus.map(|cpus| if cpus == 1.0 { "1 core".to_owned() } else { format!("{} cores", show_number(cpus)) });
    let memory = budget.memory_bytes.map(|bytes| format!("{} of memory", show_bytes(bytes)));
    let had: Vec<String> = cpus.into_iter().chain(memory).collect();
    if had.is_empty() || budget.enforced_by.is_empty() {
        return "The systems run already: that they have the same hardware is for whoever started them to see to.".to_owned();
    }
    let by: Vec<String> = budget.enforced_by.iter().map(|by| plain(by)).collect();
    format!("Each had the same hardware: {}, held to it by {}.", had.join(" and "), by.join(", "))
}

fn cause(finding: &Finding) -> String {
    let cause = finding.cause.as_ref().filter(|_| finding.load_line.word != Word::Withheld);
    cause.map_or_else(|| "not known".to_owned(), |cause| names::verdict(&cause.verdict))
}

/// The first rung beyond the knee, with where it was seen.
fn degrades(finding: &Finding) -> String {
    let first = finding.ladder.iter().find(|rung| rung.seen && rung.rung != Rung::Knee);
    match first {
        Some(rung) => match rung.users {
            Some(users) => format!("{} from {}", names::rung(rung.rung), show_number(users)),
            None => names::rung(rung.rung).to_owned(),
        },
        None => "not seen".to_owned(),
    }
}

fn known(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "not known".to_owned(), show)
}
