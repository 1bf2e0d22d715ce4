//! Whose processes are the target's: those that descend from one that was started, or those that listen where load is sent.

use super::{container, sockets, space::Space};
use crate::{
    launch::{Process, trees_of},
    proc,
};
use rustix::thread::{CpuSet, Pid, sched_getaffinity};
use std::{
    collections::HashSet,
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
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
        /// Whether that is a ward, which is no part of it.
        warded: bool,
        /// Where it listens.
        address: SocketAddr,
        /// The cores that were given to it and not to the generator; none where they share.
        cores: Vec<usize>,
    },
    /// Whoever listens at an address of this machine, or of a container on it.
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
    /// Where it is at present.
    pub(super) fn find(&self) -> Found {
        let found = match self {
            Self::Started { process, address, .. } => Found::of(vec![process.cast_signed()], Some(address.port())),
            Self::Process(process) => Found::of(vec![process.cast_signed()], None),
            Self::Listener(address) => at(*address),
            Self::Group(folder) => Found::of(members(folder, DEEPEST), None),
        };
        // A server inside this very process can't be told from the generator.
        if found.roots.contains(&process::id().cast_signed()) { Found::default() } else { found }
    }

    /// Those of the roots that run, and all that descend from them.
    pub(super) fn family(&self, roots: &[i32]) -> Vec<Process> {
        let mut all = families(roots);
        if let Self::Started { process, warded: true, .. } = self {
            all.retain(|one| one.id() != process.cast_signed());
        }
        all
    }

    /// The cores that are kept for it.
    pub(super) fn own_cores(&self) -> &[usize] {
        if let Self::Started { cores, .. } = self { cores } else { &[] }
    }

    /// The cores that any of their threads may run on, in order; none where there are no such processes.
    pub fn cores(&self) -> Vec<usize> {
        let threads = self.family(&self.find().roots).into_iter().flat_map(|process| threads_of(process.id())).filter_map(Pid::from_raw);
        let allowed: Vec<CpuSet> = threads.filter_map(|thread| sched_getaffinity(Some(thread)).ok()).collect();
        (0..CpuSet::MAX_CPU).filter(|&core| allowed.iter().any(|set| set.is_set(core))).collect()
    }
}

/// Where a target is.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The processes that all others descend from, several where each has a socket of its own at the port (SO_REUSEPORT); none where there are none,
    /// or they may not be seen.
    pub roots: Vec<i32>,
    /// The port of the connections that belong to it. Who is only named may be anything here, but in a container it is the server.
    pub port: Option<u16>,
    /// Where its sockets are.
    pub space: Space,
    /// What leads to it, where it is in a container.
    pub container: Option<String>,
}

impl Found {
    fn of(roots: Vec<i32>, port: Option<u16>) -> Self {
        let space = roots.first().map(|root| Space::of(*root)).unwrap_or_default();
        let port = port.or_else(|| if matches!(space, Space::Own) { None } else { container::only_port(&roots) });
        Self { roots, port, space, container: None }
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

/// Who listens at this address, and if it only does so for a container, who in there.
fn at(address: SocketAddr) -> Found {
    let (port, is_own) = (address.port(), is_own(address.ip()));
    let sockets = if is_own { sockets::of_port(&Space::Own, port).unwrap_or_default() } else { Vec::new() };
    let inodes: HashSet<u32> = sockets.iter().filter(|one| one.listens).map(|one| one.inode).collect();
    if inodes.is_empty() {
        return container::reached(address, is_own).unwrap_or_default();
    }
    let owners: Vec<i32> = proc::all().filter(|process| sockets::held_by(*process).any(|inode| inodes.contains(&inode))).collect();
    let relays: Vec<i32> = owners.iter().copied().filter(|owner| is_relay(*owner)).collect();
    if relays.is_empty() {
        return Found { roots: owners, port: Some(port), ..Found::default() };
    }
    relays.into_iter().find_map(|relay| container::behind(relay, port)).unwrap_or_default()
}

/// Whether an address is one of this machine: a port can be bound at no other.
fn is_own(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}

/// Programs that listen for somebody else, in a container or on another machine.
const RELAYS: [&str; 10] =
    ["docker-proxy", "conmon", "rootlessport", "rootlesskit", "slirp4netns", "pasta", "pasta.avx2", "ssh", "kubectl", "socat"];

fn is_relay(process: i32) -> bool {
    proc::text(&format!("/proc/{process}/comm")).is_some_and(|name| RELAYS.contains(&name.trim()))
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
        let found = whom.find();
        assert_eq!((found.roots, found.port, found.container), (vec![11, 12, 13], None, None));
        assert!("/nowhere/at/all".parse::<Whom>().is_err());
    }
}
