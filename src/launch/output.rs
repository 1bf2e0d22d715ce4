//! What a target prints: its end is kept, and the line that says it is ready is caught.

use std::{
    collections::VecDeque,
    io::{self, Read},
    net::SocketAddr,
    sync::{Arc, Condvar, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

/// How much of the end of the output is kept.
const MOST_TAIL: usize = 4096;
/// The longest line that is looked at.
const MOST_LINE: usize = 1024;

/// The end of what a target printed, shared with the thread that reads it.
#[derive(Clone, Debug, Default)]
pub struct Tail(Arc<Printed>);

#[derive(Debug, Default)]
struct Printed {
    held: Mutex<Held>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Held {
    bytes: VecDeque<u8>,
    has_ended: bool,
}

impl Tail {
    /// What is held so far, as text.
    pub fn text(&self) -> String {
        text(&self.0.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is held once all of it was read, or after this long: a process that left the target may still be able to print.
    pub fn whole(&self, within: Duration) -> String {
        let held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.ended.wait_timeout_while(held, within, |held| !held.has_ended);
        text(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    fn add(&self, bytes: &[u8]) {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.bytes.extend(bytes);
        let excess = held.bytes.len().saturating_sub(MOST_TAIL);
        held.bytes.drain(..excess);
    }

    fn end(&self) {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner).has_ended = true;
        self.0.ended.notify_all();
    }
}

fn text(held: &Held) -> String {
    let bytes: Vec<u8> = held.bytes.iter().copied().collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads all that comes from `source` on a thread of its own until it ends; gives the tail, and the address that follows `prefix` at the start of
/// a line once there is one.
///
/// # Errors
/// When no thread can be started.
pub fn follow(source: impl Read + Send + 'static, prefix: Option<String>) -> io::Result<(Tail, mpsc::Receiver<SocketAddr>)> {
    let tail = Tail::default();
    let (sender, receiver) = mpsc::channel();
    let mut address = prefix.map(|prefix| AddressLine { prefix, line: Vec::new() });
    let kept = tail.clone();
    thread::Builder::new().name("target-output".to_owned()).spawn(move || {
        let mut source = source;
        let mut chunk = [0; 4096];
        // An error is the end as well: then the pipe is gone.
        while let Ok(n) = source.read(&mut chunk)
            && n > 0
        {
            kept.add(&chunk[..n]);
            if let Some(found) = address.as_mut().and_then(|line| line.look_at(&chunk[..n])) {
                address = None;
                // Nobody may be waiting any more; the output must be read all the same, or the target would block.
                let _was_heard = sender.send(found).is_ok();
            }
        }
        kept.end();
    })?;
    Ok((tail, receiver))
}

/// Looks for a line with an address, however its bytes are split.
struct AddressLine {
    prefix: String,
    line: Vec<u8>,
}

impl AddressLine {
    fn look_at(&mut self, bytes: &[u8]) -> Option<SocketAddr> {
        for &byte in bytes {
            if byte != b'\n' {
                if self.line.len() < MOST_LINE {
                    self.line.push(byte);
                }
                continue;
            }
            let line = String::from_utf8_lossy(&self.line).into_owned();
            self.line.clear();
            if let Some(address) = line.strip_prefix(&self.prefix).and_then(|rest| rest.trim().parse().ok()) {
                return Some(address);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_however_the_bytes_are_split() {
        let text = b"warming up\nlistening on nothing\nnot listening on 1.2.3.4:5\nlistening on 127.0.0.1:8080\nmore\n";
        for step in [1, 2, 7, 1000] {
            let mut line = AddressLine { prefix: "listening on ".to_owned(), line: Vec::new() };
            let found: Vec<_> = text.chunks(step).filter_map(|piece| line.look_at(piece)).collect();
            assert_eq!(found, ["127.0.0.1:8080".parse().unwrap()], "{step}");
        }
    }

    #[test]
    fn only_the_end_is_kept() {
        let tail = Tail::default();
        tail.add(&vec![b'a'; 3 * MOST_TAIL]);
        tail.add(b"the end");
        assert_eq!(tail.text().len(), MOST_TAIL);
        assert!(tail.text().ends_with("athe end"));
    }
}
