//! What a step is for, and how loads are counted, in words.

pub use crate::report::say::names::purpose;
use plimsoll_core::{
    criterion::Criterion,
    step::{Load, Purpose},
    units::{show_duration, show_load},
};

/// What the step does, for somebody who sees it for the first time.
pub fn explained(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ramp => "doubling until it degrades",
        Purpose::Refine => "narrowing the interval",
        Purpose::Gate => "a light load until it is healthy again",
        Purpose::Hold => "holding the estimate for longer",
        Purpose::Recheck => "is it still the same?",
        Purpose::Overshoot => "beyond the line, to see how it degrades",
        Purpose::Recovery => "does it recover without load?",
        Purpose::Pair => "random turns of the systems compared",
    }
}

/// `16 at one time`, `300 requests a second`, `1,000 users who pause 2 s`.
pub fn load(load: &Load) -> String {
    let size = show_load(load.size());
    match *load {
        Load::Rate { .. } => format!("{size} requests a second"),
        Load::Users { think, .. } if think.is_zero() => format!("{size} at one time"),
        Load::Users { think, .. } => format!("{size} users who pause {}", show_duration(think)),
    }
}

/// An objective as it is read: `p99 < 500ms`.
pub fn objective(criterion: &Criterion) -> String {
    criterion.to_string().replace('<', " < ")
}
