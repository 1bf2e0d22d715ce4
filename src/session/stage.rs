//! What stands before any load is sent: the cores shared out, and a target.

use super::{
    Interrupt, SessionError, Setup,
    cores::{self, Placement},
    generator::placed,
    target::Standing,
};

/// Cores and target of a session.
#[derive(Debug)]
pub(super) struct Stage {
    /// Who runs where.
    pub placement: Placement,
    /// What is sent to. It ends with this value, where the session started it.
    pub target: Standing,
}

impl Stage {
    /// Shares out the cores, and resolves or starts the target. Who interrupts need not wait until it is ready.
    pub fn of(setup: &Setup, interrupt: &Interrupt) -> Result<Self, SessionError> {
        let cores = cores::available().map_err(SessionError::Cores)?;
        // A part of a core is a core that is not used for all of the time.
        let cpus = setup.budget.cpus.map(|cpus| cpus.ceil() as usize);
        let placement = Placement::of(&cores, setup.threads, setup.target.is_started(), cpus)?;
        let target = Standing::of(setup, &placement, interrupt)?;
        Ok(Self { placement: placement.beside(&cores, setup.threads, &target.bound_to()), target })
    }

    /// Who runs on which cores, and what holds the target to its cores and its budget, in a sentence.
    pub fn placed(&self) -> String {
        let placed = placed(&self.placement);
        match self.target.enforced() {
            [] => placed,
            enforced => format!("{placed}, held there by {}", enforced.join(", ")),
        }
    }
}
