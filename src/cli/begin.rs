//! What every command that puts on load begins with: the interrupt; and why it may not begin.

use super::{Exit, Problem};
use crate::{
    launch::LaunchError,
    session::{AddressError, FileError, Interrupt, LinkError, SessionError, TargetError},
    view,
};

/// Listens to Ctrl-C.
///
/// # Errors
/// When the system allows no signal handlers.
pub fn interrupt() -> Result<Interrupt, Problem> {
    Interrupt::on_signals(view::restore)
        .map_err(|error| Problem::because(Exit::Failure, error).hint("a system that allows signal handlers"))
}

/// Why a session could not begin, with the exit code and the remedy.
pub fn problem(error: SessionError) -> Problem {
    let (exit, hint) = match &error {
        SessionError::Target(target) => of_target(target),
        SessionError::Placement(_) => (Exit::Usage, "fewer --threads or --cpus, or a machine with more cores"),
        SessionError::Journal(journal) if journal.chosen => (Exit::Usage, "--save FILE in a directory that can be written to and has room"),
        SessionError::Journal(_) => (Exit::Failure, "--save FILE in a directory that can be written to, or XDG_STATE_HOME set to one"),
        SessionError::SavePlace { .. } => (Exit::Usage, "--save with the name of a file in it"),
        SessionError::Room(_) => {
            (Exit::Usage, "\"plimsoll doctor\", which says what this machine allows; --source with more addresses adds ports")
        }
        SessionError::CutShort { journal, .. } => {
            let shows = format!("plimsoll report {}, which shows what was measured by then", journal.display());
            return Problem::because(Exit::Failure, error).hint(shows);
        }
        SessionError::Engine(_) => (Exit::Failure, "\"ulimit -n\" and the sandbox that this process runs in"),
        SessionError::Cores(_) => (Exit::Failure, "the sandbox that this process runs in"),
    };
    Problem::because(exit, error).hint(hint)
}

fn of_target(error: &TargetError) -> (Exit, &'static str) {
    match error {
        TargetError::Link(LinkError::Address(AddressError::Name { .. })) => {
            (Exit::Target, "check the spelling of the name, or give the address itself")
        }
        TargetError::Link(LinkError::Address(AddressError::Family { .. })) => {
            (Exit::Target, "the other family, or leave -4, -6 and --source out")
        }
        TargetError::Link(LinkError::Source { .. }) => (Exit::Usage, "addresses of this machine, as \"ip address\" lists them"),
        TargetError::Link(LinkError::File(file)) | TargetError::File(file) => match file {
            FileError::Read { .. } => (Exit::Usage, "a file that exists and that this user may read"),
            FileError::TooLarge { .. } => (Exit::Usage, "a smaller file"),
            FileError::Tls { .. } => {
                (Exit::Usage, "PEM files: --cacert with the authorities to trust, --cert and --key that belong together")
            }
        },
        TargetError::NobodyToWatch => {
            (Exit::Usage, "the id of a process that runs, or :PORT where one listens; those of other users need their rights, or root")
        }
        TargetError::Redirect(_) => (Exit::Target, "the address that they should lead to, without -L"),
        TargetError::Start(LaunchError::GivenUp { .. }) | TargetError::Launch(LaunchError::GivenUp { .. }) => {
            (Exit::Interrupted, "--ready-within with less time, where it takes too long to become ready")
        }
        TargetError::Start(LaunchError::Share { .. }) | TargetError::Launch(LaunchError::Share { .. }) => (
            Exit::Usage,
            "a whole number of --cpus, or the rights to a control group (root, or systemd-run --user --scope -p Delegate=yes)",
        ),
        TargetError::Start(LaunchError::Taken { .. } | LaunchError::Folder { .. }) => {
            (Exit::Usage, "{port} in the command for a free port, and --start-dir with a folder that exists")
        }
        TargetError::Start(_) => (Exit::Target, "the command by hand, to see what it says; --ready-within with more time for a slow start"),
        TargetError::Launch(_) | TargetError::OwnProgram(_) => {
            (Exit::Failure, "run it by hand with \"plimsoll lab MODEL\" to see what it says")
        }
    }
}
