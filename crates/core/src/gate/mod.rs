//! Gates: whether a finding is good enough, for the pipeline that waits for it. docs/CI.md says how to read them, docs/METHOD.md ("Gates") what
//! they rest on, and `tests/gate_truth` holds them against simulated targets.
//!
//! A gate fails only where what was measured leaves no doubt, and passes only where it speaks for what was asked; between the two it can't tell.
//! A line that is unstable or withheld decides nothing.

mod baseline;
mod least;
mod reach;
#[cfg(test)]
mod tests;

pub use baseline::{Baseline, BaselineError};

use crate::finding::{Finding, Gate};

/// What is asked of a finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gates {
    /// The load that must be carried, on the axis searched.
    pub fail_below: Option<f64>,
    /// An earlier finding, and by how much the load line may lie below its own.
    pub baseline: Option<Baseline>,
}

impl Gates {
    /// What each of them comes to.
    pub fn judge(&self, finding: &Finding) -> Vec<Gate> {
        let least = self.fail_below.map(|asked| least::judge(asked, finding));
        let drop = self.baseline.as_ref().map(|baseline| baseline.judge(finding));
        least.into_iter().chain(drop).collect()
    }
}
