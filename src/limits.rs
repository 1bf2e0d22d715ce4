//! What control groups allow a process, of version 1 and 2: the tightest of its own group and those above it.

use plimsoll_engine::cgroup_folders;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Cores that the groups of a process allow; infinite for no limit, `None` where there are no groups to ask. No process is this one.
pub fn cpu_quota(process: Option<u32>) -> Option<f64> {
    tightest(&cgroup_folders(process, "cpu"), f64::INFINITY, |group| match text(group.join("cpu.max")) {
        Some(max) => cpu_max(&max),
        None => cfs(&text(group.join("cpu.cfs_quota_us"))?, &text(group.join("cpu.cfs_period_us"))?),
    })
}

/// Bytes of memory that the groups of a process allow; `u64::MAX` for no limit, `None` where there are no groups to ask.
pub fn memory_limit(process: Option<u32>) -> Option<u64> {
    tightest(&cgroup_folders(process, "memory"), u64::MAX, |group| {
        bytes(&text(group.join("memory.max")).or_else(|| text(group.join("memory.limit_in_bytes")))?)
    })
}

/// The lowest limit that any of the groups sets. A group without the file, such as the one at the top, sets no limit.
fn tightest<T: PartialOrd>(folders: &[PathBuf], unlimited: T, limit: impl Fn(&Path) -> Option<T>) -> Option<T> {
    let limits = folders.iter().filter_map(|folder| limit(folder));
    (!folders.is_empty()).then(|| limits.fold(unlimited, |lowest, limit| if limit < lowest { limit } else { lowest }))
}

fn text(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The cores that `cpu.max` of a group (version 2) allows: quota and period in microseconds, or `max`.
fn cpu_max(text: &str) -> Option<f64> {
    let (quota, period) = text.trim().split_once(' ')?;
    if quota == "max" { Some(f64::INFINITY) } else { cores(quota.parse().ok()?, period.parse().ok()?) }
}

/// The cores that `cpu.cfs_quota_us` and `cpu.cfs_period_us` (version 1) allow; a negative quota is none.
fn cfs(quota: &str, period: &str) -> Option<f64> {
    let quota: f64 = quota.trim().parse().ok()?;
    if quota < 0.0 { Some(f64::INFINITY) } else { cores(quota, period.trim().parse().ok()?) }
}

fn cores(quota_us: f64, period_us: f64) -> Option<f64> {
    (period_us > 0.0).then(|| quota_us / period_us)
}

/// A limit in bytes, or `max` for none.
fn bytes(text: &str) -> Option<u64> {
    if text.trim() == "max" { Some(u64::MAX) } else { text.trim().parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_a_cpu_quota() {
        assert_eq!(cpu_max("max 100000\n"), Some(f64::INFINITY));
        assert_eq!(cpu_max("150000 100000\n"), Some(1.5));
        assert_eq!(cpu_max("150000 0"), None);
        assert_eq!(cfs("-1\n", "100000\n"), Some(f64::INFINITY));
        assert_eq!(cfs("50000\n", "100000\n"), Some(0.5));
        assert_eq!(cfs("garbage", "100000"), None);
        assert_eq!((bytes("max\n"), bytes("1048576\n"), bytes("much")), (Some(u64::MAX), Some(1 << 20), None));
    }

    #[test]
    fn the_tightest_group_counts_and_none_is_unknown() {
        let folders = [PathBuf::from("a"), PathBuf::from("b"), PathBuf::from("top")];
        let limit = |folder: &Path| [("a", 4.0), ("b", 2.0)].iter().find(|(name, _)| folder == Path::new(name)).map(|(_, limit)| *limit);
        assert_eq!(tightest(&folders, f64::INFINITY, limit), Some(2.0));
        assert_eq!(tightest(&folders[2..], f64::INFINITY, limit), Some(f64::INFINITY));
        assert_eq!(tightest(&[], f64::INFINITY, limit), None);
    }
}
