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

use crate::repeat::{Repeated, lock};
use account::sum_up;
use look::{Look, Observer};
use plimsoll_core::step::Watched;
use rustix::time::{ClockId, clock_gettime};
use std::{
    collections::VecDeque,
    sync::Mutex,
    time::{Duration, Instant},
};

/// From one look to the next, at the least.
const PERIOD: Duration = Duration::from_millis(500);
/// A look is followed by so many times its own CPU time without one, so that a target of many threads costs no more of a core than any other.
const REST: u32 = 200;
/// Looks are nearer to each other than this, also at the most threads (200 rests of about 7 ms).
const LOOKBACK: Duration = Duration::from_secs(4);
/// Looks that are kept: a minute of them, longer than any step.
const KEPT: usize = 128;

/// CPU time of this thread: that a look had to wait for a core makes it no dearer.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// Watches a target until it is dropped.
#[derive(Debug)]
pub struct Watcher(Repeated<State>);

#[derive(Debug)]
struct State {
    observer: Observer,
    looks: VecDeque<Look>,
    /// How long to wait after the last look, by what it cost.
    rest: Duration,
    looked: Instant,
}

impl State {
    fn look(&mut self) {
        let begun = cpu_time();
        self.keep_look();
        self.rest = PERIOD.max(cpu_time().saturating_sub(begun) * REST);
        self.looked = Instant::now();
    }

    fn keep_look(&mut self) {
        if let Some(look) = self.observer.look() {
            if self.looks.len() == KEPT {
                self.looks.pop_front();
            }
            self.looks.push_back(look);
        }
    }
}

impl Watcher {
    /// Begins to watch; `None` when there is no process of that kind on this machine, or none that may be seen.
    pub fn start(whom: Whom) -> Option<Self> {
        let mut observer = Observer::of(whom);
        let first = observer.look()?;
        let state = State { observer, looks: VecDeque::from([first]), rest: PERIOD, looked: Instant::now() };
        // A look that somebody asked for takes the place of one of these.
        let look = |state: &Mutex<State>| {
            let mut state = lock(state);
            if state.looked.elapsed() >= state.rest {
                state.look();
            }
            state.rest.saturating_sub(state.looked.elapsed())
        };
        Repeated::start("watch", state, look).map(Self)
    }

    /// What was last seen in about so much time, from the looks that are made anyway. One more is only taken where they are too few or too
    /// old; `None` as for [`Watcher::measured`].
    pub fn recent(&self, time: Duration) -> Option<Watched> {
        let seen = {
            let state = self.0.state();
            let newest = state.looks.back()?.at;
            // Looks at many threads may be further apart than that: two there must be.
            let many = state.looks.iter().filter(|look| newest.duration_since(look.at) <= time).count().max(2);
            let looks: Vec<&Look> = state.looks.iter().skip(state.looks.len().saturating_sub(many)).collect();
            (newest.elapsed() <= time.max(state.rest)).then(|| sum_up(&looks)).flatten()
        };
        // The last look may be long ago: from it to one that is made now.
        seen.or_else(|| self.measured(LOOKBACK.max(time)))
    }

    /// What was seen in the time just past, to this moment; `None` where that took too little time for two looks, or the target is gone.
    pub fn measured(&self, time: Duration) -> Option<Watched> {
        let mut state = self.0.state();
        state.look();
        let since = Instant::now().checked_sub(time)?;
        let looks: Vec<&Look> = state.looks.iter().filter(|look| look.at >= since).collect();
        sum_up(&looks)
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
