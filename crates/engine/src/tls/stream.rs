//! A TLS session on a socket of the loop.

use super::{Tls, failure::failure_of};
use crate::{
    clock::Moment,
    transport::{Got, Stop, from_socket, to_socket},
};
use plimsoll_core::outcome::Failure;
use rustix::fd::OwnedFd;
use rustls::ClientConnection;
use std::{
    io::{self, ErrorKind, Read, Write},
    sync::Arc,
};

/// How far a handshake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handshake {
    /// It goes on when the socket is ready again.
    GoesOn,
    /// The session stands.
    Done,
}

/// A socket with a TLS session on it.
#[derive(Debug)]
pub(crate) struct TlsStream {
    wire: Wire,
    session: ClientConnection,
    /// When the handshake began.
    pub(crate) since: Moment,
    /// Bytes of text since the last account.
    text: (u64, u64),
}

/// The socket, with what rustls does not tell of it.
#[derive(Debug)]
struct Wire {
    socket: OwnedFd,
    /// Whether the last read took all there was.
    drained: bool,
    /// What became of the socket, where that is more than a wait.
    broken: Option<Failure>,
    /// Bytes since the last account.
    sent: u64,
    received: u64,
}

impl TlsStream {
    /// A session whose handshake is yet to begin.
    pub(crate) fn begin(socket: OwnedFd, tls: &Tls, now: Moment) -> Result<Self, Failure> {
        let session = ClientConnection::new(Arc::clone(&tls.config), tls.server_name.clone()).map_err(|error| failure_of(&error, true))?;
        let wire = Wire { socket, drained: false, broken: None, sent: 0, received: 0 };
        Ok(Self { wire, session, since: now, text: (0, 0) })
    }

    /// Goes as far in the handshake as the socket lets it.
    pub(crate) fn shake_hands(&mut self) -> Result<Handshake, Failure> {
        loop {
            match self.flush() {
                Err(Stop::Broken(failure)) => return Err(failure),
                Err(Stop::Again) => return Ok(Handshake::GoesOn),
                Ok(()) => {}
            }
            if !self.session.is_handshaking() {
                return Ok(Handshake::Done);
            }
            match self.take_in() {
                Ok(0) => return Err(Failure::TlsHandshake),
                Ok(_) => {}
                Err(Stop::Again) => return Ok(Handshake::GoesOn),
                Err(Stop::Broken(failure)) => return Err(failure),
            }
        }
    }

    /// Whether HTTP/2 was agreed on (ALPN).
    pub(crate) fn speaks_http2(&self) -> bool {
        self.session.alpn_protocol() == Some(b"h2")
    }

    pub(crate) fn write(&mut self, data: &[u8]) -> Result<usize, Stop> {
        let taken = match self.session.writer().write(data) {
            Ok(0) => {
                // The session's buffer is full.
                self.flush()?;
                self.session.writer().write(data).unwrap_or(0)
            }
            Ok(taken) => taken,
            Err(_) => return Err(Stop::Broken(Failure::TlsBroken)),
        };
        self.text.0 += taken as u64;
        match self.flush() {
            Err(Stop::Again) | Ok(()) if taken > 0 => Ok(taken),
            Ok(()) => Err(Stop::Again),
            Err(stop) => Err(stop),
        }
    }

    pub(crate) fn wants_write(&self) -> bool {
        self.session.wants_write()
    }

    pub(crate) fn flush(&mut self) -> Result<(), Stop> {
        while self.session.wants_write() {
            if self.session.write_tls(&mut self.wire).is_err() {
                return Err(self.wire.stop());
            }
        }
        Ok(())
    }

    pub(crate) fn read(&mut self, space: &mut [u8], to_the_end: bool) -> Result<Got, Stop> {
        self.wire.drained = false;
        loop {
            match self.session.reader().read(space) {
                Ok(0) => return Ok(Got::End),
                Ok(bytes) => {
                    self.text.1 += bytes as u64;
                    let drained = self.wire.drained && bytes < space.len() && !to_the_end;
                    return Ok(Got::Bytes { bytes, drained });
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // The socket ended without the farewell that tells an end from a cut (RFC 8446, section 6.1).
                Err(_) => return Err(Stop::Broken(Failure::TlsBroken)),
            }
            if self.wire.drained && !to_the_end {
                return Err(Stop::Again);
            }
            self.take_in()?;
        }
    }

    /// Reads once from the socket and lets the session make of it what it can; 0 at the socket's end.
    fn take_in(&mut self) -> Result<usize, Stop> {
        let Ok(bytes) = self.session.read_tls(&mut self.wire) else { return Err(self.wire.stop()) };
        let handshaking = self.session.is_handshaking();
        match self.session.process_new_packets() {
            Ok(_) => {
                if !handshaking && self.session.wants_write() {
                    // A key update is answered; if it has to wait, the next write takes it along.
                    match self.flush() {
                        Ok(()) | Err(Stop::Again) => {}
                        Err(stop) => return Err(stop),
                    }
                }
                Ok(bytes)
            }
            Err(error) => {
                // The alert that tells the server why; whether it arrives does not matter here.
                let _ = self.flush();
                Err(Stop::Broken(failure_of(&error, handshaking)))
            }
        }
    }

    /// What the wire carried beyond the text, since the last call.
    pub(crate) fn take_overhead(&mut self) -> (u64, u64) {
        let overhead = (self.wire.sent.saturating_sub(self.text.0), self.wire.received.saturating_sub(self.text.1));
        (self.wire.sent, self.wire.received, self.text) = (0, 0, (0, 0));
        overhead
    }
}

impl Drop for TlsStream {
    fn drop(&mut self) {
        // A farewell, where the socket takes it at once: a server that misses it logs an error.
        if self.wire.broken.is_none() && !self.session.is_handshaking() {
            self.session.send_close_notify();
            let _ = self.flush();
        }
    }
}

impl Wire {
    /// Why the last call of the session on this socket failed.
    fn stop(&self) -> Stop {
        self.broken.map_or(Stop::Again, Stop::Broken)
    }

    fn said(&mut self, result: Result<usize, Stop>) -> io::Result<usize> {
        result.map_err(|stop| match stop {
            Stop::Again => ErrorKind::WouldBlock.into(),
            Stop::Broken(failure) => {
                self.broken = Some(failure);
                ErrorKind::BrokenPipe.into()
            }
        })
    }
}

impl Read for Wire {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let result = from_socket(&self.socket, space);
        let bytes = self.said(result)?;
        self.drained = bytes < space.len();
        self.received += bytes as u64;
        Ok(bytes)
    }
}

impl Write for Wire {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let result = to_socket(&self.socket, data);
        let bytes = self.said(result)?;
        self.sent += bytes as u64;
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
