//! What is read of this machine. `None` is "not known", never zero.

use super::parse;
use crate::limits;
use plimsoll_engine::{Steal, cgroup_folders, connections_under};
use rustix::{
    fs::{Access, access},
    process::{Resource, getrlimit},
    thread::sched_getaffinity,
};
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// Readings of the clock that are timed together.
const CLOCK_READINGS: u32 = 10_000;
/// Names with which processors show their counters.
const COUNTER_NAMES: [&str; 2] = ["cpu", "armv"];

/// A machine, as far as it tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// The kernel's release.
    pub kernel: Option<String>,
    /// Soft limit on file descriptors; `u64::MAX` for none.
    pub soft_files: Option<u64>,
    /// Hard limit on file descriptors; `u64::MAX` for none.
    pub hard_files: Option<u64>,
    /// Connections that the hard limit leaves room for.
    pub connections: Option<u32>,
    /// First and last of the local ports.
    pub port_range: Option<(u16, u16)>,
    /// `tcp_tw_reuse`.
    pub tw_reuse: Option<u64>,
    /// `somaxconn`.
    pub somaxconn: Option<u64>,
    /// `tcp_max_syn_backlog`.
    pub syn_backlog: Option<u64>,
    /// Cores that this process may use.
    pub cores: Option<usize>,
    /// Cores that its cgroups allow; infinite for no limit.
    pub cpu_quota: Option<f64>,
    /// Bytes of memory that its cgroups allow; `u64::MAX` for no limit.
    pub memory_limit: Option<u64>,
    /// Bytes of memory that programs can still have.
    pub memory_available: Option<u64>,
    /// Share of all CPU time that the host took since the start.
    pub steal_since_boot: Option<f64>,
    /// The same over a short look.
    pub steal_now: Option<f64>,
    /// The clock source.
    pub clock_source: Option<String>,
    /// What one reading of the clock costs, in nanoseconds.
    pub clock_read_ns: Option<f64>,
    /// Whether the folder of its cgroup may be written.
    pub cgroups_writable: Option<bool>,
    /// Whether the processor shows counters.
    pub has_counters: Option<bool>,
    /// `perf_event_paranoid`.
    pub perf_paranoid: Option<i64>,
    /// Whether this process may count regardless of it.
    pub may_count: Option<bool>,
}

impl Machine {
    /// Reads what there is to know. It takes as long as the look at what the host takes.
    pub fn read(look: Duration) -> Self {
        let limits = getrlimit(Resource::Nofile);
        let hard_files = limits.maximum.unwrap_or(u64::MAX);
        let number = |path: &str| text(path)?.trim().parse().ok();
        let before = Steal::read();
        thread::sleep(look);
        let after = Steal::read();
        Self {
            kernel: text("/proc/sys/kernel/osrelease").map(|text| text.trim().to_owned()),
            soft_files: Some(limits.current.unwrap_or(u64::MAX)),
            hard_files: Some(hard_files),
            connections: Some(connections_under(hard_files)),
            port_range: text("/proc/sys/net/ipv4/ip_local_port_range").and_then(|text| parse::pair(&text)),
            tw_reuse: number("/proc/sys/net/ipv4/tcp_tw_reuse"),
            somaxconn: number("/proc/sys/net/core/somaxconn"),
            syn_backlog: number("/proc/sys/net/ipv4/tcp_max_syn_backlog"),
            cores: sched_getaffinity(None).ok().map(|set| set.count() as usize),
            cpu_quota: limits::cpu_quota(None),
            memory_limit: limits::memory_limit(None),
            memory_available: text("/proc/meminfo").and_then(|text| parse::memory_available(&text)),
            steal_since_boot: after.and_then(Steal::share),
            steal_now: before.zip(after).and_then(|(before, after)| after.share_since(before)),
            clock_source: text("/sys/devices/system/clocksource/clocksource0/current_clocksource").map(|text| text.trim().to_owned()),
            clock_read_ns: Some(clock_read_ns()),
            cgroups_writable: cgroup_folders(None, "cpu").first().map(|folder| access(folder, Access::WRITE_OK).is_ok()),
            has_counters: has_counters(),
            perf_paranoid: text("/proc/sys/kernel/perf_event_paranoid").and_then(|text| text.trim().parse().ok()),
            may_count: text("/proc/self/status").and_then(|text| parse::may_count(&text)),
        }
    }
}

fn text(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn clock_read_ns() -> f64 {
    let begun = Instant::now();
    let last = (0..CLOCK_READINGS).fold(begun, |_, _| Instant::now());
    last.duration_since(begun).as_nanos() as f64 / f64::from(CLOCK_READINGS)
}

fn has_counters() -> Option<bool> {
    let devices = fs::read_dir("/sys/bus/event_source/devices").ok()?;
    let names = devices.filter_map(Result::ok).map(|device| device.file_name().to_string_lossy().into_owned());
    Some(names.into_iter().any(|name| COUNTER_NAMES.iter().any(|prefix| name.starts_with(prefix))))
}
