//! What tasks need of the machine: programs that are found, installed and run.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The root of the repository.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where the shell would find a program.
pub fn which(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.exists());
    }
    // Debian keeps servers where users have no use for them.
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Installs Debian's packages for the programs, given as (program, package), that are missing.
///
/// # Errors
/// Without the rights to install, with the command that somebody else can give.
pub fn install(wanted: &[(&str, &str)]) -> Result<(), String> {
    let missing: Vec<&str> = wanted.iter().filter(|(program, _)| which(program).is_none()).map(|&(_, package)| package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", missing.join(" "));
    if !rustix::process::geteuid().is_root() || which("apt-get").is_none() {
        return Err(format!("{} missing here; as root, on Debian: {by_hand}", missing.join(", ")));
    }
    eprintln!("$ {by_hand}");
    run(Command::new("apt-get").args(["update", "--quiet"]))?;
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing);
    run(&mut command)
}

/// Runs a command to its end; its output goes to standard error.
pub fn run(command: &mut Command) -> Result<(), String> {
    let said = format!("{command:?}");
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status().map_err(|error| format!("{said}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{said}: {status}")) }
}
