//! The last step before a command: it enters the control groups and takes on the limits, and then becomes the command, so that nothing of the
//! command ever runs outside them.

use super::groups::MEMBERS;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::{
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::Command,
};

/// Becomes a command, within control groups and limits.
#[derive(Clone, Debug, clap::Args)]
pub struct EnterArgs {
    /// The folder of a control group to enter
    #[arg(long = "group", value_name = "FOLDER")]
    pub(super) groups: Vec<PathBuf>,
    /// Bytes of address space that each process may have
    #[arg(long, value_name = "BYTES")]
    pub(super) address_space: Option<u64>,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(super) command: Vec<OsString>,
}

impl EnterArgs {
    /// The words of a command line that does this, after the program's name.
    pub(super) fn words(groups: &[PathBuf], address_space: Option<u64>, command: &[OsString]) -> Vec<OsString> {
        let groups = groups.iter().flat_map(|folder| [OsString::from("--group"), folder.into()]);
        let limit = address_space.into_iter().flat_map(|bytes| [OsString::from("--address-space"), bytes.to_string().into()]);
        let head = std::iter::once(OsString::from("enter")).chain(groups).chain(limit);
        head.chain(std::iter::once("--".into())).chain(command.iter().cloned()).collect()
    }

    /// Becomes the command. It returns only to say why that can't be.
    pub fn run(&self) -> io::Error {
        let entered = self.groups.iter().try_for_each(|folder| {
            let cannot = |error: io::Error| io::Error::new(error.kind(), format!("can't enter the group {}: {error}", folder.display()));
            fs::write(folder.join(MEMBERS), "0").map_err(cannot)
        });
        let limited = self.address_space.map_or(Ok(()), |bytes| {
            setrlimit(Resource::As, Rlimit { current: Some(bytes), maximum: Some(bytes) }).map_err(io::Error::from)
        });
        match (entered.and(limited), self.command.split_first()) {
            (Err(error), _) => error,
            (Ok(()), None) => io::Error::other("no command"),
            (Ok(()), Some((program, args))) => cannot_start(program, &Command::new(program).args(args).exec()),
        }
    }
}

/// That a program can't be started, with its name.
pub(super) fn cannot_start(program: &OsStr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("can't start {}: {error}", program.display()))
}
