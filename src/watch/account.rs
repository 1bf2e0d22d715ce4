//! Several looks summed up: rates between the first and the last, and the mean of what was counted.

use super::{
    look::{Look, MOST_THREADS},
    threads::{Doing, Thread},
};
use plimsoll_core::step::{Downstream, Sockets, Waits, Watched};
use std::collections::HashMap;

/// Two looks nearer than this give no rates.
pub(super) const LEAST_S: f64 = 0.2;
/// What rounding to ticks may add to the CPU time of a process: two, for user and system time.
const TICKS_S: f64 = 0.02;
/// What is said of connections in a network namespace that may not be entered.
const CLOSED: &str = "its connections (only root may enter the network namespace of its container)";

/// What these looks, in order, say together; `None` with fewer than two, or too near to each other.
pub(super) fn sum_up(looks: &[&Look]) -> Option<Watched> {
    let (first, last) = (*looks.first()?, *looks.last()?);
    let seconds = last.at.duration_since(first.at).as_secs_f64();
    if seconds < LEAST_S {
        return None;
    }
    let used = ThreadTimes::between(first, last);
    let cpu_s = cpu(used.as_ref().map(|used| used.ran_s), cpu_of_processes(first, last).map(|(all_s, _)| all_s), last.processes.len());
    let cpu_cores = cpu_s.map(|cpu_s| cpu_s / seconds);
    let waits = waits(looks);
    let sockets = sockets(looks);
    let mut unreadable = Vec::new();
    unreadable.extend(waits.is_none().then(|| "what its threads wait for".to_owned()));
    unreadable.extend(sockets.is_none().then(|| if last.closed { CLOSED } else { "its connections" }.to_owned()));
    unreadable.extend((last.threads.len() >= MOST_THREADS).then(|| format!("more than {MOST_THREADS} of its threads")));
    unreadable.extend(last.files.is_none().then(|| "its open files".to_owned()));
    let busiest = used.as_ref().and_then(|used| used.busiest);
    let mean = |of: &dyn Fn(&Look) -> f64| Some(looks.iter().map(|look| of(look)).sum::<f64>() / looks.len() as f64);
    Some(Watched {
        seconds,
        allotted_cores: last.budget.cores,
        cpu_cores,
        others_cores: others_cores(first, last, seconds, cpu_cores),
        run_wait_cores: used.as_ref().map(|used| used.waited_s / seconds),
        busiest_process_cores: cpu_of_processes(first, last).map(|(_, busiest_s)| busiest_s / seconds),
        busiest_thread_cores: busiest.map(|busiest| busiest.ran_s / seconds),
        busiest_thread_demand: busiest.map(|busiest| (busiest.ran_s + busiest.waited_s) / seconds),
        busiest_thread_in_events: busiest.and_then(|busiest| share_in_events(looks, busiest.key)),
        processes: mean(&|look| look.processes.len() as f64),
        threads: mean(&|look| look.threads.len() as f64),
        voluntary_switches_per_s: used.as_ref().and_then(|used| used.switches).map(|switches| switches / seconds),
        waits,
        sockets,
        downstream: downstream(looks),
        files: last.files.map(|(open, _)| open),
        file_limit: last.files.map(|(_, limit)| limit),
        resident_bytes: last.resident_bytes,
        memory_limit_bytes: last.budget.memory,
        throttled_share: first.budget.periods.zip(last.budget.periods).and_then(|(before, after)| {
            let (periods, held) = (after.0.checked_sub(before.0)?, after.1.checked_sub(before.1)?);
            (periods > 0).then(|| held as f64 / periods as f64)
        }),
        oom_kills: last.budget.oom_kills,
        ended_processes: Some(last.ended),
        programs: last.programs.iter().cloned().collect(),
        container: last.container.clone(),
        unreadable,
    })
}

type Key = (i32, i32);

#[derive(Clone, Copy, Debug)]
struct Busiest {
    key: Key,
    ran_s: f64,
    waited_s: f64,
}

/// What threads did between two looks. A thread that is new did all that it ever did.
#[derive(Debug)]
struct ThreadTimes {
    ran_s: f64,
    waited_s: f64,
    switches: Option<f64>,
    busiest: Option<Busiest>,
}

impl ThreadTimes {
    /// `None` where the kernel keeps no account of threads.
    fn between(first: &Look, last: &Look) -> Option<Self> {
        let before: HashMap<Key, &Thread> = first.threads.iter().map(|thread| ((thread.process, thread.id), thread)).collect();
        let mut all = Self { ran_s: 0.0, waited_s: 0.0, switches: None, busiest: None };
        let mut known = false;
        for thread in &last.threads {
            let Some(now) = thread.time else { continue };
            known = true;
            let key = (thread.process, thread.id);
            let then = before.get(&key);
            let since =
                |now: std::time::Duration, then: Option<std::time::Duration>| now.saturating_sub(then.unwrap_or_default()).as_secs_f64();
            let then_time = then.and_then(|thread| thread.time);
            let (ran_s, waited_s) = (since(now.ran, then_time.map(|time| time.ran)), since(now.waited, then_time.map(|time| time.waited)));
            all.ran_s += ran_s;
            all.waited_s += waited_s;
            if let Some(switches) = thread.voluntary {
                let then = then.and_then(|thread| thread.voluntary).unwrap_or(0);
                *all.switches.get_or_insert(0.0) += switches.saturating_sub(then) as f64;
            }
            if all.busiest.is_none_or(|busiest| ran_s > busiest.ran_s) {
                all.busiest = Some(Busiest { key, ran_s, waited_s });
            }
        }
        known.then_some(all)
    }
}

/// The CPU seconds of a target: those of its threads, exact to the nanosecond; where threads ended between two looks, only their processes know,
/// in ticks.
fn cpu(by_threads_s: Option<f64>, by_processes_s: Option<f64>, processes: usize) -> Option<f64> {
    let by_ticks_alone = |all_s: f64, threads_s: f64| all_s > threads_s + TICKS_S * processes as f64;
    match (by_threads_s, by_processes_s) {
        (Some(threads_s), Some(all_s)) if by_ticks_alone(all_s, threads_s) => Some(all_s),
        (threads_s, all_s) => threads_s.or(all_s),
    }
}

/// Cores, of those that are kept for the target, that somebody else used. Where a quota keeps it from using all of them, they are not its own.
fn others_cores(first: &Look, last: &Look, seconds: f64, cpu_cores: Option<f64>) -> Option<f64> {
    let (cores, unused_s) = first.unused.zip(last.unused).map(|((cores, before_s), (_, after_s))| (cores as f64, after_s - before_s))?;
    let is_whole = last.budget.cores.is_some_and(|allotted| allotted >= cores);
    let used = cores - unused_s / seconds;
    cpu_cores.filter(|_| is_whole).map(|own| (used - own).max(0.0))
}

/// CPU seconds of all processes, and of the one with most.
fn cpu_of_processes(first: &Look, last: &Look) -> Option<(f64, f64)> {
    let before: HashMap<i32, f64> = first.processes.iter().filter_map(|&(id, cpu_s)| Some((id, cpu_s?))).collect();
    let each: Vec<f64> =
        last.processes.iter().filter_map(|&(id, cpu_s)| Some((cpu_s? - before.get(&id).copied().unwrap_or(0.0)).max(0.0))).collect();
    (!each.is_empty()).then(|| (each.iter().sum(), each.iter().copied().fold(0.0, f64::max)))
}

/// What threads were doing, on average; `None` where that can't be read of any.
fn waits(looks: &[&Look]) -> Option<Waits> {
    let mut waits = Waits::default();
    let mut known = false;
    let share = 1.0 / looks.len() as f64;
    for doing in looks.iter().flat_map(|look| &look.threads).filter_map(|thread| thread.doing) {
        known = true;
        *match doing {
            Doing::Running => &mut waits.running,
            Doing::Lock => &mut waits.lock,
            Doing::Events => &mut waits.events,
            Doing::Sleep => &mut waits.sleep,
            Doing::Accept => &mut waits.accept,
            Doing::Transfer => &mut waits.transfer,
            Doing::Other => &mut waits.other,
        } += share;
    }
    known.then_some(waits)
}

fn share_in_events(looks: &[&Look], key: Key) -> Option<f64> {
    let seen: Vec<Doing> = looks
        .iter()
        .flat_map(|look| &look.threads)
        .filter(|thread| (thread.process, thread.id) == key)
        .filter_map(|thread| thread.doing)
        .collect();
    (!seen.is_empty()).then(|| seen.iter().filter(|doing| **doing == Doing::Events).count() as f64 / seen.len() as f64)
}

fn sockets(looks: &[&Look]) -> Option<Sockets> {
    let all: Vec<Sockets> = looks.iter().filter_map(|look| look.sockets).collect();
    let mean = |of: fn(&Sockets) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
    (!all.is_empty()).then(|| Sockets {
        in_application: mean(|sockets| sockets.in_application),
        unread: mean(|sockets| sockets.unread),
        not_accepted: mean(|sockets| sockets.not_accepted),
        longest_queue: all.iter().map(|sockets| sockets.longest_queue).max().unwrap_or(0),
        backlog: all.iter().map(|sockets| sockets.backlog).max().unwrap_or(0),
    })
}

/// The mean over the looks at the peer that owed most replies in the end.
fn downstream(looks: &[&Look]) -> Option<Downstream> {
    let port = looks.iter().rev().find_map(|look| look.downstream)?.port;
    let all: Vec<Downstream> = looks.iter().filter_map(|look| look.downstream).filter(|pool| pool.port == port).collect();
    let mean = |of: fn(&Downstream) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
    Some(Downstream { port, open: mean(|pool| pool.open), awaiting: mean(|pool| pool.awaiting) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::budget::Budget;
    use plimsoll_engine::RunTime;
    use std::{
        collections::BTreeSet,
        time::{Duration, Instant},
    };

    fn thread(id: i32, ran_ms: u64, waited_ms: u64, voluntary: u64, doing: Option<Doing>) -> Thread {
        let time = RunTime { ran: Duration::from_millis(ran_ms), waited: Duration::from_millis(waited_ms) };
        Thread { process: 1, id, time: Some(time), voluntary: Some(voluntary), doing }
    }

    fn look(at: Instant, cpu_s: f64, threads: Vec<Thread>, inside: Option<f64>, periods: (u64, u64)) -> Look {
        Look {
            at,
            processes: vec![(1, Some(cpu_s))],
            threads,
            sockets: inside.map(|in_application| Sockets { in_application, backlog: 128, ..Sockets::default() }),
            downstream: None,
            files: Some((10, 1024)),
            resident_bytes: Some(1 << 20),
            budget: Budget { cores: Some(2.0), periods: Some(periods), ..Budget::default() },
            unused: None,
            programs: BTreeSet::from(["made up".to_owned()]),
            ended: 0,
            container: None,
            closed: false,
        }
    }

    #[test]
    fn rates_lie_between_the_looks_and_counts_are_averaged() {
        let begun = Instant::now();
        let at = |ms: u64| begun + Duration::from_millis(ms);
        let looks = [
            look(at(0), 1.0, vec![thread(1, 100, 50, 10, Some(Doing::Events)), thread(2, 0, 0, 0, Some(Doing::Sleep))], Some(2.0), (10, 1)),
            look(at(1_000), 1.5, vec![thread(1, 600, 60, 20, Some(Doing::Running)), thread(2, 0, 0, 0, Some(Doing::Sleep))], None, (15, 3)),
            // The first thread's work goes on, the second has ended, and a third has come and worked.
            look(
                at(2_000),
                2.6,
                vec![thread(1, 1_100, 150, 110, Some(Doing::Events)), thread(3, 400, 0, 1, Some(Doing::Lock))],
                Some(4.0),
                (20, 6),
            ),
        ];
        let refs: Vec<&Look> = looks.iter().collect();
        let seen = sum_up(&refs).unwrap();
        // 1.4 s by threads, 1.6 s by the process, which knows of the one that ended.
        assert!((seen.cpu_cores.unwrap() - 0.8).abs() < 1e-9, "{seen:?}");
        assert!((seen.run_wait_cores.unwrap() - 0.05).abs() < 1e-9);
        assert!((seen.busiest_thread_cores.unwrap() - 0.5).abs() < 1e-9 && (seen.busiest_thread_demand.unwrap() - 0.55).abs() < 1e-9);
        assert!((seen.busiest_thread_in_events.unwrap() - 2.0 / 3.0).abs() < 1e-9);
        assert!((seen.voluntary_switches_per_s.unwrap() - 50.5).abs() < 1e-9);
        assert_eq!(seen.sockets.unwrap().in_application, 3.0, "a look without sockets is none, not zero");
        assert!((seen.throttled_share.unwrap() - 0.5).abs() < 1e-9);
        let waits = seen.waits.unwrap();
        assert!((waits.total() - 2.0).abs() < 1e-9 && (waits.sleep - 2.0 / 3.0).abs() < 1e-9, "{waits:?}");
        assert!(seen.unreadable.is_empty());
    }

    #[test]
    fn what_others_use_of_its_cores_is_neither_unused_nor_its_own() {
        let begun = Instant::now();
        let at = |ms: u64, unused_s: f64, cores: f64| Look {
            unused: Some((2, 10.0 + unused_s)),
            budget: Budget { cores: Some(cores), ..Budget::default() },
            ..look(begun + Duration::from_millis(ms), 0.0, vec![thread(1, ms, 0, 0, None)], None, (0, 0))
        };
        let others = |unused_s: f64, cores: f64| {
            let looks = [at(0, 0.0, cores), at(2_000, unused_s, cores)];
            sum_up(&looks.iter().collect::<Vec<_>>()).unwrap().others_cores
        };
        // Two cores for 2 s, of which it used one: what is left of the other is somebody else's.
        assert_eq!((others(2.0, 2.0), others(1.5, 2.0)), (Some(0.0), Some(0.25)));
        assert_eq!(others(2.1, 2.0), Some(0.0), "less than nothing is a matter of ticks");
        assert_eq!(others(1.5, 0.5), None, "half a core is not what is kept for it");
    }

    #[test]
    fn what_was_not_seen_is_unknown_and_named() {
        let begun = Instant::now();
        let blind = |ms: u64| {
            let unseen = Thread { process: 1, id: 1, time: None, voluntary: None, doing: None };
            Look { files: None, closed: true, ..look(begun + Duration::from_millis(ms), 0.0, vec![unseen], None, (0, 0)) }
        };
        let looks = [blind(0), blind(500)];
        let seen = sum_up(&looks.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!((seen.run_wait_cores, seen.waits, seen.sockets, seen.throttled_share), (None, None, None, None));
        assert!(seen.unreadable.len() == 3 && seen.unreadable[1] == CLOSED, "{:?}", seen.unreadable);
        assert_eq!(
            (cpu(Some(0.1), Some(0.11), 1), cpu(Some(0.1), Some(0.5), 1), cpu(None, Some(0.2), 3)),
            (Some(0.1), Some(0.5), Some(0.2))
        );
        assert_eq!(sum_up(&[&looks[0]]), None);
        assert_eq!(sum_up(&[&looks[0], &blind(100)]), None);
    }
}
