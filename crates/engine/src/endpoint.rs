//! Where connections go, and from where they come.

use crate::error::EngineError;
use rustix::{
    fd::OwnedFd,
    io::Errno,
    net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, socket_with,
        sockopt::{set_socket_reuseaddr, set_tcp_nodelay},
    },
};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Where a connection goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A TCP port.
    Tcp(SocketAddr),
    /// A Unix-domain socket.
    Unix(PathBuf),
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self::Tcp(address)
    }
}

/// How an attempt to connect began.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// The connection stands.
    Stands(OwnedFd),
    /// The kernel is at it; the socket becomes writable when it knows.
    UnderWay(OwnedFd),
    /// The kernel refused at once.
    Failed(Errno),
    /// There was no descriptor for a socket.
    NoFile,
}

impl Endpoint {
    /// Begins a connection from `source`, where one is given and of the same family.
    pub(crate) fn connect(&self, source: Option<IpAddr>) -> Result<Attempt, EngineError> {
        let family = match self {
            Self::Tcp(SocketAddr::V4(_)) => AddressFamily::INET,
            Self::Tcp(SocketAddr::V6(_)) => AddressFamily::INET6,
            Self::Unix(_) => AddressFamily::UNIX,
        };
        let socket = match socket_with(family, SocketType::STREAM, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None) {
            Ok(socket) => socket,
            Err(Errno::MFILE | Errno::NFILE) => return Ok(Attempt::NoFile),
            Err(errno) => return Err(EngineError::System { action: "open a socket", errno }),
        };
        let begun = match self {
            Self::Tcp(address) => {
                set_tcp_nodelay(&socket, true).map_err(EngineError::doing("set TCP_NODELAY"))?;
                match source.filter(|source| source.is_ipv4() == address.is_ipv4()) {
                    Some(source) => bound(&socket, source).and_then(|()| connect(&socket, address)),
                    None => connect(&socket, address),
                }
            }
            Self::Unix(path) => SocketAddrUnix::new(path).and_then(|address| connect(&socket, &address)),
        };
        Ok(match begun {
            Ok(()) => Attempt::Stands(socket),
            Err(Errno::INPROGRESS | Errno::INTR) => Attempt::UnderWay(socket),
            Err(errno) => Attempt::Failed(errno),
        })
    }
}

/// Binds to a source address and a port of the kernel's choice. Used up, the ports of one address are as if there were none at all.
fn bound(socket: &OwnedFd, source: IpAddr) -> Result<(), Errno> {
    // Without it a port in TIME_WAIT could not be chosen again.
    set_socket_reuseaddr(socket, true)?;
    match bind(socket, &SocketAddr::new(source, 0)) {
        Err(Errno::ADDRINUSE) => Err(Errno::ADDRNOTAVAIL),
        other => other,
    }
}
