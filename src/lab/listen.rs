//! Listening sockets with a backlog of one's choosing.

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, ipproto, listen, socket_with, sockopt};
use std::{
    io,
    net::{SocketAddrV4, TcpListener},
    os::fd::OwnedFd,
};

/// Binds an address (port 0 for a free one) without listening: nobody else gets the port, and whoever connects is refused.
///
/// # Errors
/// When the port is taken, or the address is not one of this machine.
pub(super) fn reserve(address: SocketAddrV4) -> io::Result<OwnedFd> {
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, Some(ipproto::TCP))?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address)?;
    Ok(socket)
}

/// Listens at an address (port 0 for a free one).
///
/// # Errors
/// When the port is taken, or the address is not one of this machine.
pub(super) fn listen_on(address: SocketAddrV4, backlog: u32) -> io::Result<TcpListener> {
    let socket = reserve(address)?;
    listen(&socket, i32::try_from(backlog).unwrap_or(i32::MAX))?;
    Ok(TcpListener::from(socket))
}
