//! One look at all processes of a target.

use super::{
    budget::{self, Budget},
    downstream::Pools,
    programs,
    sockets::{self, Seen},
    space::Space,
    threads::{self, Thread},
    whom::{Found, Whom},
};
use crate::launch::Process;
use plimsoll_core::step::{Downstream, Sockets};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Instant,
};

/// Threads that are looked at one by one; what more there are is not.
pub(super) const MOST_THREADS: usize = 256;

/// What was seen at one moment.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub at: Instant,
    /// The processes, with the CPU time of each in seconds, that of ended threads included.
    pub processes: Vec<(i32, Option<f64>)>,
    pub threads: Vec<Thread>,
    pub sockets: Option<Sockets>,
    pub downstream: Option<Downstream>,
    /// Open files and their limit, of the process that is nearest to it.
    pub files: Option<(u64, u64)>,
    pub resident_bytes: Option<u64>,
    pub budget: Budget,
    /// Of the cores that are kept for it: how many there are, and for how many seconds no program has run on them so far.
    pub unused: Option<(usize, f64)>,
    pub programs: BTreeSet<String>,
    /// Processes seen for a while that have ended so far.
    pub ended: u64,
    /// What leads to them, where they are in a container.
    pub container: Option<String>,
    /// Whether their sockets are in a network namespace that may not be entered.
    pub closed: bool,
}

/// Looks at a target again and again.
#[derive(Debug)]
pub(super) struct Observer {
    whom: Whom,
    /// Where it was found.
    found: Found,
    /// The processes found and all that descend from them, as they were seen last.
    family: Vec<Process>,
    /// Looks since then.
    looks: u32,
    /// Processes that had been killed for want of memory before the first look: a control group counts from its beginning.
    killed_before: Option<u64>,
    pools: Pools,
    seen: HashMap<i32, Known>,
    ended: u64,
}

/// What is remembered of a process, because it hardly ever changes and takes time to read.
#[derive(Clone, Debug, Default)]
struct Known {
    /// In how many looks it was seen.
    looks: u32,
    name: Option<String>,
    file_limit: Option<u64>,
}

impl Known {
    /// Reads again what may have changed: a process that was forked a moment ago may yet become another program.
    fn again(&mut self, process: i32) {
        if self.looks < LASTING || self.looks.is_multiple_of(LOOKS_UNREAD) {
            self.name = programs::name(process);
            self.file_limit = budget::file_limit(process);
        }
        self.looks = self.looks.saturating_add(1);
    }
}

/// What was seen in fewer looks comes and goes with requests.
const LASTING: u32 = 4;
/// While all of a target's processes run, others are looked for every so many looks: that reads what all processes of the machine are.
const LOOKS_TOGETHER: u32 = 4;
/// What is remembered of a process that lasts is read anew every so many looks.
const LOOKS_UNREAD: u32 = 16;

impl Observer {
    pub fn of(whom: Whom) -> Self {
        Self {
            whom,
            found: Found::default(),
            family: Vec::new(),
            looks: 0,
            killed_before: None,
            pools: Pools::default(),
            seen: HashMap::new(),
            ended: 0,
        }
    }

    /// What is to be seen now; `None` when the target has no process.
    pub fn look(&mut self) -> Option<Look> {
        let processes = self.processes();
        if processes.is_empty() {
            return None;
        }
        self.remember(&processes);
        let mut budget = Budget::of(&processes);
        budget.oom_kills = budget.oom_kills.map(|kills| kills.saturating_sub(*self.killed_before.get_or_insert(kills)));
        let mut threads: Vec<Thread> = Vec::new();
        for &process in &processes {
            threads.extend(threads::of(process, MOST_THREADS - threads.len().min(MOST_THREADS)));
        }
        let files = self.seen.iter().filter_map(|(&process, known)| budget::open_files(process, known.file_limit?));
        let resident = processes.iter().map(|&process| budget::resident_bytes(process));
        Some(Look {
            at: Instant::now(),
            processes: processes.iter().map(|&process| (process, budget::cpu_s(process))).collect(),
            threads,
            sockets: self.found.port.and_then(|port| sockets::of_port(&self.found.space, port).ok()).map(|all| counted(&all)),
            downstream: self.pools.look(&processes, self.found.port, &self.found.space),
            files: files.max_by(|a, b| (a.0 as f64 / a.1 as f64).total_cmp(&(b.0 as f64 / b.1 as f64))),
            resident_bytes: resident.flatten().reduce(|a, b| a + b),
            budget,
            unused: budget::unused(self.whom.own_cores()),
            programs: self.seen.values().filter_map(|known| known.name.clone()).collect(),
            ended: self.ended,
            container: self.found.container.clone(),
            closed: matches!(self.found.space, Space::Closed),
        })
    }

    /// Counts those that were there for a while and are no more.
    fn remember(&mut self, processes: &[i32]) {
        let present: HashSet<i32> = processes.iter().copied().collect();
        let (there, gone): (HashMap<i32, Known>, HashMap<i32, Known>) =
            self.seen.drain().partition(|(process, _)| present.contains(process));
        self.ended += gone.values().filter(|known| known.looks >= LASTING).count() as u64;
        self.seen = there;
        for &process in processes {
            self.seen.entry(process).or_default().again(process);
        }
    }

    /// The processes at present.
    fn processes(&mut self) -> Vec<i32> {
        self.looks += 1;
        if self.family.is_empty() || self.looks >= LOOKS_TOGETHER || !self.family.iter().all(Process::is_running) {
            self.find();
        }
        self.family.iter().map(Process::id).collect()
    }

    /// Finds them anew; who listens, and where, only when none of them is left: that reads the files of every process of the machine.
    fn find(&mut self) {
        self.looks = 0;
        self.family = self.whom.family(&self.found.roots);
        if self.family.is_empty() {
            self.found = self.whom.find();
            self.family = self.whom.family(&self.found.roots);
        }
    }
}

/// The sockets of a port, added up.
fn counted(all: &[Seen]) -> Sockets {
    let mut sockets = Sockets::default();
    for one in all {
        if one.listens {
            sockets.longest_queue = sockets.longest_queue.max(one.unread);
            sockets.backlog = sockets.backlog.max(one.backlog);
        } else if one.inode == 0 {
            sockets.not_accepted += 1.0;
        } else if one.unread > 0 {
            sockets.unread += 1.0;
        } else if one.owes {
            sockets.in_application += 1.0;
        }
    }
    sockets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_before_the_first_look_are_not_the_targets_and_its_own_family_is_kept() {
        // A child of this process stands for the target; what its control group counted before is not held against it.
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let mut observer = Observer::of(Whom::Process(child.id()));
        let looks = [observer.look().unwrap(), observer.look().unwrap()];
        child.kill().unwrap();
        child.wait().unwrap();
        for look in &looks {
            assert_eq!(look.processes.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [child.id().cast_signed()]);
            assert!(look.budget.oom_kills.is_none_or(|kills| kills == 0), "{:?}", look.budget);
        }
        assert!(observer.look().is_none(), "it has ended");
    }

    #[test]
    fn processes_that_were_there_for_a_while_are_missed_when_they_end() {
        let mut observer = Observer::of(Whom::Process(1));
        for _ in 0..LASTING {
            observer.remember(&[1, 2, 3]);
        }
        // One of the workers is replaced; a process of a single request comes and goes.
        observer.remember(&[1, 3, 4, 77]);
        observer.remember(&[1, 3, 4]);
        assert_eq!(observer.ended, 1);
    }

    #[test]
    fn sockets_are_added_up_by_what_became_of_them() {
        let connection = Seen { port: 80, peer_port: 5, listens: false, inode: 7, unread: 0, backlog: 0, owes: true, asked: false };
        let all = [
            Seen { listens: true, unread: 3, backlog: 128, ..connection },
            connection,
            Seen { owes: false, ..connection },
            Seen { unread: 40, ..connection },
            Seen { inode: 0, unread: 40, ..connection },
        ];
        let want = Sockets { in_application: 1.0, unread: 1.0, not_accepted: 1.0, longest_queue: 3, backlog: 128 };
        assert_eq!(counted(&all), want);
    }
}
