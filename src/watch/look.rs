//! One look at all processes of a target.

use super::{
    budget::{self, Budget},
    programs,
    sockets::{self, Seen},
    threads::{self, Thread},
    whom::Whom,
};
use plimsoll_core::step::Sockets;
use std::{collections::BTreeSet, fs, time::Instant};

/// Threads that are looked at one by one; what more there are is not.
const MOST_THREADS: usize = 256;

/// What was seen at one moment.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub at: Instant,
    /// The processes, with the CPU time of each in seconds, that of ended threads included.
    pub processes: Vec<(i32, Option<f64>)>,
    pub threads: Vec<Thread>,
    pub sockets: Option<Sockets>,
    /// Open files and their limit, of the process that is nearest to it.
    pub files: Option<(u64, u64)>,
    pub resident_bytes: Option<u64>,
    pub budget: Budget,
    pub programs: BTreeSet<String>,
}

/// Looks at a target again and again.
#[derive(Debug)]
pub(super) struct Observer {
    whom: Whom,
    processes: Vec<i32>,
}

impl Observer {
    pub fn of(whom: Whom) -> Self {
        Self { whom, processes: Vec::new() }
    }

    /// What is to be seen now; `None` when the target has no process.
    pub fn look(&mut self) -> Option<Look> {
        self.follow();
        if self.processes.is_empty() {
            return None;
        }
        let mut threads: Vec<Thread> = Vec::new();
        for &process in &self.processes {
            threads.extend(threads::of(process, MOST_THREADS - threads.len().min(MOST_THREADS)));
        }
        let files = self.processes.iter().filter_map(|&process| budget::files(process));
        let resident = self.processes.iter().map(|&process| budget::resident_bytes(process));
        Some(Look {
            at: Instant::now(),
            processes: self.processes.iter().map(|&process| (process, budget::cpu_s(process))).collect(),
            threads,
            sockets: self.whom.port().and_then(|port| sockets::of_port(port).ok()).map(|all| counted(&all)),
            files: files.max_by(|a, b| (a.0 as f64 / a.1 as f64).total_cmp(&(b.0 as f64 / b.1 as f64))),
            resident_bytes: resident.flatten().reduce(|a, b| a + b),
            budget: Budget::of(&self.processes),
            programs: self.processes.iter().filter_map(|&process| programs::name(process)).collect(),
        })
    }

    /// Keeps to the processes while they are there: finding who listens reads the files of every process of the machine. Children come and go.
    fn follow(&mut self) {
        let first_runs = self.processes.first().is_some_and(|first| fs::exists(format!("/proc/{first}")).unwrap_or(false));
        self.processes = match self.whom {
            Whom::Listener(address) if first_runs => {
                let first = self.processes[0].cast_unsigned();
                Whom::Started { process: first, address }.processes()
            }
            whom => whom.processes(),
        };
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
    fn sockets_are_added_up_by_what_became_of_them() {
        let connection = Seen { listens: false, inode: 7, unread: 0, backlog: 0, owes: true };
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
