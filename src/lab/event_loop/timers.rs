//! Waits on the event loop that end on time.
//!
//! tokio's own timers live on a wheel of 1 ms and round up, which makes a wait of 10 ms 10% too long: a false truth. These are ordered in a heap
//! and woken by one timerfd on the monotonic clock, some tens of microseconds late.

use crate::lab::work::monotonic;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::unix::pipe, sync::oneshot};

/// The timers of one event loop.
pub struct Timers {
    /// A timerfd. To tokio it is a pipe, the one kind of file that it watches without unsafe code; read(2) is all that either needs.
    fd: pipe::Receiver,
    due: Mutex<Due>,
}

#[derive(Default)]
struct Due {
    heap: BinaryHeap<Reverse<(Duration, u64)>>,
    wakers: std::collections::HashMap<u64, oneshot::Sender<()>>,
    next_id: u64,
}

impl Timers {
    /// Timers of the event loop that runs the caller.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn start() -> io::Result<Self> {
        let fd = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        Ok(Self { fd: pipe::Receiver::from_owned_fd_unchecked(fd)?, due: Mutex::default() })
    }

    /// Wakes whoever is due, for ever. One task of the loop runs this.
    ///
    /// # Errors
    /// When the timerfd fails.
    pub async fn run(&self) -> io::Result<()> {
        loop {
            self.fd.readable().await?;
            match self.fd.try_read(&mut [0; 8]) {
                Ok(_) => {}
                // It was read before, or set again in between: then it will be readable again.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            let next = {
                let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
                due.fire(monotonic());
                due.heap.peek().map(|Reverse((at, _))| *at)
            };
            if let Some(at) = next {
                self.arm(at)?;
            }
        }
    }

    /// Waits for this long.
    ///
    /// # Errors
    /// When the timerfd fails.
    pub async fn sleep(&self, wait: Duration) -> io::Result<()> {
        if wait.is_zero() {
            return Ok(());
        }
        let at = monotonic() + wait;
        let (woken, is_first) = self.due.lock().unwrap_or_else(PoisonError::into_inner).add(at);
        if is_first {
            self.arm(at)?;
        }
        woken.await.map_err(|_| io::Error::other("the timers have stopped"))
    }

    fn arm(&self, at: Duration) -> io::Result<()> {
        let value = Timespec::try_from(at).map_err(io::Error::other)?;
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(&self.fd, TimerfdTimerFlags::ABSTIME, &once)?;
        Ok(())
    }
}

impl Due {
    /// Adds a wait; says whether it is the first to end.
    fn add(&mut self, at: Duration) -> (oneshot::Receiver<()>, bool) {
        let id = self.next_id;
        self.next_id += 1;
        let (wake, woken) = oneshot::channel();
        self.heap.push(Reverse((at, id)));
        self.wakers.insert(id, wake);
        (woken, self.heap.peek().is_some_and(|Reverse((_, first))| *first == id))
    }

    /// Wakes all whose time has come.
    fn fire(&mut self, now: Duration) {
        while let Some(&Reverse((at, id))) = self.heap.peek()
            && at <= now
        {
            self.heap.pop();
            // Where the connection has gone meanwhile nobody listens, and nothing is left to do.
            let _was_heard = self.wakers.remove(&id).is_some_and(|wake| wake.send(()).is_ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_is_woken_first_and_nobody_early() {
        let ms = Duration::from_millis;
        let mut due = Due::default();
        let (mut late, first) = due.add(ms(30));
        assert!(first);
        let (mut early, first) = due.add(ms(10));
        assert!(first);
        let (mut between, first) = due.add(ms(20));
        assert!(!first);
        due.fire(ms(9));
        assert!(early.try_recv().is_err());
        due.fire(ms(20));
        assert_eq!((early.try_recv().is_ok(), between.try_recv().is_ok(), late.try_recv().is_ok()), (true, true, false));
        due.fire(ms(31));
        assert!(late.try_recv().is_ok());
        assert!(due.heap.is_empty() && due.wakers.is_empty());
    }
}
