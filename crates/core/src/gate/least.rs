//! A load that must be carried.

use super::reach::{Reach, load, undecided};
use crate::{
    finding::{Finding, Gate, GateKind, GateVerdict},
    units::show_number,
};

/// Passed where the load line lies at or above what is asked with 95% confidence, failed where it lies below with as much.
pub(super) fn judge(asked: f64, finding: &Finding) -> Gate {
    // A whole number that is carried is carried: the question is not where between two numbers the line lies.
    let reach = Reach::of(&finding.load_line, 0.0);
    let (low, high) = (reach.and_then(|reach| reach.low()), reach.and_then(|reach| reach.high()));
    let verdict = match (low, high) {
        (Some(low), _) if low >= asked => GateVerdict::Passed,
        (_, Some(high)) if high < asked => GateVerdict::Failed,
        _ => GateVerdict::CannotTell,
    };
    let seen = reach.map(|reach| reach.value);
    let wanted = load(asked, finding);
    let text = match (seen, low, high) {
        (Some(seen), low, Some(high)) => {
            let between = match low {
                Some(low) if low == high => String::new(),
                Some(low) => format!(" (between {} and {})", show_number(low), show_number(high)),
                None => format!(" (not above {})", show_number(high)),
            };
            let because = if verdict == GateVerdict::CannotTell { format!(": {}", undecided(&finding.load_line)) } else { String::new() };
            format!("carries {}{between} where at least {wanted} are asked for{because}", load(seen, finding))
        }
        (Some(seen), _, None) if verdict == GateVerdict::Passed => {
            format!("carries at least {} where {wanted} are asked for", load(seen, finding))
        }
        (Some(seen), _, None) => {
            let because = undecided(&finding.load_line);
            format!("carries at least {} where {wanted} are asked for: {because}", load(seen, finding))
        }
        (None, ..) => format!("whether it carries {wanted} can't be told: {}", undecided(&finding.load_line)),
    };
    Gate { gate: GateKind::FailBelow, asked, verdict, text, seen, low, high }
}
