//! Threads: how long they ran and waited to run, and what they wait for.

use plimsoll_engine::RunTime;
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{Dir, Mode, OFlags, open, openat},
    io::read,
};
use std::borrow::Cow;

/// What a thread was doing when it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Running,
    Lock,
    Events,
    Sleep,
    Accept,
    Transfer,
    Other,
}

/// One thread at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thread {
    pub process: i32,
    pub id: i32,
    pub time: Option<RunTime>,
    /// How often it has given its core up by itself.
    pub voluntary: Option<u64>,
    pub doing: Option<Doing>,
}

/// Longest file of a thread that is read.
const MOST_BYTES: usize = 8 << 10;

/// The threads of a process, `most` of them.
pub(super) fn of(process: i32, most: usize) -> Vec<Thread> {
    let Some((folder, ids)) = folder(process) else { return Vec::new() };
    let mut files = Files { folder: folder.as_fd(), buffer: vec![0; MOST_BYTES] };
    ids.take(most).map(|id| files.thread(process, id)).collect()
}

/// The folder of a process's threads, and their numbers.
fn folder(process: i32) -> Option<(OwnedFd, impl Iterator<Item = i32>)> {
    let folder = open(format!("/proc/{process}/task"), OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let ids = Dir::read_from(&folder).ok()?.filter_map(|entry| entry.ok()?.file_name().to_str().ok()?.parse().ok());
    Some((folder, ids))
}

/// The files of threads, read with as few system calls as can be: there are three of them for each of many threads in each look.
struct Files<'f> {
    folder: BorrowedFd<'f>,
    buffer: Vec<u8>,
}

impl Files<'_> {
    fn thread(&mut self, process: i32, id: i32) -> Thread {
        Thread {
            process,
            id,
            time: self.text(id, "schedstat").and_then(|text| RunTime::parse(&text)),
            voluntary: self.text(id, "status").and_then(|status| voluntary(&status)),
            doing: self.text(id, "syscall").and_then(|call| doing(&call)),
        }
    }

    /// The text of a file that the kernel hands out at one go, as it does these.
    fn text(&mut self, id: i32, name: &str) -> Option<Cow<'_, str>> {
        let file = openat(self.folder, format!("{id}/{name}"), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let bytes = read(&file, &mut self.buffer[..]).ok()?;
        // The name of a thread, which stands in its status, may be any bytes.
        Some(String::from_utf8_lossy(&self.buffer[..bytes]))
    }
}

fn voluntary(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?.trim().parse().ok()
}

/// Reads `/proc/PID/task/TID/syscall` (proc(5)): the number of the call that the thread is blocked in, "running", or -1 where it is blocked
/// outside of any.
fn doing(call: &str) -> Option<Doing> {
    let first = call.split_ascii_whitespace().next()?;
    if first == "running" {
        return Some(Doing::Running);
    }
    let number: i64 = first.parse().ok()?;
    let known = CALLS.iter().find(|(numbers, _)| numbers.contains(&number));
    Some(known.map_or(Doing::Other, |(_, doing)| *doing))
}

/// Calls by their numbers (asm/unistd_64.h).
#[cfg(target_arch = "x86_64")]
const CALLS: &[(&[i64], Doing)] = &[
    (&[202, 449], Doing::Lock),
    (&[232, 281, 441, 7, 271, 23, 270, 426], Doing::Events),
    (&[35, 230], Doing::Sleep),
    (&[43, 288], Doing::Accept),
    (&[0, 1, 17, 18, 19, 20, 44, 45, 46, 47, 299, 307], Doing::Transfer),
];

/// Calls by their numbers (asm-generic/unistd.h).
#[cfg(not(target_arch = "x86_64"))]
const CALLS: &[(&[i64], Doing)] = &[
    (&[98, 449], Doing::Lock),
    (&[22, 441, 73, 72, 426], Doing::Events),
    (&[101, 115], Doing::Sleep),
    (&[202, 242], Doing::Accept),
    (&[63, 64, 65, 66, 67, 68, 206, 207, 211, 212, 243, 269], Doing::Transfer),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_of_a_thread() {
        assert_eq!(doing("running\n"), Some(Doing::Running));
        assert_eq!(doing("-1 0x7ffd 0x7f\n"), Some(Doing::Other));
        assert_eq!(doing(""), None);
        assert_eq!(voluntary("Name:\tx\nvoluntary_ctxt_switches:\t37\nnonvoluntary_ctxt_switches:\t5\n"), Some(37));
        assert_eq!(voluntary("Name:\tx\n"), None);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn calls_have_their_meaning() {
        let meaning =
            [("202 0x55 0x80 0x0", Doing::Lock), ("232 0x5", Doing::Events), ("230 0x1", Doing::Sleep), ("288 0x3", Doing::Accept)];
        for (call, want) in meaning {
            assert_eq!(doing(call), Some(want), "{call}");
        }
        assert_eq!(doing("45 0x3"), Some(Doing::Transfer));
        assert_eq!(doing("61 0x1"), Some(Doing::Other));
    }

    #[test]
    fn own_threads_are_there() {
        let own = of(std::process::id().cast_signed(), 100);
        assert!(own.iter().any(|thread| thread.id == std::process::id().cast_signed() || thread.time.is_some()), "{own:?}");
    }
}
