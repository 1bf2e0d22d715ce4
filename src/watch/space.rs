//! Network namespaces: a container has one of its own, whose sockets are in no list of any other.

use netlink_sys::{Socket, protocols::NETLINK_SOCK_DIAG};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::{
    fs::{self, File},
    io,
    os::fd::AsFd,
    path::PathBuf,
    process, thread,
};

/// Where a target's sockets are.
#[derive(Debug, Default)]
pub(super) enum Space {
    /// Where this process's own are.
    #[default]
    Own,
    /// In another namespace, which stays for as long as this is held.
    Other(File),
    /// In another one, which this process may not enter.
    Closed,
}

impl Space {
    /// That of a process. Where it can't be read, neither can the names of the process's sockets, and none will be taken for its own.
    pub fn of(process: i32) -> Self {
        if name(process).is_none_or(|its| Some(its) == own()) {
            return Self::Own;
        }
        File::open(path(process)).and_then(|space| opened_in(&space).map(|_| Self::Other(space))).unwrap_or(Self::Closed)
    }

    /// A socket to the kernel's list of the sockets there.
    ///
    /// # Errors
    /// Where it may not be read.
    pub fn list(&self) -> io::Result<Socket> {
        match self {
            Self::Own => Socket::new(NETLINK_SOCK_DIAG),
            Self::Other(space) => opened_in(space),
            Self::Closed => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }
}

/// Opened by a thread that enters the namespace and ends. The socket stays there, and no other thread leaves its own.
fn opened_in(space: &File) -> io::Result<Socket> {
    let open = || -> io::Result<Socket> {
        move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network))?;
        Socket::new(NETLINK_SOCK_DIAG)
    };
    thread::scope(|scope| {
        let opened = thread::Builder::new().spawn_scoped(scope, open)?;
        opened.join().unwrap_or_else(|_| Err(io::Error::other("the thread that was to enter a network namespace has failed")))
    })
}

/// What the namespace of a process is called, such as `net:[4026531833]`; `None` where that may not be known.
pub(super) fn name(process: i32) -> Option<PathBuf> {
    fs::read_link(path(process)).ok()
}

/// What this process's own is called.
pub(super) fn own() -> Option<PathBuf> {
    name(process::id().cast_signed())
}

fn path(process: i32) -> String {
    format!("/proc/{process}/ns/net")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_in_its_own_and_nobody_is_in_none() {
        assert!(own().is_some_and(|own| own.to_str().is_some_and(|own| own.starts_with("net:["))));
        assert!(matches!(Space::of(process::id().cast_signed()), Space::Own));
        assert_eq!(name(i32::MAX), None);
        assert!(Space::Closed.list().is_err());
    }
}
