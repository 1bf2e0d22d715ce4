//! A side probe: a cheap path, asked now and then by itself on a fresh connection while the load is on another. Whether it slows down with
//! the load tells a front that is full from a limit behind the path that is loaded.

use super::{link::Link, probe};
use plimsoll_engine::Request;
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// From the end of one request to the next: too few to be a load.
const PERIOD: Duration = Duration::from_millis(300);
/// A request without an answer counts as this long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Answers that are kept: more than come in any step.
const KEPT: usize = 512;

/// Asks until it is dropped.
#[derive(Debug)]
pub(super) struct SideProbe {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    stopping: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// When a request was sent, and how long its answer took.
    answers: VecDeque<(Instant, Duration)>,
    stops: bool,
}

impl SideProbe {
    /// Begins to ask; `None` when there is no thread to be had.
    pub fn start(link: Link, request: Request) -> Option<Self> {
        let shared = Arc::new(Shared::default());
        let its = Arc::clone(&shared);
        let ask = move || probe::ask(&link, &request, PATIENCE).is_some();
        let thread = thread::Builder::new().name("side".to_owned()).spawn(move || its.go_on(ask)).ok()?;
        Some(Self { shared, thread: Some(thread) })
    }

    /// The median time to an answer over the time just past, in milliseconds; `None` where nothing was asked in it.
    pub fn measured_ms(&self, time: Duration) -> Option<f64> {
        let state = self.shared.lock();
        let since = Instant::now().checked_sub(time)?;
        median_ms(state.answers.iter().filter(|(sent, _)| *sent >= since).map(|(_, took)| *took).collect())
    }
}

impl Drop for SideProbe {
    fn drop(&mut self) {
        self.shared.lock().stops = true;
        self.shared.stopping.notify_all();
        if let Some(thread) = self.thread.take() {
            // It only ever fails to get an answer.
            drop(thread.join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn go_on(&self, ask: impl Fn() -> bool) {
        let mut state = self.lock();
        while !state.stops {
            drop(state);
            let sent = Instant::now();
            let took = if ask() { sent.elapsed() } else { PATIENCE };
            state = self.lock();
            if state.answers.len() == KEPT {
                state.answers.pop_front();
            }
            state.answers.push_back((sent, took));
            if !state.stops {
                state = self.stopping.wait_timeout(state, PERIOD).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}

fn median_ms(mut took: Vec<Duration>) -> Option<f64> {
    took.sort_unstable();
    took.get(took.len() / 2).map(|median| median.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_what_was_asked_and_nothing_without_it() {
        let ms = |all: &[u64]| median_ms(all.iter().map(|&ms| Duration::from_millis(ms)).collect());
        assert_eq!((ms(&[]), ms(&[7]), ms(&[9, 1, 5_000])), (None, Some(7.0), Some(9.0)));
    }

    #[test]
    fn it_asks_until_it_is_dropped() {
        let shared = Arc::new(Shared::default());
        let (asked, seen) = std::sync::mpsc::channel();
        let its = Arc::clone(&shared);
        let thread = thread::spawn(move || its.go_on(move || asked.send(()).is_ok()));
        let probe = SideProbe { shared, thread: Some(thread) };
        seen.recv().unwrap();
        seen.recv().unwrap();
        // The first answer was noted before the second was asked for.
        assert!(probe.measured_ms(Duration::from_secs(60)).is_some());
        drop(probe);
        assert!(seen.try_iter().count() <= 1, "nothing is asked any more");
    }
}
