//! Something that is done again and again on a thread of its own, until its handle is dropped.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// The handle, with the state that the thread and its owner share.
#[derive(Debug)]
pub struct Repeated<S> {
    shared: Arc<Shared<S>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared<S> {
    state: Mutex<S>,
    stops: Mutex<bool>,
    stopping: Condvar,
}

impl<S: Send + 'static> Repeated<S> {
    /// Does `turn` at once, and again after the pause that it returns; `None` when there is no thread to be had. A turn locks the state for as
    /// long as it needs it.
    pub fn start(name: &str, state: S, mut turn: impl FnMut(&Mutex<S>) -> Duration + Send + 'static) -> Option<Self> {
        let shared = Arc::new(Shared { state: Mutex::new(state), stops: Mutex::new(false), stopping: Condvar::new() });
        let its = Arc::clone(&shared);
        let go_on = move || {
            loop {
                let pause = turn(&its.state);
                let waited = its.stopping.wait_timeout_while(lock(&its.stops), pause, |stops| !*stops);
                if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(go_on).ok()?;
        Some(Self { shared, thread: Some(thread) })
    }
}

impl<S> Repeated<S> {
    /// The state, as the last turn left it.
    pub fn state(&self) -> MutexGuard<'_, S> {
        lock(&self.shared.state)
    }
}

impl<S> Drop for Repeated<S> {
    fn drop(&mut self) {
        *lock(&self.shared.stops) = true;
        self.shared.stopping.notify_all();
        if let Some(thread) = self.thread.take() {
            // A turn that panicked has ended it already.
            drop(thread.join());
        }
    }
}

/// Locks; what a panic elsewhere left behind is still a state.
pub fn lock<S>(mutex: &Mutex<S>) -> MutexGuard<'_, S> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn it_goes_on_until_it_is_dropped() {
        let (done, seen) = mpsc::channel();
        let repeated = Repeated::start("turns", 0, move |turns| {
            *lock(turns) += 1;
            if done.send(()).is_ok() { Duration::ZERO } else { Duration::MAX }
        })
        .unwrap();
        seen.recv().unwrap();
        seen.recv().unwrap();
        assert!(*repeated.state() >= 2);
        drop(repeated);
        let after = seen.iter().count();
        assert_eq!(seen.try_iter().count(), 0, "{after} came before it had ended, and none after");
    }

    #[test]
    fn a_long_pause_is_cut_short() {
        let (done, seen) = mpsc::channel();
        let repeated = Repeated::start("turns", (), move |_| done.send(()).map_or(Duration::ZERO, |()| Duration::from_secs(3600))).unwrap();
        seen.recv().unwrap();
        drop(repeated);
        assert!(seen.recv().is_err(), "the thread and its end of the channel are gone");
    }
}
