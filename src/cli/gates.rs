//! The gates of `plimsoll find`: the baseline is read and held against what is to be searched, before any load is sent.

use super::{Problem, resolve::AskedGates, saved};
use crate::session::Loaded;
use plimsoll_core::{
    finding::Finding,
    gate::{Baseline, Gates},
    search::Goal,
};
use std::path::Path;

/// The gates of a search for this goal.
///
/// # Errors
/// A baseline that can't be read, is no finding, or answers another question.
pub fn gates(asked: &AskedGates, goal: &Goal) -> Result<Gates, Problem> {
    let baseline = asked.baseline.as_ref().map(|(path, max_drop)| baseline(path, *max_drop, goal)).transpose()?;
    Ok(Gates { fail_below: asked.fail_below, baseline })
}

fn baseline(path: &Path, max_drop: f64, goal: &Goal) -> Result<Baseline, Problem> {
    let shown = path.display();
    let kind = match saved::load(path).map_err(|problem| Problem { text: format!("--baseline: {}", problem.text), ..problem })? {
        Loaded::Finding(finding) | Loaded::Journal(finding) => {
            return Baseline::of(*finding, max_drop, goal.axis, &goal.objectives(), goal.think.as_secs_f64()).map_err(|error| {
                Problem::usage(
                    format!("--baseline {shown}: {error}"),
                    "a baseline that was measured with the flags of this run: \"plimsoll find ... --save FILE\"",
                )
            });
        }
        Loaded::Comparison(_) => "a comparison",
        Loaded::Tuning(_) => "a tuning",
        Loaded::Hold(_) | Loaded::HoldJournal(_) => "a hold",
    };
    Err(Problem::usage(format!("--baseline {shown} holds {kind}, not a finding"), "a file that \"plimsoll find ... --save FILE\" made"))
}

/// Writes into the finding what the gates come to, and what makes the baseline another thing.
pub fn judge(gates: &Gates, finding: &mut Finding) {
    finding.gates = gates.judge(finding);
    let warning = gates.baseline.as_ref().and_then(|baseline| baseline.warning(&finding.subject));
    finding.warnings.extend(warning);
}
