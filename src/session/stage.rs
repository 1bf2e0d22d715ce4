//! What stands before any load is sent: the cores shared out, and a target.

use super::{
    SessionError, Setup, Target,
    cores::{self, Placement},
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
    /// Shares out the cores, and resolves or starts the target.
    pub fn of(setup: &Setup) -> Result<Self, SessionError> {
        let cores = cores::available().map_err(SessionError::Cores)?;
        let placement = Placement::of(&cores, setup.threads, matches!(setup.target, Target::Lab(_)), setup.cpus)?;
        let target = Standing::of(setup, &placement)?;
        Ok(Self { placement: placement.beside(&cores, setup.threads, &target.bound_to()), target })
    }
}
