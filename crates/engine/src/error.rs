//! Why the engine itself can't go on. What the target does wrong is an outcome, not an error.

use crate::request::RequestError;
use rustix::io::Errno;

/// A failure of the load generator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The configuration names no address to send to.
    #[error("the target has no address")]
    NoAddress,
    /// Requests of HTTP/2 share a connection, which none of them can close.
    #[error("HTTP/2 without keep-alive is a contradiction: its requests share connections")]
    ClosesSharedConnections,
    /// The configuration names a processor beyond any that Linux numbers.
    #[error("there is no processor {0} to pin a thread to")]
    NoSuchCpu(usize),
    /// The request can't be written as HTTP.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The load needs more connections than the limit on file descriptors allows.
    #[error(
        "{needed} connections need {files_needed} file descriptors, and the limit is {limit}: raise it (ulimit -Hn, LimitNOFILE= of a service, \
         nofile in /etc/security/limits.conf), or ask for at most {most} connections"
    )]
    TooFewFiles {
        /// Connections that the plan needs.
        needed: u32,
        /// File descriptors for them and for all else that the process has open.
        files_needed: u64,
        /// The hard limit of the process.
        limit: u64,
        /// Connections that the limit leaves room for.
        most: u32,
    },
    /// The load needs more connections than the source addresses have ports.
    #[error(
        "{needed} connections need a local port each, and the source addresses have {most}: give {more_sources} more source addresses \
         ({ports} ports each), widen net.ipv4.ip_local_port_range, or ask for at most {most} connections"
    )]
    TooFewPorts {
        /// Connections that the plan needs.
        needed: u32,
        /// Connections that there are ports for.
        most: u32,
        /// Ports of one source address.
        ports: u32,
        /// How many further source addresses would do.
        more_sources: u32,
    },
    /// The plan can't be carried out as it is written.
    #[error("the plan is void: {0}")]
    VoidPlan(&'static str),
    /// The kernel has no epoll_pwait2 (Linux before 5.11), without which waits can't be exact.
    #[error("this kernel has no epoll_pwait2: the load engine needs Linux 5.11 or later")]
    OldKernel,
    /// A system call failed that only a lack of memory or a forbidding sandbox can make fail.
    #[error("the load engine could not {action}: {errno}")]
    System {
        /// What it was about to do.
        action: &'static str,
        /// What the kernel said.
        errno: Errno,
    },
    /// A thread of the engine ended unasked.
    #[error("thread {0} of the load engine ended unasked")]
    ShardDied(u32),
}

impl EngineError {
    /// For `map_err`: what was about to be done.
    pub(crate) fn doing(action: &'static str) -> impl FnOnce(Errno) -> Self {
        move |errno| Self::System { action, errno }
    }
}
