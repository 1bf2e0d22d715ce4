//! Whose processes are the target's: those that descend from one that was started, or those that listen where load is sent.

use super::sockets;
use crate::{
    launch::{Process, trees_of},
    proc,
};
use rustix::thread::{CpuSet, Pid, sched_getaffinity};
use std::{
    collections::HashSet,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process,
    str::FromStr,
};

/// Whom to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A process and all that descend from it, serving at an address.
    Started {
        /// Its first process.
        process: u32,
        /// Where it listens.
        address: SocketAddr,
    },
    /// Whoever listens at an address of this machine.
    Listener(SocketAddr),
    /// A process and all that descend from it, wherever it listens.
    Process(u32),
    /// All processes of a control group and of those below it, by its folder: a container, a unit of systemd.
    Group(PathBuf),
}

/// The file in the folder of a control group that lists its processes.
const MEMBERS: &str = "cgroup.procs";
/// Groups within groups are looked into so far.
const DEEPEST: u32 = 4;

/// What names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither the id of a process, nor a port, nor the folder of a control group")]
pub struct WhomError(String);

impl WhomError {
    /// What to write instead.
    pub const REMEDY: &str = "4711, or :8080 for whoever listens there, or /sys/fs/cgroup/system.slice/web.service";
}

impl FromStr for Whom {
    type Err = WhomError;

    fn from_str(text: &str) -> Result<Self, WhomError> {
        let port = text.strip_prefix(':').and_then(|port| port.parse().ok()).filter(|port: &u16| *port > 0);
        let process = text.parse().ok().filter(|process: &u32| *process > 0 && *process <= i32::MAX.cast_unsigned());
        let listener = port.map(|port| Self::Listener(SocketAddr::from((Ipv4Addr::LOCALHOST, port))));
        let group = Path::new(text).join(MEMBERS).is_file().then(|| Self::Group(text.into())).filter(|_| text.starts_with('/'));
        listener.or(group).or(process.map(Self::Process)).ok_or_else(|| WhomError(text.to_owned()))
    }
}

impl Whom {
    /// The port of the connections that belong to it.
    pub(super) fn port(&self) -> Option<u16> {
        match self {
            Self::Started { address, .. } | Self::Listener(address) => Some(address.port()),
            Self::Process(_) | Self::Group(_) => None,
        }
    }

    /// The processes that all others descend from; none where there are none, or they may not be seen.
    pub(super) fn roots(&self) -> Vec<i32> {
        let roots = match self {
            Self::Started { process, .. } | Self::Process(process) => vec![process.cast_signed()],
            Self::Listener(address) => owners(*address),
            Self::Group(folder) => members(folder, DEEPEST),
        };
        // A server inside this very process can't be told from the generator.
        if roots.contains(&process::id().cast_signed()) { Vec::new() } else { roots }
    }

    /// The cores that any of their threads may run on, in order; none where there are no such processes.
    pub fn cores(&self) -> Vec<usize> {
        let threads = families(&self.roots()).into_iter().flat_map(|process| threads_of(process.id())).filter_map(Pid::from_raw);
        let allowed: Vec<CpuSet> = threads.filter_map(|thread| sched_getaffinity(Some(thread)).ok()).collect();
        (0..CpuSet::MAX_CPU).filter(|&core| allowed.iter().any(|set| set.is_set(core))).collect()
    }
}

/// The processes of a control group, and of those below it.
fn members(folder: &Path, deepest: u32) -> Vec<i32> {
    let own = fs::read_to_string(folder.join(MEMBERS)).unwrap_or_default();
    let mut all: Vec<i32> = own.lines().filter_map(|line| line.parse().ok()).collect();
    if deepest > 0 {
        let below = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        all.extend(below.flat_map(|entry| members(&entry.path(), deepest - 1)));
    }
    all
}

/// These processes that run, and all that descend from them. The target may have started this process, which is left out.
pub(super) fn families(roots: &[i32]) -> Vec<Process> {
    if roots.is_empty() {
        return Vec::new();
    }
    let mut all = trees_of(roots).unwrap_or_default();
    all.retain(|process| process.id() != process::id().cast_signed());
    all.sort_unstable_by_key(Process::id);
    all
}

/// The threads of a process, by id.
fn threads_of(process: i32) -> Vec<i32> {
    let entries = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The processes that hold a listening socket at this port.
fn owners(address: SocketAddr) -> Vec<i32> {
    let inodes: HashSet<String> = sockets::of_port(address.port())
        .unwrap_or_default()
        .iter()
        .filter(|one| one.listens)
        .map(|one| format!("socket:[{}]", one.inode))
        .collect();
    if inodes.is_empty() {
        return Vec::new();
    }
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let owners: Vec<i32> = numbers.filter(|pid| holds_any(*pid, &inodes)).collect();
    if owners.iter().any(|owner| is_relay(*owner)) { Vec::new() } else { owners }
}

/// Programs that listen for somebody else, in a container or on another machine.
const RELAYS: [&str; 7] = ["docker-proxy", "rootlessport", "slirp4netns", "pasta", "ssh", "kubectl", "socat"];

fn is_relay(process: i32) -> bool {
    proc::text(&format!("/proc/{process}/comm")).is_some_and(|name| RELAYS.contains(&name.trim()))
}

fn holds_any(pid: i32, inodes: &HashSet<String>) -> bool {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read_link(file.path()).ok()).any(|link| link.to_str().is_some_and(|link| inodes.contains(link)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_and_a_port_are_told_apart_and_nothing_else_is_taken() {
        assert_eq!("4711".parse(), Ok(Whom::Process(4711)));
        assert!(matches!(":8080".parse(), Ok(Whom::Listener(address)) if address.port() == 8080));
        for wrong in ["0", ":0", ":99999", "-3", "web", "99999999999", "/"] {
            assert_eq!(wrong.parse::<Whom>(), Err(WhomError(wrong.to_owned())));
        }
    }

    #[test]
    fn a_control_group_is_its_processes_and_those_of_the_groups_below() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("below");
        fs::create_dir(&below).unwrap();
        fs::write(folder.path().join(MEMBERS), "11\n12\n").unwrap();
        fs::write(below.join(MEMBERS), "13\n").unwrap();
        let whom: Whom = folder.path().to_str().unwrap().parse().unwrap();
        assert_eq!((whom.roots(), whom.port()), (vec![11, 12, 13], None));
        assert!("/nowhere/at/all".parse::<Whom>().is_err());
    }
}
