//! The processes that descend from a target or belong to its group, from /proc.

use crate::proc;
use rustix::process::{Pid, Signal, kill_process};
use std::{collections::HashSet, fs, io};

/// One process at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub(super) pid: i32,
    parent: i32,
    group: i32,
    /// When it started, in ticks since boot: with the id, the name of a process that is never given twice.
    started: u64,
    /// Whether all of it has ended and it only waits for its parent to notice.
    is_zombie: bool,
}

impl Process {
    /// Its id.
    pub fn id(&self) -> i32 {
        self.pid
    }

    /// Sends a signal, unless the process has ended (even if its id lives on in another).
    pub fn signal(&self, signal: Signal) {
        let is_same = read(self.pid).is_some_and(|found| found.started == self.started);
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| is_same) {
            // It may end in between, which is what is wanted.
            let _was_there = kill_process(pid, signal).is_ok();
        }
    }

    /// Whether it still runs.
    pub fn is_running(&self) -> bool {
        read(self.pid).is_some_and(|found| found.started == self.started && !found.is_zombie)
    }
}

/// The running processes that descend from `root` or belong to the process group `root`, `root` itself included.
///
/// # Errors
/// When /proc can't be read.
pub fn tree_of(root: i32) -> io::Result<Vec<Process>> {
    trees_of(&[root])
}

/// The same for several roots, each process once: all of /proc is read, and it is read once.
///
/// # Errors
/// When /proc can't be read.
pub fn trees_of(roots: &[i32]) -> io::Result<Vec<Process>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        // What ends while we look is no longer there to stop.
        all.extend(entry?.file_name().to_str().and_then(|name| name.parse().ok()).and_then(read));
    }
    Ok(select(all, roots))
}

fn select(all: Vec<Process>, roots: &[i32]) -> Vec<Process> {
    let roots: HashSet<i32> = roots.iter().copied().collect();
    let is_of_them = |process: &&Process| roots.contains(&process.pid) || roots.contains(&process.group);
    let mut ids: HashSet<i32> = all.iter().filter(is_of_them).map(|process| process.pid).collect();
    loop {
        let before = ids.len();
        let children: Vec<i32> = all.iter().filter(|process| ids.contains(&process.parent)).map(|process| process.pid).collect();
        ids.extend(children);
        if ids.len() == before {
            break;
        }
    }
    all.into_iter().filter(|process| ids.contains(&process.pid) && !process.is_zombie).collect()
}

fn read(pid: i32) -> Option<Process> {
    parse(pid, &proc::text(&format!("/proc/{pid}/stat"))?)
}

/// Reads a line of /proc/PID/stat (proc(5)); the name in it may hold anything, so fields are counted from its closing parenthesis.
fn parse(pid: i32, stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // A first thread may end before the others; only with the last one are sockets closed and ports free.
    let threads: u32 = fields.get(17)?.parse().ok()?;
    Some(Process {
        pid,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
        is_zombie: matches!(*fields.first()?, "Z" | "X") && threads <= 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, parent: i32, group: i32) -> Process {
        Process { pid, parent, group, started: 1, is_zombie: false }
    }

    #[test]
    fn a_tree_holds_descendants_and_the_group() {
        let all = vec![
            process(1, 0, 1),
            process(13, 12, 13), // a grandchild that left the group, listed before its parent
            process(10, 1, 10),
            process(11, 10, 10),
            process(12, 10, 12), // left the group
            process(14, 1, 10),  // its parent has ended; still in the group
            process(20, 1, 20),
            Process { is_zombie: true, ..process(15, 10, 10) },
        ];
        let ids = |roots: &[i32]| -> Vec<i32> { select(all.clone(), roots).into_iter().map(|process| process.pid).collect() };
        assert_eq!(ids(&[10]), [13, 10, 11, 12, 14]);
        assert_eq!(ids(&[12, 11, 20]), [13, 11, 12, 20], "each once");
    }

    #[test]
    fn stat_is_read_whatever_the_name() {
        let stat = "42 (a) b (c)) S 7 9 9 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 5 0 123456 1 1";
        assert_eq!(parse(42, stat), Some(Process { pid: 42, parent: 7, group: 9, started: 123_456, is_zombie: false }));
        assert_eq!(parse(42, "42 (a"), None);
        let ended_first_thread = stat.replace(" S ", " Z ");
        assert!(!parse(42, &ended_first_thread).unwrap().is_zombie);
        assert!(parse(42, &ended_first_thread.replace(" 5 0 123456", " 1 0 123456")).unwrap().is_zombie);
        let own = read(i32::try_from(std::process::id()).unwrap()).unwrap();
        assert!(own.is_running());
    }
}
