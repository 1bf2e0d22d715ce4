//! The answer so far, as a sentence.

use super::super::Status;
use plimsoll_core::{
    finding::Axis,
    units::{show_duration, show_number, show_share},
};

/// Closer ends are no interval any more.
const SAME: f64 = 1e-9;

/// What the load line is counted in: `4 at one time`.
pub fn amount(status: &Status, value: f64) -> String {
    let number = show_number(value);
    match &status.goal {
        Some(goal) if goal.axis == Axis::Rate => format!("{number} requests a second"),
        Some(goal) if !goal.think.is_zero() => format!("{number} users who pause {}", show_duration(goal.think)),
        _ => format!("{number} at one time"),
    }
}

/// What the load axis counts.
pub fn axis(status: &Status) -> &'static str {
    match &status.goal {
        Some(goal) if goal.axis == Axis::Rate => "requests a second",
        Some(goal) if !goal.think.is_zero() => "users",
        _ => "at one time",
    }
}

/// The ends of the interval, where both are known.
pub fn interval(status: &Status) -> Option<(f64, f64)> {
    let estimate = status.estimate.as_ref()?;
    estimate.low.zip(estimate.high).filter(|(low, high)| low.is_finite() && high.is_finite())
}

/// The sentence that opens the page, and what stands beside it: how narrow the interval is, and how narrow it is to become.
pub fn sentence(status: &Status) -> (String, String) {
    let Some(estimate) = &status.estimate else { return (nothing(status), String::new()) };
    let finite = |end: Option<f64>| end.filter(|end| end.is_finite());
    match (estimate.best, finite(estimate.low), finite(estimate.high)) {
        (Some(best), Some(low), Some(high)) if high - low < SAME * high => {
            (format!("It carries {} so far.", amount(status, best)), String::new())
        }
        (Some(best), Some(low), Some(high)) => {
            let half = (high - low) / 2.0 / best;
            let wanted = status.goal.as_ref().map_or(0.0, |goal| goal.tolerance);
            (
                format!("It carries about {}: {} to {} so far.", amount(status, best), show_number(low), show_number(high)),
                format!("within {} ({} wanted)", show_share(two_digits(half)), show_share(wanted)),
            )
        }
        (_, Some(low), None) => (format!("It carries at least {}.", amount(status, low)), "its limit is not in sight yet".to_owned()),
        (_, None, Some(high)) => (format!("It carries at most {}.", amount(status, high)), String::new()),
        (Some(best), None, None) => (format!("It may carry {}.", amount(status, best)), String::new()),
        (None, ..) => (nothing(status), String::new()),
    }
}

/// Why there is no answer: steps of a disturbed generator tell nothing of the target.
fn nothing(status: &Status) -> String {
    match &status.generator {
        Some(generator) if !generator.faults.is_empty() => "Nothing is known yet: the generator is disturbed.".to_owned(),
        _ => "Nothing is known yet.".to_owned(),
    }
}

/// A share with two digits: more are noise.
fn two_digits(share: f64) -> f64 {
    if share <= 0.0 || !share.is_finite() {
        return share.max(0.0);
    }
    let unit = 10f64.powf(share.log10().floor() - 1.0);
    (share / unit).round() * unit
}
