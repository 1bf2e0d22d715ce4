//! What runs beside a server: a database behind it, a pool of interpreters, a neighbour on its core.

use super::group::Group;
use crate::tools::which;
use rustix::process::geteuid;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

/// Started before the server, stopped after it.
#[derive(Clone, Copy, Debug)]
pub enum Beside {
    /// A PostgreSQL of its own, at the port that `{side}` stands for; its user is `postgres`, who needs no password.
    PostgreSql,
    /// A command line that listens at the port `{side}`.
    Listener(&'static str),
    /// A command line that only runs.
    Runner(&'static str),
}

/// What runs beside a server until it is dropped.
pub struct Companion {
    _group: Group,
}

impl Beside {
    /// Starts it with a folder of its own, and waits until it listens. `fill` puts values for the words in braces.
    pub fn start(self, side: SocketAddr, folder: &Path, fill: impl Fn(&str) -> String) -> Result<Companion, String> {
        let (line, name) = match self {
            Self::PostgreSql => (postgresql(side, folder)?, "PostgreSQL"),
            Self::Listener(line) | Self::Runner(line) => (fill(line), line),
        };
        // Beside a server that is bound to the first core: the other one is the generator's.
        let group = Group::start("taskset -pc 0 $$ >&2; ", &line, folder)?;
        if !matches!(self, Self::Runner(_)) {
            group.listens(side).map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(Companion { _group: group })
    }
}

/// Makes a cluster, and gives the command line of its server.
fn postgresql(side: SocketAddr, folder: &Path) -> Result<String, String> {
    let programs = postgresql_programs().ok_or("no PostgreSQL is installed")?;
    let data = folder.join("data");
    // It refuses to run as root.
    let user: &[&str] = if geteuid().is_root() { &["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] } else { &[] };
    let mut initdb = Command::new("setpriv");
    initdb
        .args(["--pdeathsig", "TERM"])
        .args(user)
        .arg(programs.join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--no-sync"])
        .arg("-D")
        .arg(&data);
    let made = initdb.current_dir(folder).output().map_err(|error| format!("initdb can't be started: {error}"))?;
    if !made.status.success() {
        return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr).lines().last().unwrap_or("it failed without a word")));
    }
    // Its own limit on connections is never what is short.
    Ok(format!(
        "{} {} -D {} -h 127.0.0.1 -p {} -k {} -F -c max_connections=1000 -c shared_buffers=16MB",
        user.join(" "),
        programs.join("postgres").display(),
        data.display(),
        side.port(),
        folder.display()
    ))
}

/// Debian keeps those of each version in a folder of its own.
fn postgresql_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").exists()).max();
    debian.or_else(|| which("initdb")?.parent().map(Path::to_owned))
}
