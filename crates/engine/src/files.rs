//! File descriptors: the limit raised as far as it goes, and what it leaves room for.

use crate::error::EngineError;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that a shard needs besides its connections: epoll, eventfd and a timer.
const PER_SHARD: u64 = 3;
/// Descriptors kept free for what the rest of the process may open during a step: journals, /proc files, a few pipes.
const SPARE: u64 = 16;

/// What the limit on file descriptors leaves room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileRoom {
    limit: u64,
    in_use: u64,
}

impl FileRoom {
    /// Raises the soft limit to the hard one, and counts what is open and what so many shards will open.
    pub(crate) fn claim(shards: u32) -> Result<Self, EngineError> {
        let limits = getrlimit(Resource::Nofile);
        if limits.current != limits.maximum {
            setrlimit(Resource::Nofile, Rlimit { current: limits.maximum, maximum: limits.maximum })
                .map_err(EngineError::doing("raise the limit on file descriptors"))?;
        }
        Ok(Self::under(limits.maximum.unwrap_or(u64::MAX), shards))
    }

    /// What there is under this limit, for so many shards that have not started.
    fn under(limit: u64, shards: u32) -> Self {
        Self { limit, in_use: open_files() + PER_SHARD * u64::from(shards) }
    }

    /// The most connections that there is room for.
    pub(crate) fn most_connections(self) -> u32 {
        u32::try_from(self.limit.saturating_sub(self.in_use + SPARE)).unwrap_or(u32::MAX)
    }

    /// Checks that there is room for this many connections.
    pub(crate) fn check(self, needed: u32) -> Result<(), EngineError> {
        let most = self.most_connections();
        if needed <= most {
            return Ok(());
        }
        Err(EngineError::TooFewFiles { needed, files_needed: u64::from(needed) + self.in_use + SPARE, limit: self.limit, most })
    }
}

/// The most connections that a generator of one thread in this process could have open under a limit of so many file descriptors.
pub fn connections_under(limit: u64) -> u32 {
    FileRoom::under(limit, 1).most_connections()
}

/// Descriptors that the process has open; where /proc can't be read, the three standard ones.
fn open_files() -> u64 {
    std::fs::read_dir("/proc/self/fd").map_or(3, |entries| entries.count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_beyond_the_limit_is_refused_with_the_numbers() {
        let room = FileRoom { limit: 64, in_use: 8 };
        assert_eq!(room.most_connections(), 40);
        assert_eq!(room.check(40), Ok(()));
        let error = room.check(100).unwrap_err();
        assert_eq!(error, EngineError::TooFewFiles { needed: 100, files_needed: 124, limit: 64, most: 40 });
        let text = error.to_string();
        for part in ["100 connections", "124 file descriptors", "limit is 64", "ulimit -Hn", "at most 40"] {
            assert!(text.contains(part), "{text:?} lacks {part:?}");
        }
    }

    #[test]
    fn a_limit_below_what_is_open_leaves_no_room() {
        assert_eq!(connections_under(1), 0);
        assert_eq!(FileRoom { limit: 10, in_use: 12 }.most_connections(), 0);
    }

    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        FileRoom::claim(1).unwrap();
        let limits = getrlimit(Resource::Nofile);
        assert_eq!(limits.current, limits.maximum);
    }
}
