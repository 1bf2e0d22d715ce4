//! How the generator does, by its own account of a step.

use plimsoll_core::{
    evidence::{Waiting, assess},
    step::{GeneratorHealth, StepResult},
};

/// Its health, and what is wrong with it.
#[derive(Clone, Debug)]
pub(super) struct Generator {
    /// Its own figures.
    pub health: GeneratorHealth,
    /// Why it may be the limit, in words; empty where it is not.
    pub faults: Vec<String>,
}

impl Generator {
    /// As of this step; `None` before it has measured.
    pub fn of(step: &StepResult) -> Option<Self> {
        Self::waiting(step, Waiting::Asleep)
    }

    /// The same of a generator that waits for its sends in this way.
    pub fn waiting(step: &StepResult, waiting: Waiting) -> Option<Self> {
        (!step.batches.is_empty()).then(|| Self { health: step.generator.clone(), faults: assess(step, waiting).faults })
    }
}
