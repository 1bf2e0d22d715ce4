//! The one screen of a comparison: the sentence that a person would repeat, what all had alike, and the systems side by side.

#[cfg(test)]
mod made;
#[cfg(test)]
mod tests;

use super::{closing, early, names};
use crate::report::paint::{Look, Tone, plain};
use plimsoll_core::{
    finding::{Budget, Comparison, Finding, PairWord, Rung, System, Warning, Word},
    units::{show_bytes, show_number},
};

/// Columns of the names of rows, and of each system.
const NAMES: usize = 22;
const COLUMN: usize = 18;

/// A row: its name, and what it says of a system.
type Row = (&'static str, fn(&System) -> String);

const ROWS: [Row; 9] = [
    ("load line", |system| names::line(&system.finding.load_line)),
    ("how sure", |system| word(system.finding.load_line.word).to_owned()),
    ("stops because", |system| cause(&system.finding)),
    ("then it becomes", |system| degrades(&system.finding)),
    ("alone, median", |system| names::ms(system.finding.unloaded.p50_ms)),
    ("at the line, p99", |system| names::ms(system.finding.at_line.p99_ms)),
    ("most good answers/s", |system| known(system.finding.peak.as_ref().map(|peak| peak.throughput_per_s), show_number)),
    ("CPU a request", |system| names::ms(system.cpu_seconds_per_request.map(|s| s * 1e3))),
    ("memory a user", |system| known(system.memory_per_user_bytes, |bytes| show_bytes(bytes as u64))),
];

/// The comparison as a text of about one screen, ending in a line end.
pub fn comparison(comparison: &Comparison, look: &Look) -> String {
    let names: Vec<String> = comparison.systems.iter().map(|system| plain(&system.name)).collect();
    let mut out = look.wrap(&format!("{} {}", look.mark(), names.join(" against ")), 4) + "\n";
    out.push_str(&early(comparison.account.ending, comparison.account.took_s, look));
    out.push('\n');
    out.push_str(&answer(comparison, look));
    out.push('\n');
    out.push_str(&look.paint(Tone::Soft, &look.wrap(&budget(&comparison.budget), 0)));
    out.push_str("\n\n");
    let fitting = (look.columns.saturating_sub(NAMES) / COLUMN).max(1);
    for systems in comparison.systems.chunks(fitting) {
        out.push_str(&table(systems, look));
        out.push('\n');
    }
    for system in &comparison.systems {
        if system.finding.generator.limited {
            out.push_str(&look.wrap(&format!("{}:", plain(&system.name)), 0));
            out.push('\n');
            out.push_str(&closing::generator(&system.finding.generator, look));
        }
    }
    out.push_str(&closing::warnings(&warnings(comparison), look));
    out
}

/// Those of the comparison, and those of each search.
fn warnings(comparison: &Comparison) -> Vec<Warning> {
    let of_system = |system: &System| {
        let name = system.name.clone();
        let named = move |warning: &Warning| Warning { text: format!("{name}: {}", warning.text), ..warning.clone() };
        system.finding.warnings.iter().map(named).collect::<Vec<_>>()
    };
    comparison.account.warnings.iter().cloned().chain(comparison.systems.iter().flat_map(of_system)).collect()
}

/// A sentence for each pair, with the reasons why nothing more can be said.
fn answer(comparison: &Comparison, look: &Look) -> String {
    if comparison.pairs.is_empty() {
        return look.paint(Tone::Degraded, "Nothing was compared.") + "\n";
    }
    let mut out = String::new();
    for pair in &comparison.pairs {
        let tone = if pair.word == PairWord::CannotTell { Tone::Degraded } else { Tone::Good };
        for line in look.wrap(&plain(&pair.sentence()), 0).lines() {
            out.push_str(&look.paint(tone, line));
            out.push('\n');
        }
        for reason in &pair.reasons {
            out.push_str(&look.wrap(&format!("  {}", plain(reason)), 2));
            out.push('\n');
        }
    }
    out
}

/// What all systems had alike, and what held them to it.
fn budget(budget: &Budget) -> String {
    let cpus = budget.cpus.map(|cpus| if cpus == 1.0 { "1 core".to_owned() } else { format!("{} cores", show_number(cpus)) });
    let memory = budget.memory_bytes.map(|bytes| format!("{} of memory", show_bytes(bytes)));
    let had: Vec<String> = cpus.into_iter().chain(memory).collect();
    if had.is_empty() || budget.enforced_by.is_empty() {
        return "The systems run already: that they have the same hardware is for whoever started them to see to.".to_owned();
    }
    let by: Vec<String> = budget.enforced_by.iter().map(|by| plain(by)).collect();
    format!("Each had the same hardware: {}, held to it by {}.", had.join(" and "), by.join(", "))
}

fn table(systems: &[System], look: &Look) -> String {
    let row = |name: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<Vec<String>> = cells.map(|cell| broken(&cell)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let mut out = String::new();
        for at in 0..height {
            let mut text = format!("{:<NAMES$}", if at == 0 { name } else { "" });
            for cell in &cells {
                text.push_str(&format!("{:<COLUMN$}", cell.get(at).map_or("", String::as_str)));
            }
            out.push_str(text.trim_end());
            out.push('\n');
        }
        out
    };
    let heading = row("", &mut systems.iter().map(|system| plain(&system.name)));
    let mut out: String = heading.lines().map(|line| look.paint(Tone::Soft, line) + "\n").collect();
    for (name, of) in ROWS {
        out.push_str(&row(&format!("  {name}"), &mut systems.iter().map(of)));
    }
    out
}

/// A cell broken into lines that leave a gap to the next column.
fn broken(cell: &str) -> Vec<String> {
    textwrap::wrap(cell, COLUMN - 2).into_iter().map(|line| line.into_owned()).collect()
}

fn word(word: Word) -> &'static str {
    match word {
        Word::Firm => "firm",
        Word::Rough => "rough",
        Word::Unstable => "unstable",
        Word::AtLeast => "limit not reached",
        Word::Withheld => "withheld",
    }
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
