//! A comparison.

use super::{
    warnings,
    write::{code, escaped, head, row},
};
use crate::report::say::{self, comparison as say_comparison};
use plimsoll_core::finding::Comparison;

/// A sentence for each pair, what all had alike, and the systems side by side.
pub fn comparison(comparison: &Comparison) -> String {
    let systems: Vec<String> = comparison.systems.iter().map(|system| escaped(&system.name)).collect();
    let mut out = format!("### {}\n\n", systems.join(" against "));
    out.extend(say::early(comparison.account.ending, comparison.account.took_s).map(|early| format!("*{}*\n\n", escaped(&early))));
    if comparison.pairs.is_empty() {
        out.push_str(&format!("**{}**\n\n", say_comparison::NOTHING));
    }
    for pair in &comparison.pairs {
        out.push_str(&format!("**{}**\n\n", escaped(&pair.sentence())));
        out.extend(pair.reasons.iter().map(|reason| format!("- {}\n", escaped(reason))));
        if !pair.reasons.is_empty() {
            out.push('\n');
        }
    }
    out.push_str(&format!("{}\n\n", escaped(&say_comparison::budget(&comparison.budget))));
    let heading: Vec<&str> = std::iter::once("").chain(systems.iter().map(String::as_str)).collect();
    out.push_str(&head(&heading));
    for (name, of) in say_comparison::ROWS {
        let cells = comparison.systems.iter().map(|system| escaped(&of(system)));
        out.push_str(&row(&std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>()));
    }
    out.push('\n');
    out.push_str(&warnings(&say_comparison::warnings(comparison)));
    out.push_str(&format!("{}, version {}\n", code(&comparison.account.command), escaped(&comparison.account.version)));
    out
}
