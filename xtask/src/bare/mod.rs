//! The least that a server and a client can be: what is left of a request when nothing is measured, parsed or kept. `cargo xtask bench`
//! starts both as processes of their own.

mod answers;
mod client;
mod server;

pub use answers::Answers;
pub use client::{Arguments as ClientArguments, run as ping_pong};
pub use server::{Arguments as ServerArguments, run as serve};

use rustix::event::epoll;

/// Events taken from the kernel at one time.
const EVENTS: usize = 256;
/// The one buffer of all reads.
const BUFFER_BYTES: usize = 64 << 10;
/// What epoll says for what is no connection; no socket has this number.
const NO_CONNECTION: u64 = u64::MAX;

/// What a system call that failed is told as.
fn doing(action: &'static str) -> impl Fn(rustix::io::Errno) -> String {
    move |errno| format!("can't {action}: {errno}")
}

/// An epoll instance.
fn new_epoll() -> Result<rustix::fd::OwnedFd, String> {
    epoll::create(epoll::CreateFlags::CLOEXEC).map_err(doing("create an epoll instance"))
}
