//! What a gate came to: whether a result is good enough for whoever waits for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a gate asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// A load that must be carried.
    FailBelow,
    /// A share by which the load line may at most lie below that of a baseline.
    MaxDrop,
}

/// What it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateVerdict {
    /// What was asked for is there.
    Passed,
    /// It is not.
    Failed,
    /// What was measured decides neither.
    CannotTell,
}

/// A gate and what it came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// What it asks for.
    pub gate: GateKind,
    /// How much of it: users or requests a second, or a share.
    pub asked: f64,
    /// What it came to.
    pub verdict: GateVerdict,
    /// A sentence that names the figures.
    pub text: String,
    /// What was held against what was asked: the load line, or its ratio to the baseline's; `None` where it is not known.
    pub seen: Option<f64>,
    /// Below this with 5% probability at the most; `None` where nothing bounds it.
    pub low: Option<f64>,
    /// Above this with 5% probability at the most; `None` where nothing bounds it.
    pub high: Option<f64>,
}

impl GateKind {
    /// Its flag on the command line.
    pub const fn flag(self) -> &'static str {
        match self {
            Self::FailBelow => "--fail-below",
            Self::MaxDrop => "--max-drop",
        }
    }
}

impl GateVerdict {
    /// What several gates together come to: failed where one is, and passed only where all are.
    pub fn of_all(gates: &[Gate]) -> Option<Self> {
        let any = |verdict| gates.iter().any(|gate| gate.verdict == verdict);
        [Self::Failed, Self::CannotTell, Self::Passed].into_iter().find(|verdict| any(*verdict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_failed_decides() {
        let gate =
            |verdict| Gate { gate: GateKind::FailBelow, asked: 900.0, verdict, text: String::new(), seen: None, low: None, high: None };
        use GateVerdict::{CannotTell, Failed, Passed};
        for (verdicts, all) in [
            (vec![], None),
            (vec![Passed, Passed], Some(Passed)),
            (vec![Passed, CannotTell], Some(CannotTell)),
            (vec![CannotTell, Failed, Passed], Some(Failed)),
        ] {
            assert_eq!(GateVerdict::of_all(&verdicts.into_iter().map(gate).collect::<Vec<_>>()), all);
        }
    }
}
