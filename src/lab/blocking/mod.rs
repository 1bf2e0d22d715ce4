//! Servers that block: each request occupies a thread from its first byte to its last.

mod http;
mod pool;
mod threads;

pub(super) use pool::serve_pool;
pub(super) use threads::serve_threads;

use super::{
    service::{GARBAGE, Hand, Service},
    work::{Decision, Lock, Tokens, monotonic},
};
use http::{Request, Requests, head, stream_body};
use std::{
    io::{self, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

/// How long a silent client may keep a connection.
const IDLE: Duration = Duration::from_secs(60);
/// How long to leave the listener alone when it can't accept (no file descriptor left): without a pause the loop would spin.
const BREATH: Duration = Duration::from_millis(10);

/// A blocking server: the shared state, and what its threads (or worker processes) have too little of.
pub(super) struct Blocking {
    pub(super) service: Service,
    pub(super) lock: Option<Lock>,
    pub(super) slots: Option<Tokens>,
}

/// What a connection is good for after an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    KeepAlive,
    Close,
}

impl Blocking {
    /// Serves a connection until either side closes; with `once`, one request only.
    fn serve_connection(&self, stream: &TcpStream, hand: &mut Hand, once: bool) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(IDLE))?;
        let mut requests = Requests::from(stream);
        loop {
            match requests.next() {
                Ok(Some(mut request)) => {
                    request.keep_alive &= !once;
                    if self.answer(stream, request, hand)? == After::Close {
                        return stream.shutdown(std::net::Shutdown::Write);
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::InvalidData => return (&*stream).write_all(&head(400, 0, false)),
                Err(error) => return Err(error),
            }
        }
    }

    fn answer(&self, mut stream: &TcpStream, request: Request, hand: &mut Hand) -> io::Result<After> {
        self.service.rhythm.request_arrived();
        let (in_flight, decision) = self.service.admission.admit(monotonic());
        let faults = &self.service.spec.faults;
        let (status, body) = match decision {
            Decision::Hang => {
                wait_until_closed(stream)?;
                return Ok(After::Close);
            }
            Decision::Turn(status) => (status, 0),
            _ => {
                self.work(hand)?;
                (self.service.status(), self.service.spec.body)
            }
        };
        // The request is over for the server before the client can know it: else a user's next request could find its last still counted.
        drop(in_flight);
        if faults.garbage {
            stream.write_all(GARBAGE)?;
            return Ok(After::Close);
        }
        let length = faults.huge.filter(|_| decision == Decision::Serve).unwrap_or(body);
        let mut message = head(status, length, request.keep_alive);
        if !request.head_only && faults.huge.is_none() {
            message.resize(message.len() + body as usize, b'x');
        }
        stream.write_all(&message)?;
        if !request.head_only && faults.huge.is_some() {
            stream_body(&mut stream, length)?;
        }
        Ok(if request.keep_alive { After::KeepAlive } else { After::Close })
    }

    /// The declared work: CPU time, the lock, the wait (holding a slot), none of it while everything pauses.
    fn work(&self, hand: &mut Hand) -> io::Result<()> {
        let (spec, rhythm) = (&self.service.spec, &self.service.rhythm);
        let factor = rhythm.factor();
        rhythm.sit_out_pause();
        self.service.leak();
        hand.burner.burn(hand.draw.jitter(spec.cpu.mul_f64(factor)));
        if let Some(lock) = &self.lock {
            lock.hold(hand.draw.jitter(spec.lock), &mut hand.burner)?;
        }
        let wait = hand.draw.wait(spec.wait.mul_f64(factor));
        let slot = self.slots.as_ref().map(Tokens::take).transpose()?;
        thread::sleep(wait);
        drop(slot);
        rhythm.sit_out_pause();
        Ok(())
    }
}

/// Waits, as long as it takes, for the client to give up.
fn wait_until_closed(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(None)?;
    let mut scrap = [0; 1024];
    while stream.read(&mut scrap)? > 0 {}
    Ok(())
}
