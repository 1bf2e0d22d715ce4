//! A socket for one request: it gives up at a moment.

use super::super::link::Link;
use plimsoll_engine::Endpoint;
use rustix::{
    event::{PollFd, PollFlags, poll},
    fd::OwnedFd,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, bind, connect, recv, send, socket_with,
        sockopt::{Timeout, set_socket_timeout},
    },
    time::Timespec,
};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

/// A socket that blocks, until the moment at which it gives up.
#[derive(Debug)]
pub(super) struct Socket {
    fd: OwnedFd,
    until: Instant,
    /// Whether a read waits for what is to come. A write always does.
    waits: bool,
}

/// What comes in on a socket whose reads don't wait for it.
#[derive(Debug)]
pub(super) struct Input {
    fd: OwnedFd,
    until: Instant,
}

impl Socket {
    /// Connects as a link says.
    ///
    /// # Errors
    /// When that fails, or takes too long.
    pub(super) fn connect(link: &Link, until: Instant) -> io::Result<Self> {
        let family = match &link.endpoint {
            Endpoint::Tcp(SocketAddr::V4(_)) => AddressFamily::INET,
            Endpoint::Tcp(SocketAddr::V6(_)) => AddressFamily::INET6,
            Endpoint::Unix(_) => AddressFamily::UNIX,
        };
        let socket = Self { fd: socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?, until, waits: true };
        // It bounds connecting too (socket(7)).
        set_socket_timeout(&socket.fd, Timeout::Send, Some(left(until)?))?;
        match &link.endpoint {
            Endpoint::Tcp(address) => {
                if let Some(&source) = link.sources.first() {
                    bind(&socket.fd, &SocketAddr::new(source, 0))?;
                }
                connect(&socket.fd, address)?;
            }
            Endpoint::Unix(path) => connect(&socket.fd, &SocketAddrUnix::new(path)?)?,
        }
        Ok(socket)
    }

    /// The other end of one.
    #[cfg(test)]
    pub(super) fn accepted(stream: std::net::TcpStream, until: Instant) -> Self {
        Self { fd: stream.into(), until, waits: true }
    }

    /// The same with reads that don't wait, and what there is to wait for instead.
    ///
    /// # Errors
    /// When there is no file descriptor left.
    pub(super) fn split(self) -> io::Result<(Self, Input)> {
        let input = Input { fd: self.fd.try_clone()?, until: self.until };
        Ok((Self { waits: false, ..self }, input))
    }
}

impl Input {
    /// Waits for some.
    ///
    /// # Errors
    /// When none comes in time.
    pub(super) fn wait(&self) -> io::Result<()> {
        let patience = Timespec::try_from(left(self.until)?).map_err(|_| ErrorKind::InvalidInput)?;
        match poll(&mut [PollFd::new(&self.fd, PollFlags::IN)], Some(&patience))? {
            0 => Err(ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }
}

/// The time that is left.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    // Zero would mean for ever.
    Ok(left.max(Duration::from_millis(1)))
}

impl Read for Socket {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let left = left(self.until)?;
        let flags = if self.waits {
            set_socket_timeout(&self.fd, Timeout::Recv, Some(left))?;
            RecvFlags::empty()
        } else {
            RecvFlags::DONTWAIT
        };
        let (bytes, _) = recv(&self.fd, space, flags)?;
        Ok(bytes)
    }
}

impl Write for Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        set_socket_timeout(&self.fd, Timeout::Send, Some(left(self.until)?))?;
        Ok(send(&self.fd, data, SendFlags::NOSIGNAL)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
