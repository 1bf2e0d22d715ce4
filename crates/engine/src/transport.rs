//! What carries the bytes of a connection: a socket, plain or with TLS around it.

use crate::tls::TlsStream;
use plimsoll_core::outcome::Failure;
use rustix::{
    fd::OwnedFd,
    io::Errno,
    net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, send, sendmsg},
};
use std::io::IoSlice;

/// An open connection to the target.
#[derive(Debug)]
pub(crate) enum Transport {
    /// A socket, non-blocking and registered with epoll once.
    Plain(OwnedFd),
    /// A socket with a TLS session on it.
    Tls(Box<TlsStream>),
}

/// What a read brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// So many bytes, at least one. `drained` when there are certainly no more: another event will announce those to come.
    Bytes {
        /// How many.
        bytes: usize,
        /// Whether that was all.
        drained: bool,
    },
    /// The peer closed its side in good order.
    End,
    /// The peer closed its side, and nothing says that what came is all (RFC 8446, section 6.1).
    Cut,
    /// Much was read, and held no text so far; there may be more, and others should have their turn first.
    NoText,
}

/// Why nothing could be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It would have to wait; an event will say when it need not.
    Again,
    /// The connection is broken.
    Broken(Failure),
}

impl Transport {
    /// Hands bytes on; says how many were taken.
    #[inline(always)]
    pub(crate) fn write(&mut self, data: &[u8]) -> Result<usize, Stop> {
        match self {
            Self::Plain(socket) => to_socket(socket, data),
            Self::Tls(stream) => stream.write(data),
        }
    }

    /// Whether bytes that were taken are still to be handed to the kernel when the socket is writable.
    pub(crate) fn wants_write(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.wants_write(),
        }
    }

    /// Hands on what was taken before.
    pub(crate) fn flush(&mut self) -> Result<(), Stop> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(stream) => stream.flush(),
        }
    }

    /// Reads into `space`. With `to_the_end` the socket counts as drained only once it says so: its end was announced, and is not again.
    #[inline(always)]
    pub(crate) fn read(&mut self, space: &mut [u8], to_the_end: bool) -> Result<Got, Stop> {
        match self {
            Self::Plain(socket) => match from_socket(socket, space)? {
                0 => Ok(Got::End),
                // Less than was asked for: the socket is drained.
                bytes => Ok(Got::Bytes { bytes, drained: bytes < space.len() && !to_the_end }),
            },
            Self::Tls(stream) => stream.read(space, to_the_end),
        }
    }

    /// Bytes that went over the wire since the last call beyond those read and written here: `(sent, received)`; a plain socket has none.
    #[inline]
    pub(crate) fn take_overhead(&mut self) -> Option<(u64, u64)> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => Some(stream.take_overhead()),
        }
    }
}

/// One write to a socket.
#[inline(always)]
pub(crate) fn to_socket(socket: &OwnedFd, data: &[u8]) -> Result<usize, Stop> {
    loop {
        match send(socket, data, SendFlags::NOSIGNAL) {
            Ok(bytes) => return Ok(bytes),
            Err(Errno::AGAIN) => return Err(Stop::Again),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(Stop::Broken(failure_of(errno))),
        }
    }
}

/// One write to a socket, of several pieces.
pub(crate) fn pieces_to_socket(socket: &OwnedFd, pieces: &[IoSlice<'_>]) -> Result<usize, Stop> {
    loop {
        match sendmsg(socket, pieces, &mut SendAncillaryBuffer::default(), SendFlags::NOSIGNAL) {
            Ok(bytes) => return Ok(bytes),
            Err(Errno::AGAIN) => return Err(Stop::Again),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(Stop::Broken(failure_of(errno))),
        }
    }
}

/// One read from a socket; 0 at its end.
#[inline(always)]
pub(crate) fn from_socket(socket: &OwnedFd, space: &mut [u8]) -> Result<usize, Stop> {
    loop {
        match recv(socket, &mut *space, RecvFlags::empty()) {
            Ok((bytes, _)) => return Ok(bytes),
            Err(Errno::AGAIN) => return Err(Stop::Again),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(Stop::Broken(failure_of(errno))),
        }
    }
}

/// What an error of a socket means for its request.
#[cold]
pub(crate) fn failure_of(errno: Errno) -> Failure {
    match errno {
        // No file at the path of a Unix-domain socket: nobody listens there either.
        Errno::CONNREFUSED | Errno::NOENT => Failure::Refused,
        Errno::CONNRESET | Errno::PIPE | Errno::CONNABORTED => Failure::Reset,
        Errno::TIMEDOUT => Failure::TimedOut,
        // What else the network, or a firewall on the way out of this machine, can say.
        _ => Failure::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_sockets_have_names() {
        let table = [
            (Errno::CONNREFUSED, Failure::Refused),
            (Errno::NOENT, Failure::Refused),
            (Errno::CONNRESET, Failure::Reset),
            (Errno::PIPE, Failure::Reset),
            (Errno::CONNABORTED, Failure::Reset),
            (Errno::TIMEDOUT, Failure::TimedOut),
            (Errno::HOSTUNREACH, Failure::Unreachable),
            (Errno::NETUNREACH, Failure::Unreachable),
            (Errno::PERM, Failure::Unreachable),
        ];
        for (errno, failure) in table {
            assert_eq!(failure_of(errno), failure, "{errno:?}");
        }
    }
}
