//! Listening sockets with a backlog of one's choosing.

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, ipproto, listen, socket_with, sockopt};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, TcpListener},
    os::fd::OwnedFd,
};

/// Binds a loopback port (0 for a free one) without listening: nobody else gets the port, and whoever connects is refused.
///
/// # Errors
/// When the port is taken.
pub(super) fn reserve(port: u16) -> io::Result<OwnedFd> {
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, Some(ipproto::TCP))?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    Ok(socket)
}

/// Listens on a loopback port (0 for a free one).
///
/// # Errors
/// When the port is taken.
pub(super) fn listen_on(port: u16, backlog: u32) -> io::Result<TcpListener> {
    let socket = reserve(port)?;
    listen(&socket, i32::try_from(backlog).unwrap_or(i32::MAX))?;
    Ok(TcpListener::from(socket))
}
