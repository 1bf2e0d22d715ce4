//! What a serving process does to itself before it serves: its limits, its timers, its tie to the parent.

use super::{LabSpec, serve::LabError};
use rustix::process::{Pid, Resource, Rlimit, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit};
use std::num::NonZeroU64;

/// Ties this process to its parent, so that no server outlives the session that started it, even one that was killed.
///
/// Must be called on a thread that lives as long as the process, and the parent must have started this process from a thread that lives as long:
/// the kernel ties it to that thread.
///
/// # Errors
/// When the parent has already gone.
pub fn die_with(parent: u32) -> Result<(), LabError> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| LabError::Process(error.into()))?;
    // The parent may have ended before the line above: then the signal never comes.
    let is_still_there = getppid().map(Pid::as_raw_nonzero).is_some_and(|pid| u32::try_from(pid.get()) == Ok(parent));
    if is_still_there { Ok(()) } else { Err(LabError::Orphaned { parent }) }
}

/// Sets the limits of a serving process.
///
/// # Errors
/// When more file descriptors are asked for than the hard limit allows.
pub fn prepare(spec: &LabSpec) -> Result<(), LabError> {
    // A crash that was asked for should leave no core file behind.
    let no_core = Rlimit { current: Some(0), maximum: getrlimit(Resource::Core).maximum };
    setrlimit(Resource::Core, no_core).map_err(|error| LabError::Process(error.into()))?;
    // Waits should end when declared: by default the kernel may add 50 us to each. Threads inherit this from the one that starts them.
    rustix::thread::set_current_timer_slack(NonZeroU64::new(1)).map_err(|error| LabError::Process(error.into()))?;
    let allowed = getrlimit(Resource::Nofile).maximum;
    let wanted = match (spec.fds, allowed) {
        (Some(asked), Some(most)) if asked > most => return Err(LabError::TooManyFiles { asked, most }),
        (asked, _) => asked.or(allowed),
    };
    setrlimit(Resource::Nofile, Rlimit { current: wanted, maximum: allowed }).map_err(|error| LabError::Process(error.into()))
}
