//! A control group, of either version, that holds a process to so much CPU time or memory. It is removed with its value.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

const ROOT: &str = "/sys/fs/cgroup";
/// Over which time the kernel grants CPU time, in microseconds.
const PERIOD_US: u32 = 100_000;
/// A group can't be removed before the kernel has seen its last process go.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// What a process may use.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Cores.
    pub cores: Option<f64>,
    /// Bytes, swapped ones included.
    pub memory: Option<u64>,
}

/// A group of one controller, and what is written into its files. What is swapped is limited where swap is accounted.
#[derive(Debug, PartialEq)]
struct Setting {
    parent: PathBuf,
    must: Vec<(&'static str, String)>,
    may: Vec<(&'static str, String)>,
}

pub struct Cage {
    folders: Vec<PathBuf>,
}

impl Cage {
    /// Makes the groups; the error says why the system does not allow it.
    pub fn make(limits: Limits) -> Result<Self, String> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("plimsoll-diagnose-{}-{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let root = Path::new(ROOT);
        let settings = if root.join("cgroup.controllers").exists() {
            // Refused where processes are in the group itself; then the limits' files are missing below, and that is said.
            drop(fs::write(root.join("cgroup.subtree_control"), "+cpu +memory"));
            version_2(root, limits)
        } else {
            version_1(root, limits)
        };
        let mut cage = Self { folders: Vec::new() };
        for setting in settings {
            let cannot = |error: io::Error| format!("no control group can be made in {}: {error}", setting.parent.display());
            let folder = setting.parent.join(&name);
            fs::create_dir(&folder).map_err(cannot)?;
            cage.folders.push(folder.clone());
            for (file, value) in setting.must {
                fs::write(folder.join(file), value).map_err(cannot)?;
            }
            for (file, value) in setting.may.into_iter().filter(|(file, _)| folder.join(file).exists()) {
                fs::write(folder.join(file), value).map_err(cannot)?;
            }
        }
        Ok(cage)
    }

    /// What a shell does to enter it before it becomes something else.
    pub fn enter(&self) -> String {
        self.folders.iter().map(|folder| format!("echo $$ > {}/cgroup.procs && ", folder.display())).collect()
    }
}

impl Drop for Cage {
    fn drop(&mut self) {
        for folder in &self.folders {
            let mut removed = fs::remove_dir(folder);
            for _ in 0..TRIES {
                if removed.is_ok() {
                    break;
                }
                thread::sleep(PAUSE);
                removed = fs::remove_dir(folder);
            }
            if let Err(error) = removed {
                eprintln!("{} is left behind: {error}", folder.display());
            }
        }
    }
}

fn quota_us(cores: f64) -> String {
    format!("{:.0}", cores * f64::from(PERIOD_US))
}

fn version_1(root: &Path, limits: Limits) -> Vec<Setting> {
    let cpu = limits.cores.map(|cores| Setting {
        parent: root.join("cpu"),
        must: vec![("cpu.cfs_period_us", PERIOD_US.to_string()), ("cpu.cfs_quota_us", quota_us(cores))],
        may: Vec::new(),
    });
    let memory = limits.memory.map(|bytes| Setting {
        parent: root.join("memory"),
        must: vec![("memory.limit_in_bytes", bytes.to_string())],
        may: vec![("memory.memsw.limit_in_bytes", bytes.to_string())],
    });
    cpu.into_iter().chain(memory).collect()
}

fn version_2(root: &Path, limits: Limits) -> Vec<Setting> {
    let cpu = limits.cores.map(|cores| ("cpu.max", format!("{} {PERIOD_US}", quota_us(cores))));
    let memory = limits.memory.map(|bytes| ("memory.max", bytes.to_string()));
    let swap = limits.memory.map(|_| ("memory.swap.max", "0".to_owned()));
    vec![Setting { parent: root.to_owned(), must: cpu.into_iter().chain(memory).collect(), may: swap.into_iter().collect() }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_told_the_same() {
        let root = Path::new("/groups");
        let limits = Limits { cores: Some(0.05), memory: Some(1 << 20) };
        let first = version_1(root, limits);
        assert_eq!(first.len(), 2, "a hierarchy each");
        assert_eq!(first[0].must[1], ("cpu.cfs_quota_us", "5000".to_owned()));
        assert_eq!((first[1].parent.as_path(), first[1].must[0].1.as_str()), (Path::new("/groups/memory"), "1048576"));
        let second = version_2(root, limits);
        assert_eq!(second.len(), 1);
        assert_eq!(second[0].must, [("cpu.max", "5000 100000".to_owned()), ("memory.max", "1048576".to_owned())]);
        assert!(version_1(root, Limits { cores: Some(1.0), memory: None }).iter().all(|setting| setting.parent.ends_with("cpu")));
    }
}
