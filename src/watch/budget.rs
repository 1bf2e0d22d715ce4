//! What processes may use, and what they have: CPU time, memory, file descriptors.

use crate::{limits, proc};
use plimsoll_engine::{CoreTime, cgroup_folders};
use rustix::{
    param::{clock_ticks_per_second, page_size},
    process::Pid,
    thread::sched_getaffinity,
};
use std::fs;

/// What the target may use, and how often it was held back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Budget {
    /// Cores.
    pub cores: Option<f64>,
    /// Bytes.
    pub memory: Option<u64>,
    /// Periods of its quota so far, and those in which it was held back.
    pub periods: Option<(u64, u64)>,
    /// Processes killed for want of memory so far.
    pub oom_kills: Option<u64>,
}

impl Budget {
    pub fn of(processes: &[i32]) -> Self {
        let Some(&first) = processes.first() else { return Self::default() };
        let first_id = Some(first.cast_unsigned());
        let affinity = processes.iter().filter_map(|&process| affinity(process)).reduce(f64::max);
        let quota = limits::cpu_quota(first_id).unwrap_or(f64::INFINITY);
        let stat = |controller: &str, file: &str| {
            cgroup_folders(first_id, controller).into_iter().next().and_then(|folder| fs::read_to_string(folder.join(file)).ok())
        };
        let memory = limits::memory_limit(first_id).unwrap_or(u64::MAX).min(machine_memory().unwrap_or(u64::MAX));
        Self {
            cores: affinity.map(|cores| cores.min(quota)),
            memory: (memory < u64::MAX).then_some(memory),
            periods: stat("cpu", "cpu.stat").and_then(|stat| Some((number(&stat, "nr_periods")?, number(&stat, "nr_throttled")?))),
            oom_kills: stat("memory", "memory.events")
                .or_else(|| stat("memory", "memory.oom_control"))
                .and_then(|events| number(&events, "oom_kill")),
        }
    }
}

fn affinity(process: i32) -> Option<f64> {
    sched_getaffinity(Some(Pid::from_raw(process)?)).ok().map(|set| f64::from(set.count()))
}

fn machine_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let kib: u64 = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// The value after a name at the beginning of a line.
fn number(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.split_once(' ').filter(|(key, _)| *key == name))?.1.trim().parse().ok()
}

/// CPU time of a process so far, in seconds, that of its ended threads and of the children that it has waited for included.
pub(super) fn cpu_s(process: i32) -> Option<f64> {
    ticks(&proc::text(&format!("/proc/{process}/stat"))?).map(|ticks| ticks as f64 / clock_ticks_per_second() as f64)
}

/// How many cores these are, and for how many seconds, added up, no program has run on them so far; `None` where there are none, or they are not known.
pub(super) fn unused(cores: &[usize]) -> Option<(usize, f64)> {
    let time = CoreTime::of(cores).filter(|_| !cores.is_empty())?;
    Some((cores.len(), (time.idle + time.interrupts) as f64 / clock_ticks_per_second() as f64))
}

/// The 14th to 17th field of /proc/PID/stat (proc(5)); the name in it may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok()).sum()
}

/// Resident memory, in bytes.
pub(super) fn resident_bytes(process: i32) -> Option<u64> {
    let text = proc::text(&format!("/proc/{process}/statm"))?;
    let pages: u64 = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(page_size() as u64)
}

/// How many file descriptors a process may have open.
pub(super) fn file_limit(process: i32) -> Option<u64> {
    let limits = proc::text(&format!("/proc/{process}/limits"))?;
    limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?.parse().ok()
}

/// Open file descriptors, and that limit.
pub(super) fn open_files(process: i32, limit: u64) -> Option<(u64, u64)> {
    let open = fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() as u64;
    // A file that is being opened is listed before it is refused.
    Some((open.min(limit), limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_texts() {
        let stat = "42 (a) b (c)) S 7 9 9 0 -1 4194560 1 0 0 0 10 20 3 4 20 0 5 0 123456 1 1";
        assert_eq!(ticks(stat), Some(37));
        assert_eq!(ticks("42 (a"), None);
        let events = "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n";
        assert_eq!((number(events, "oom_kill"), number(events, "oom_kil"), number("nr_periods x", "nr_periods")), (Some(2), None, None));
    }

    #[test]
    fn this_process_has_a_budget() {
        let own = std::process::id().cast_signed();
        let budget = Budget::of(&[own]);
        assert!(budget.cores.is_some_and(|cores| cores > 0.0) && budget.memory.is_some_and(|bytes| bytes > 1 << 20), "{budget:?}");
        assert!(file_limit(own).and_then(|limit| open_files(own, limit)).is_some_and(|(open, limit)| open > 0 && limit >= open));
        assert!(resident_bytes(own).is_some_and(|bytes| bytes > 1 << 16) && cpu_s(own).is_some());
    }
}
