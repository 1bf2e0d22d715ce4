//! A TLS session on a socket of the loop.

use super::{Tls, failure::failure_of};
use crate::{
    clock::Moment,
    transport::{Got, Stop, from_socket, pieces_to_socket, to_socket},
};
use plimsoll_core::outcome::Failure;
use rustix::fd::OwnedFd;
use rustls::ClientConnection;
use std::io::{self, ErrorKind, IoSlice, Read, Write};

/// Most bytes of records that are read in a row without finding text in them: two of the largest. Each may be a message that costs more to
/// understand than to send (a ticket, a key update).
const MOST_WITHOUT_TEXT: u64 = 32 << 10;

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
    /// What broke the session: damage, or an alert. Text that came before it may still be read.
    failed: Option<Failure>,
    /// Whether the farewell has come. It may have come along with the last of the text, and nothing announces it again.
    ended: bool,
    /// Bytes of text: handed over to be sent, and read.
    text: (u64, u64),
    /// Bytes beyond the text that have been accounted for: sent, and received.
    accounted: (u64, u64),
}

/// The socket, with what rustls does not tell of it.
#[derive(Debug)]
struct Wire {
    socket: OwnedFd,
    /// Whether the last read took all there was.
    drained: bool,
    /// What became of the socket, where that is more than a wait.
    broken: Option<Failure>,
    sent: u64,
    received: u64,
}

impl TlsStream {
    /// A session whose handshake is yet to begin.
    pub(crate) fn begin(socket: OwnedFd, tls: &Tls, now: Moment) -> Result<Self, Failure> {
        let session = tls.session().map_err(|error| failure_of(&error, true))?;
        let wire = Wire { socket, drained: false, broken: None, sent: 0, received: 0 };
        Ok(Self { wire, session, since: now, failed: None, ended: false, text: (0, 0), accounted: (0, 0) })
    }

    /// Goes as far in the handshake as the socket lets it.
    pub(crate) fn shake_hands(&mut self) -> Result<Handshake, Failure> {
        loop {
            match self.flush() {
                Err(Stop::Broken(failure)) => return Err(self.last_words().unwrap_or(failure)),
                Err(Stop::Again) => return Ok(Handshake::GoesOn),
                Ok(()) => {}
            }
            if !self.session.is_handshaking() {
                return Ok(Handshake::Done);
            }
            match self.take_in() {
                // Who hangs up without a word has not disagreed about TLS, no more than a server of plain text that does so.
                Ok(0) if self.wire.received == 0 => return Err(Failure::Closed),
                Ok(0) => return Err(Failure::TlsHandshake),
                Ok(_) => {}
                Err(Stop::Again) => return Ok(Handshake::GoesOn),
                Err(Stop::Broken(failure)) => return Err(failure),
            }
        }
    }

    /// What a server that hung up in mid handshake had said before: its alert tells why.
    fn last_words(&mut self) -> Option<Failure> {
        while let Ok(1..) = self.take_in() {}
        self.failed
    }

    /// Whether HTTP/2 was agreed on (ALPN).
    pub(crate) fn speaks_http2(&self) -> bool {
        self.session.alpn_protocol() == Some(b"h2")
    }

    pub(crate) fn write(&mut self, data: &[u8]) -> Result<usize, Stop> {
        let mut taken = self.hand_over(data)?;
        if taken == 0 {
            // The session's buffer is full.
            self.flush()?;
            taken = self.hand_over(data)?;
        }
        match self.flush() {
            // What the socket does not take now stays with the session until it does.
            Ok(()) | Err(Stop::Again) if taken > 0 => Ok(taken),
            Ok(()) => Err(Stop::Again),
            Err(stop) => Err(stop),
        }
    }

    /// Hands text to the session, which takes no more of it than its buffer holds.
    fn hand_over(&mut self, data: &[u8]) -> Result<usize, Stop> {
        let Ok(taken) = self.session.writer().write(data) else {
            return Err(Stop::Broken(self.failed.unwrap_or(Failure::TlsBroken)));
        };
        self.text.0 += taken as u64;
        Ok(taken)
    }

    pub(crate) fn wants_write(&self) -> bool {
        self.session.wants_write()
    }

    pub(crate) fn flush(&mut self) -> Result<(), Stop> {
        while self.session.wants_write() {
            if let Err(error) = self.session.write_tls(&mut self.wire) {
                return Err(self.wire.stop(&error));
            }
        }
        Ok(())
    }

    pub(crate) fn read(&mut self, space: &mut [u8], to_the_end: bool) -> Result<Got, Stop> {
        self.wire.drained = false;
        let enough = self.wire.received + MOST_WITHOUT_TEXT;
        loop {
            match self.session.reader().read(space) {
                Ok(0) => return Ok(Got::End),
                Ok(bytes) => {
                    self.text.1 += bytes as u64;
                    let all = self.wire.drained && bytes < space.len();
                    // An end, or a failure, that the session knows of is yet to be told.
                    let drained = all && !to_the_end && !self.ended && self.failed.is_none();
                    return Ok(Got::Bytes { bytes, drained });
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // The socket ended without the farewell that tells an end from a cut (RFC 8446, section 6.1).
                Err(_) => return Ok(Got::Cut),
            }
            if let Some(failure) = self.failed {
                return Err(Stop::Broken(failure));
            }
            if self.wire.drained && !to_the_end {
                return Err(Stop::Again);
            }
            if self.wire.received >= enough {
                return Ok(Got::NoText);
            }
            match self.take_in() {
                // What came before the damage is read first.
                Err(Stop::Broken(_)) if self.failed.is_some() => {}
                other => drop(other?),
            }
        }
    }

    /// Reads once from the socket and lets the session make of it what it can; 0 at the socket's end.
    fn take_in(&mut self) -> Result<usize, Stop> {
        let bytes = self.session.read_tls(&mut self.wire).map_err(|error| self.wire.stop(&error))?;
        let handshaking = self.session.is_handshaking();
        match self.session.process_new_packets() {
            Ok(state) => self.ended = state.peer_has_closed(),
            Err(error) => {
                let failure = failure_of(&error, handshaking);
                self.failed = Some(failure);
                // The alert that tells the server why; whether it arrives does not matter here.
                let _ = self.flush();
                return Err(Stop::Broken(failure));
            }
        }
        if !handshaking && self.session.wants_write() {
            // A key update is answered. If it has to wait, the next write takes it along; if it fails, so will that.
            let _ = self.flush();
        }
        Ok(bytes)
    }

    /// What the wire carried beyond the text, since the last call.
    pub(crate) fn take_overhead(&mut self) -> (u64, u64) {
        let more = |wire: u64, text: u64, accounted: &mut u64| {
            // Text counts when the session takes it, which may be before the socket does.
            let beyond = wire.saturating_sub(text + *accounted);
            *accounted += beyond;
            beyond
        };
        (more(self.wire.sent, self.text.0, &mut self.accounted.0), more(self.wire.received, self.text.1, &mut self.accounted.1))
    }
}

impl Drop for TlsStream {
    fn drop(&mut self) {
        // A farewell, where the socket takes it at once: a server that misses it logs an error.
        if self.wire.broken.is_none() && self.failed.is_none() && !self.session.is_handshaking() {
            self.session.send_close_notify();
            let _ = self.flush();
        }
    }
}

impl Wire {
    /// Why a call of the session on this socket failed.
    fn stop(&self, error: &io::Error) -> Stop {
        match error.kind() {
            ErrorKind::WouldBlock => Stop::Again,
            // What is not the socket's failure is a limit of the session's: on messages that are not whole, for one.
            _ => Stop::Broken(self.broken.unwrap_or(Failure::TlsBroken)),
        }
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

    /// Several records at one time: the socket may be closed after the first of them.
    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let result = match pieces {
            [one] => to_socket(&self.socket, one),
            several => pieces_to_socket(&self.socket, several),
        };
        let bytes = self.said(result)?;
        self.sent += bytes as u64;
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
