//! `--truth`: are the truths of the cases true?

use super::{in_parallel, report::show_truth};
use plimsoll_core::{
    finding::Axis,
    sim::cases::{Case, LongRun, Truth, truth_by_long_run},
};

/// Measures each truth at length and compares.
///
/// # Errors
/// When a constant is off by more than a user or 1.5%.
pub fn check(cases: &[Case], jobs: usize) -> Result<(), String> {
    let effort = LongRun { answers: 2e6, seed: 1 };
    let checked = in_parallel(cases.len(), jobs, |index| {
        let case = &cases[index];
        let measured = truth_by_long_run(case, effort);
        let agrees = measured.is_none_or(|measured| agree(case, &measured));
        let shown = measured.map_or_else(|| "nothing to measure".to_owned(), |measured| show_truth(&measured));
        println!("{:<44} {:<28} measured {shown}{}", case.name, show_truth(&case.truth), if agrees { "" } else { "  DISAGREES" });
        agrees
    });
    let wrong = checked.iter().filter(|agrees| !**agrees).count();
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} truths disagree with long runs")) }
}

fn agree(case: &Case, measured: &Truth) -> bool {
    let ends = |truth: &Truth| match *truth {
        Truth::Line(line) => vec![line],
        Truth::Moves { from, after_minute } => vec![from, after_minute],
        Truth::Jumps { before, after, .. } => vec![before, after],
        Truth::Beyond | Truth::NotToBeFound { .. } => Vec::new(),
    };
    // A whole number of users may fall to either side of a line that lies between two of them, unless the line is a formula's small number.
    let slack = |line: f64| match case.goal.axis {
        Axis::Users if !case.goal.criteria.is_empty() && line >= 20.0 => (0.015 * line).max(1.0),
        _ => 0.015 * line,
    };
    ends(&case.truth).iter().zip(ends(measured)).all(|(&stated, measured)| (stated - measured).abs() <= slack(stated) + 1e-9)
}
