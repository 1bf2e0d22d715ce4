//! Other programs on the cores that are kept for the target: what it carries is then less than its hardware would.

use super::evidence::Evidence;
use crate::{finding::Warning, step::Watched, units::show_share};

/// A smaller share is no news: idle processes and the kernel's own threads have some.
const LEAST: f64 = 0.05;

/// What is said where they had much of them at the loads that show the highest throughput.
pub(super) fn warning(evidence: &Evidence<'_>) -> Option<Warning> {
    let shares: Vec<f64> = evidence.plateau.iter().filter_map(|row| Watched::taken_share(row.watched)).collect();
    let share = shares.iter().sum::<f64>() / shares.len() as f64; // not a number without any, which is no news either
    (share >= LEAST).then(|| Warning {
        text: format!(
            "Other programs used {} of the target's cores while it had none to spare: alone there it may carry more.",
            show_share(share)
        ),
        remedy: "Stop what else runs on these cores (`top`), and run it again.".to_owned(),
    })
}
