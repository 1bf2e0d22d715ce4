//! Control groups of a target, of version 1 and 2: found, made, limited, and removed.

use plimsoll_engine::cgroup_folders;
use rustix::{
    fs::{Access, access},
    process::{Pid, Signal, kill_process},
};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

/// What stands before the process that made a group and a number, in the name of the group.
const PREFIX: &str = "plimsoll-";
/// The file that lists the processes of a group, and takes one that is to enter; 0 is whoever writes.
pub(super) const MEMBERS: &str = "cgroup.procs";
/// Over which time the kernel grants CPU time, in microseconds.
const PERIOD_US: u32 = 100_000;
/// A group can't be removed before the kernel has seen its last process go.
const REMOVAL_TRIES: u32 = 300;
const REMOVAL_PAUSE: Duration = Duration::from_millis(10);

/// One limit of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Limit<'a> {
    /// These cores, and no others whatever the processes ask for.
    Cores(&'a [usize]),
    /// So many cores' worth of CPU time.
    Cpus(f64),
    /// So many bytes of memory, swapped ones included.
    Memory(u64),
}

/// Which kernel interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::One { "cgroup v1" } else { "cgroup v2" })
    }
}

impl Limit<'_> {
    /// The controller that sets it.
    pub fn controller(self) -> &'static str {
        match self {
            Self::Cores(_) => "cpuset",
            Self::Cpus(_) => "cpu",
            Self::Memory(_) => "memory",
        }
    }

    /// What is written into which files of a group, below `parent` in version 1. What is swapped is limited where the kernel accounts for it:
    /// such files need not be there.
    fn files(self, version: Version, parent: &Path) -> io::Result<Vec<File>> {
        let must = |name, value| File { name, value, optional: false };
        Ok(match (self, version) {
            (Self::Cores(cores), Version::Two) => vec![must("cpuset.cpus", list(cores))],
            // The memory that belongs to the cores has to be named too, before a process can enter.
            (Self::Cores(cores), Version::One) => {
                vec![must("cpuset.cpus", list(cores)), must("cpuset.mems", fs::read_to_string(parent.join("cpuset.mems"))?)]
            }
            (Self::Cpus(cpus), Version::Two) => vec![must("cpu.max", format!("{} {PERIOD_US}", quota_us(cpus)))],
            (Self::Cpus(cpus), Version::One) => {
                vec![must("cpu.cfs_period_us", PERIOD_US.to_string()), must("cpu.cfs_quota_us", quota_us(cpus))]
            }
            (Self::Memory(bytes), Version::Two) => {
                vec![must("memory.max", bytes.to_string()), File { optional: true, ..must("memory.swap.max", "0".to_owned()) }]
            }
            (Self::Memory(bytes), Version::One) => vec![
                must("memory.limit_in_bytes", bytes.to_string()),
                File { optional: true, ..must("memory.memsw.limit_in_bytes", bytes.to_string()) },
            ],
        })
    }
}

/// What one file of a group is told.
#[derive(Debug, PartialEq)]
struct File {
    name: &'static str,
    value: String,
    optional: bool,
}

fn list(cores: &[usize]) -> String {
    cores.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

fn quota_us(cpus: f64) -> String {
    format!("{:.0}", cpus * f64::from(PERIOD_US))
}

/// The groups that one target is in: one in each hierarchy that limits it. They are removed with this value, once their processes have ended.
#[derive(Debug)]
pub(super) struct Groups {
    name: String,
    /// Where a group of version 2 can be made; it is one for all controllers.
    unified: Option<PathBuf>,
    made: Vec<PathBuf>,
}

impl Groups {
    /// None yet, for limits of these controllers.
    pub fn for_controllers(controllers: &[&str]) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        Self {
            name: format!("{PREFIX}{}-{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed)),
            unified: unified_parent(&cgroup_folders(None, "cpu"), controllers),
            made: Vec::new(),
        }
    }

    /// Sets a limit, in a group that is made for it where there is none yet; the error says why that can't be.
    pub fn limit(&mut self, limit: Limit<'_>) -> Result<Version, String> {
        let controller = limit.controller();
        let by_two = self.unified.clone().filter(|parent| offers(parent, controller));
        let by_one = || cgroup_folders(None, controller).into_iter().find(|folder| !is_unified(folder));
        let (parent, version) = match (by_two, by_one()) {
            (Some(parent), _) => (parent, Version::Two),
            (None, Some(parent)) => (parent, Version::One),
            (None, None) => return Err(format!("no control group that may be written to limits {controller}")),
        };
        let cannot = |error: io::Error| format!("no group in {} can limit {controller}: {error}", parent.display());
        let folder = parent.join(&self.name);
        let is_first = !self.made.contains(&folder);
        if is_first {
            remove_abandoned(&parent);
            fs::create_dir(&folder).map_err(cannot)?;
        }
        match write(&folder, limit.files(version, &parent)) {
            Ok(()) => {
                if is_first {
                    self.made.push(folder);
                }
                Ok(version)
            }
            Err(error) => {
                if is_first {
                    remove(&folder);
                }
                Err(cannot(error))
            }
        }
    }

    /// The folders, which a process enters one by one.
    pub fn folders(&self) -> &[PathBuf] {
        &self.made
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        self.made.iter().for_each(|folder| remove(folder));
    }
}

fn write(folder: &Path, files: io::Result<Vec<File>>) -> io::Result<()> {
    let files = files?;
    files
        .iter()
        .filter(|file| !file.optional || folder.join(file.name).exists())
        .try_for_each(|file| fs::write(folder.join(file.name), &file.value))
}

fn is_unified(folder: &Path) -> bool {
    folder.join("cgroup.controllers").exists()
}

/// Whether groups made in this one, of version 2, can have limits of this controller.
fn offers(parent: &Path, controller: &str) -> bool {
    let enabled = fs::read_to_string(parent.join("cgroup.subtree_control")).unwrap_or_default();
    enabled.split_whitespace().any(|name| name == controller)
}

/// Of the group of this process and those above it, of version 2, the nearest in which a group with most of these controllers can be made. A
/// group with processes of its own hands no controllers on, so it is hardly ever the first. A limit that is passed on the way up would be
/// evaded, so that nothing above it is taken.
fn unified_parent(folders: &[PathBuf], controllers: &[&str]) -> Option<PathBuf> {
    let offered = |folder: &PathBuf| controllers.iter().filter(|controller| offers(folder, controller)).count();
    let may_write = |folder: &&PathBuf| {
        let writes = |path: &Path| access(path, Access::WRITE_OK).is_ok();
        writes(folder) && writes(&folder.join(MEMBERS))
    };
    let unified: Vec<&PathBuf> = folders.iter().filter(|folder| is_unified(folder)).collect();
    let free = unified.iter().position(|folder| is_limited(folder)).map_or(unified.len(), |limited| limited + 1);
    let best = unified[..free].iter().copied().filter(may_write).rev().max_by_key(|folder| offered(folder))?;
    (offered(best) > 0).then(|| best.clone())
}

fn is_limited(folder: &Path) -> bool {
    ["cpu.max", "memory.max", "memory.high"]
        .iter()
        .any(|file| fs::read_to_string(folder.join(file)).is_ok_and(|text| !text.starts_with("max")))
}

/// Removes a group, with whatever is still in it: it holds a target and nothing else. What can't be removed is left to the next that makes one there.
pub(super) fn remove(folder: &Path) {
    for _ in 0..REMOVAL_TRIES {
        match fs::remove_dir(folder) {
            Ok(()) => return,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(_) => members(folder).into_iter().for_each(|process| {
                // It may end in between, which is what is wanted.
                let _was_there = kill_process(process, Signal::KILL).is_ok();
            }),
        }
        thread::sleep(REMOVAL_PAUSE);
    }
}

fn members(folder: &Path) -> Vec<Pid> {
    let text = fs::read_to_string(folder.join(MEMBERS)).unwrap_or_default();
    text.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?)).collect()
}

/// Removes empty groups whose maker has ended without a chance to do so: both it and its ward were killed.
fn remove_abandoned(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-')?.0.parse::<u32>().ok());
        if maker.is_some_and(|maker| !Path::new(&format!("/proc/{maker}")).exists()) {
            // One with processes in it is still in the care of its ward.
            let _was_empty = fs::remove_dir(entry.path()).is_ok();
        }
    }
}

/// How many processes were killed in these groups for want of memory.
pub(super) fn killed_for_memory(folders: &[PathBuf]) -> u64 {
    let counted = |folder: &PathBuf| {
        let text =
            fs::read_to_string(folder.join("memory.events")).or_else(|_| fs::read_to_string(folder.join("memory.oom_control"))).ok()?;
        text.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse::<u64>().ok()
    };
    folders.iter().filter_map(counted).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(limit: Limit<'_>, version: Version) -> Vec<(&'static str, String)> {
        let parent = tempfile::tempdir().unwrap();
        fs::write(parent.path().join("cpuset.mems"), "0-1\n").unwrap();
        limit.files(version, parent.path()).unwrap().into_iter().map(|file| (file.name, file.value)).collect()
    }

    #[test]
    fn both_versions_are_told_the_same() {
        let own = |all: &[(&'static str, &str)]| all.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>();
        let cores = Limit::Cores(&[0, 2]);
        assert_eq!(told(cores, Version::One), own(&[("cpuset.cpus", "0,2"), ("cpuset.mems", "0-1\n")]));
        assert_eq!(told(cores, Version::Two), own(&[("cpuset.cpus", "0,2")]));
        assert_eq!(told(Limit::Cpus(0.5), Version::One), own(&[("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "50000")]));
        assert_eq!(told(Limit::Cpus(1.25), Version::Two), own(&[("cpu.max", "125000 100000")]));
        let memory = Limit::Memory(1 << 20);
        assert_eq!(told(memory, Version::One), own(&[("memory.limit_in_bytes", "1048576"), ("memory.memsw.limit_in_bytes", "1048576")]));
        assert_eq!(told(memory, Version::Two), own(&[("memory.max", "1048576"), ("memory.swap.max", "0")]));
    }

    /// A made-up group of version 2 that hands these controllers on.
    fn group(folder: &Path, handed_on: &str, memory: &str) -> PathBuf {
        fs::create_dir_all(folder).unwrap();
        for (file, text) in
            [("cgroup.controllers", "cpu memory"), ("cgroup.subtree_control", handed_on), (MEMBERS, ""), ("memory.max", memory)]
        {
            fs::write(folder.join(file), text).unwrap();
        }
        folder.to_owned()
    }

    #[test]
    fn the_nearest_group_that_hands_most_controllers_on_is_taken_and_no_limit_is_evaded() {
        let root = tempfile::tempdir().unwrap();
        let top = group(root.path(), "cpuset cpu memory", "max");
        let middle = group(&root.path().join("middle"), "memory", "max");
        let own = group(&root.path().join("middle/own"), "", "max");
        let folders = [own.clone(), middle.clone(), top.clone()];
        assert_eq!(unified_parent(&folders, &["memory"]), Some(middle.clone()));
        assert_eq!(unified_parent(&folders, &["cpu", "memory"]), Some(top));
        group(&middle, "memory", "1048576");
        assert_eq!(unified_parent(&folders, &["cpu", "memory"]), Some(middle), "its limit still holds for what is made in it");
        group(&own, "", "1048576");
        assert_eq!(unified_parent(&folders, &["cpu", "memory"]), None);
    }

    #[test]
    fn only_what_nobody_cares_for_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let own = format!("{PREFIX}{}-0", process::id());
        // No process has so large an id (proc(5): at most 2^22).
        for name in [own.as_str(), "plimsoll-99999999-3", "other-99999999-3", "plimsoll-x"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        remove_abandoned(parent.path());
        let mut left: Vec<String> =
            fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        let mut wanted = vec!["other-99999999-3".to_owned(), own, "plimsoll-x".to_owned()];
        wanted.sort();
        assert_eq!(left, wanted);
    }

    #[test]
    fn kills_are_counted_in_both_versions() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n").unwrap();
        assert_eq!(killed_for_memory(&[folder.path().to_owned(), "/nowhere".into()]), 2);
        fs::write(folder.path().join("memory.events"), "oom 3\noom_kill 1\noom_group_kill 0\n").unwrap();
        assert_eq!(killed_for_memory(&[folder.path().to_owned()]), 1);
    }
}
