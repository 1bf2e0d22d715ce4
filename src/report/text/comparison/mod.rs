//! The one screen of a comparison: the sentence that a person would repeat, what all had alike, and the systems side by side.

#[cfg(test)]
mod tests;

use super::{closing, early, painted};
use crate::report::{
    paint::{Look, Tone, plain},
    say::{
        comparison::{NOTHING, ROWS, budget, warnings},
        names,
    },
};
use plimsoll_core::finding::{Comparison, PairWord, System};

/// Columns of the names of rows.
const NAMES: usize = 22;
/// Columns of each system, at the least and so that its load line is not broken in two.
const LEAST: usize = 18;
const MOST: usize = 26;
/// Columns between two systems.
const GAP: usize = 2;

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
    let lines = comparison.systems.iter().map(|system| names::line(&system.finding.load_line).chars().count() + GAP);
    let column = lines.max().unwrap_or_default().clamp(LEAST, MOST);
    let fitting = (look.columns.saturating_sub(NAMES) / column).max(1);
    for systems in comparison.systems.chunks(fitting) {
        out.push_str(&table(systems, column, look));
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

/// A sentence for each pair, with the reasons why nothing more can be said.
fn answer(comparison: &Comparison, look: &Look) -> String {
    if comparison.pairs.is_empty() {
        return look.paint(Tone::Degraded, NOTHING) + "\n";
    }
    let mut out = String::new();
    for pair in &comparison.pairs {
        let tone = if pair.word == PairWord::CannotTell { Tone::Degraded } else { Tone::Good };
        out.push_str(&painted(tone, &plain(&pair.sentence()), look));
        for reason in &pair.reasons {
            out.push_str(&look.wrap(&format!("  {}", plain(reason)), 2));
            out.push('\n');
        }
    }
    out
}

fn table(systems: &[System], column: usize, look: &Look) -> String {
    let row = |name: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<Vec<String>> = cells.map(|cell| broken(&cell, column)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let mut out = String::new();
        for at in 0..height {
            let mut text = format!("{:<NAMES$}", if at == 0 { name } else { "" });
            for cell in &cells {
                text.push_str(&format!("{:<column$}", cell.get(at).map_or("", String::as_str)));
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
fn broken(cell: &str, column: usize) -> Vec<String> {
    textwrap::wrap(cell, column - GAP).into_iter().map(|line| line.into_owned()).collect()
}
