//! What stands before any load is sent: the cores shared out, and a target.

use super::{
    Interrupt, SessionError, Setup,
    cores::{self, Placement},
    generator::placed,
    target::Standing,
};
use plimsoll_core::finding::Budget;

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

    /// What the target has of the hardware, and what holds it to that; nothing is known of one that was not started here.
    pub fn budget(&self, setup: &Setup) -> Budget {
        if !setup.target.is_started() {
            return Budget::default();
        }
        let cores = self.placement.target.clone().unwrap_or_default();
        let all = (!cores.is_empty()).then_some(cores.len() as f64);
        Budget { cpus: setup.budget.cpus.or(all), memory_bytes: setup.budget.memory, cores, enforced_by: self.target.enforced().to_vec() }
    }
}
