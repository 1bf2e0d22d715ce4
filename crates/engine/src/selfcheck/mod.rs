//! The generator's view of itself: is it the limit? What can't be read is unknown, never zero.

mod cgroup;
mod kernel;

pub use cgroup::cgroup_folders;
pub use kernel::{CoreTime, RunTime, Steal};

use cgroup::Throttling;
use plimsoll_core::{
    stat::{Latencies, Resolution, Tally},
    step::GeneratorHealth,
};
use rustix::thread::{CpuSet, Pid, sched_getaffinity};
use std::time::Duration;

/// What is watched of the generator's process.
#[derive(Debug, Default)]
pub(crate) struct SelfCheck {
    threads: Vec<Pid>,
    /// The one core of each thread; `None` for a thread that may run on several.
    cores: Vec<Option<usize>>,
    throttling: Throttling,
}

/// Running totals of the kernel at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    steal: Option<Steal>,
    /// What each thread ran and waited.
    run_times: Vec<Option<RunTime>>,
    /// What the one core of each thread did.
    core_times: Vec<Option<CoreTime>>,
    throttled: Option<Duration>,
}

impl SelfCheck {
    /// Watches these threads of the process, and its cgroup.
    pub(crate) fn of_threads(threads: Vec<Pid>) -> Self {
        let cores = threads.iter().map(|&thread| only_core_of(thread)).collect();
        Self { threads, cores, throttling: Throttling::of_this_process() }
    }

    /// Reads all totals.
    pub(crate) fn read(&self) -> Reading {
        Reading {
            steal: Steal::read(),
            run_times: self.threads.iter().map(|&thread| RunTime::of("self", thread.as_raw_pid())).collect(),
            core_times: self.cores.iter().map(|&core| CoreTime::of(&[core?])).collect(),
            throttled: self.throttling.read(),
        }
    }

    /// The share of its core that others than the generator used, of the worst core; unknown if that of any thread is.
    fn core_taken_share(&self, before: &Reading, after: &Reading, elapsed: Duration) -> Option<f64> {
        if elapsed.is_zero() {
            return None;
        }
        let ran = |index: usize| Some(after.run_times[index]?.ran.saturating_sub(before.run_times[index]?.ran));
        let taken = self.cores.iter().enumerate().map(|(index, core)| {
            let busy = after.core_times[index]?.busy_share_since(before.core_times[index]?)?;
            let same_core = (0..self.cores.len()).filter(|&other| self.cores[other] == *core);
            let own = same_core.map(ran).sum::<Option<Duration>>()?;
            Some((busy - own.as_secs_f64() / elapsed.as_secs_f64()).max(0.0))
        });
        taken.collect::<Option<Vec<_>>>()?.into_iter().reduce(f64::max)
    }
}

fn only_core_of(thread: Pid) -> Option<usize> {
    let cores = sched_getaffinity(Some(thread)).ok()?;
    let mut allowed = (0..CpuSet::MAX_CPU).filter(|&core| cores.is_set(core));
    allowed.next().filter(|_| allowed.next().is_none())
}

/// What the shards themselves report while measuring.
#[derive(Debug)]
pub(crate) struct GeneratorLoad {
    busiest: Duration,
    lag: Latencies,
}

impl Default for GeneratorLoad {
    fn default() -> Self {
        Self { busiest: Duration::ZERO, lag: Latencies::with_resolution(Resolution::Coarse) }
    }
}

impl GeneratorLoad {
    /// Adds a batch of one shard: its thread's CPU time since measuring began, and the delays of its sends.
    pub(crate) fn add(&mut self, cpu: Duration, lag: &Tally) {
        self.busiest = self.busiest.max(cpu);
        lag.add_to(&mut self.lag);
    }

    /// The health over `elapsed`, between two readings.
    pub(crate) fn health(&self, watched: &SelfCheck, before: &Reading, after: &Reading, elapsed: Duration) -> GeneratorHealth {
        let share = |part: Duration| (!elapsed.is_zero()).then(|| (part.as_secs_f64() / elapsed.as_secs_f64()).min(1.0));
        let lag_us = |q| self.lag.quantile(q, 0).map(|lag| lag.as_secs_f64() * 1e6);
        GeneratorHealth {
            cpu_share: share(self.busiest),
            send_lag_p50_us: lag_us(0.5),
            send_lag_p99_us: lag_us(0.99),
            steal_share: before.steal.zip(after.steal).and_then(|(before, after)| after.share_since(before)),
            run_wait_share: longest_wait(before, after).and_then(share),
            throttled_share: before.throttled.zip(after.throttled).and_then(|(before, after)| share(after.saturating_sub(before))),
            core_taken_share: watched.core_taken_share(before, after, elapsed),
        }
    }
}

/// The wait of the thread that waited longest; unknown if that of any thread is.
fn longest_wait(before: &Reading, after: &Reading) -> Option<Duration> {
    let waits = before.run_times.iter().zip(&after.run_times).map(|(&before, &after)| Some(after?.waited.saturating_sub(before?.waited)));
    waits.collect::<Option<Vec<_>>>()?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn shares_are_of_the_worst_thread_and_unknown_stays_unknown() {
        let mut load = GeneratorLoad::default();
        let mut lag = Tally::with_resolution(Resolution::Coarse);
        lag.record_ns(2_000_000);
        load.add(ms(300), &lag);
        load.add(ms(700), &lag);
        let waited = |wait| Some(RunTime { ran: ms(100), waited: wait });
        let before =
            Reading { steal: None, run_times: vec![waited(ms(10)), waited(ms(5))], core_times: vec![None; 2], throttled: Some(ms(100)) };
        let after =
            Reading { steal: None, run_times: vec![waited(ms(15)), waited(ms(255))], core_times: vec![None; 2], throttled: Some(ms(100)) };
        let watched = SelfCheck { cores: vec![None; 2], ..SelfCheck::default() };
        let health = load.health(&watched, &before, &after, ms(1000));
        assert_eq!(health.cpu_share, Some(0.7));
        assert_eq!(health.run_wait_share, Some(0.25));
        assert_eq!(health.throttled_share, Some(0.0));
        assert_eq!((health.steal_share, health.core_taken_share), (None, None));
        let p99 = health.send_lag_p99_us.unwrap();
        assert!((p99 / 2000.0 - 1.0).abs() < 0.01, "{p99}");

        let blind = Reading { run_times: vec![waited(ms(1)), None], throttled: None, ..after };
        let health = GeneratorLoad::default().health(&watched, &before, &blind, ms(1000));
        assert_eq!((health.run_wait_share, health.throttled_share, health.send_lag_p50_us), (None, None, None));
    }

    #[test]
    fn what_a_core_does_beyond_the_generators_own_threads_is_taken_by_others() {
        let at = |ran: [u64; 3], busy: [u64; 2]| Reading {
            steal: None,
            run_times: ran.map(|ran| Some(RunTime { ran: ms(ran), waited: Duration::ZERO })).into(),
            core_times: [busy[0], busy[1], busy[1]].map(|busy| Some(CoreTime { busy, all: 1000 + 2 * busy, ..CoreTime::default() })).into(),
            throttled: None,
        };
        let watched = SelfCheck { cores: vec![Some(0), Some(1), Some(1)], ..SelfCheck::default() };
        let before = at([0, 0, 0], [0, 0]);
        // Core 0 was busy for half of the time, its thread for 0.2 s; core 1 for as long as its two threads together.
        let after = at([200, 300, 200], [1000, 1000]);
        let share = watched.core_taken_share(&before, &after, ms(1000)).unwrap();
        assert!((share - 0.3).abs() < 1e-9, "{share}");
        let roams = SelfCheck { cores: vec![Some(0), None, Some(1)], ..SelfCheck::default() };
        let mut unknown = after.clone();
        unknown.core_times[1] = None;
        assert_eq!(roams.core_taken_share(&before, &unknown, ms(1000)), None);
    }
}
