//! Looks at the target's processes from outside while load is on them: what it may use, what it uses, and what it waits for.
//!
//! A [`Watcher`] looks twice a second (less often at a target of many threads), and whenever it is asked; [`Watcher::measured`] sums up the looks of the time just past. What can't be read
//! is unknown, never zero, and named.

mod account;
mod budget;
mod downstream;
mod look;
mod programs;
mod sockets;
mod threads;
mod whom;

pub use whom::{Whom, WhomError};

use account::sum_up;
use look::{Look, Observer};
use plimsoll_core::step::Watched;
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// From one look to the next, at the least.
const PERIOD: Duration = Duration::from_millis(500);
/// A look is followed by so many times its own length without one, so that a target of many threads costs no more of a core than any other.
const REST: u32 = 150;
/// Looks that are kept: a minute of them, longer than any step.
const KEPT: usize = 128;

/// Watches a target until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    stopping: Condvar,
}

#[derive(Debug)]
struct State {
    observer: Observer,
    looks: VecDeque<Look>,
    /// How long the last look took.
    took: Duration,
    stops: bool,
}

impl State {
    fn look(&mut self) {
        let begun = Instant::now();
        if let Some(look) = self.observer.look() {
            if self.looks.len() == KEPT {
                self.looks.pop_front();
            }
            self.looks.push_back(look);
        }
        self.took = begun.elapsed();
    }
}

impl Watcher {
    /// Begins to watch; `None` when there is no process of that kind on this machine, or none that may be seen.
    pub fn start(whom: Whom) -> Option<Self> {
        let mut observer = Observer::of(whom);
        let first = observer.look()?;
        let state = State { observer, looks: VecDeque::from([first]), took: Duration::ZERO, stops: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), stopping: Condvar::new() });
        let its = Arc::clone(&shared);
        let thread = thread::Builder::new().name("watch".to_owned()).spawn(move || its.watch()).ok()?;
        Some(Self { shared, thread: Some(thread) })
    }

    /// What was seen in the time just past; `None` where that took too little time for two looks, or the target is gone.
    pub fn measured(&self, time: Duration) -> Option<Watched> {
        let mut state = self.shared.lock();
        state.look();
        let since = Instant::now().checked_sub(time)?;
        let looks: Vec<&Look> = state.looks.iter().filter(|look| look.at >= since).collect();
        sum_up(&looks)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.shared.lock().stops = true;
        self.shared.stopping.notify_all();
        if let Some(thread) = self.thread.take() {
            // It only ever fails to look.
            drop(thread.join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        let mut state = self.lock();
        while !state.stops {
            let period = PERIOD.max(state.took * REST);
            state = self.stopping.wait_timeout(state, period).unwrap_or_else(PoisonError::into_inner).0;
            if !state.stops {
                state.look();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn nobody_is_watched_where_nobody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // What listens there is this process itself, whose threads are the generator's.
        assert!(Watcher::start(Whom::Listener(address)).is_none());
        drop(listener);
        assert!(Watcher::start(Whom::Listener(address)).is_none());
    }
}
