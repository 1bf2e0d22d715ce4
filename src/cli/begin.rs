//! What every command that puts on load begins with: the interrupt; and why it may not begin.

use super::{Exit, Problem};
use crate::session::{Interrupt, SessionError, TargetError};

/// Listens to Ctrl-C.
///
/// # Errors
/// When the system allows no signal handlers.
pub fn interrupt() -> Result<Interrupt, Problem> {
    Interrupt::on_signals().map_err(|error| Problem::because(Exit::Failure, error).hint("a system that allows signal handlers"))
}

/// Why a session could not begin, with the exit code and the remedy.
pub fn problem(error: SessionError) -> Problem {
    let (exit, hint) = match &error {
        SessionError::Target(TargetError::Name(_)) => (Exit::Target, "check the spelling of the name, or give the address itself"),
        SessionError::Target(TargetError::Launch(_) | TargetError::OwnProgram(_)) => {
            (Exit::Failure, "run it by hand with \"plimsoll lab MODEL\" to see what it says")
        }
        SessionError::Placement(_) => (Exit::Usage, "fewer --threads or --cpus, or a machine with more cores"),
        SessionError::Journal(journal) if journal.chosen => (Exit::Usage, "--save FILE in a directory that can be written to and has room"),
        SessionError::Journal(_) => (Exit::Failure, "--save FILE in a directory that can be written to, or XDG_STATE_HOME set to one"),
        SessionError::SavePlace { .. } => (Exit::Usage, "--save with the name of a file in it"),
        SessionError::Room(_) => (Exit::Usage, "\"plimsoll doctor\", which says what this machine allows"),
        SessionError::Engine(_) => (Exit::Failure, "\"ulimit -n\" and the sandbox that this process runs in"),
        SessionError::Cores(_) => (Exit::Failure, "the sandbox that this process runs in"),
    };
    Problem::because(exit, error).hint(hint)
}
