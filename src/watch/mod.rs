//! Looks at the target's processes from outside while load is on them: what it may use, what it uses, and what it waits for.
//!
//! A [`Watcher`] looks twice a second (less often at a target of many threads), and whenever it is asked; [`Watcher::measured`] sums up the looks of the time just past. What can't be read
//! is unknown, never zero, and named.

mod account;
mod budget;
mod container;
mod downstream;
mod look;
mod programs;
mod sockets;
mod space;
mod threads;
mod whom;

pub use whom::{Whom, WhomError};

use crate::repeat::{Repeated, lock};
use account::{LEAST_S, sum_up};
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
const REST: u32 = 300;
/// A look at the beginning of a step is cheap where the step is so many times as long as its CPU time.
const CHEAP: u32 = 40;
/// Looks are nearer to each other than this, also at hundreds of processes (300 rests of 7 to 35 ms).
const LOOKBACK: Duration = Duration::from_secs(20);
/// What belongs to a step is told of a moment after its end, and before its beginning the same load was on.
const SLACK: Duration = Duration::from_millis(50);
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
    /// CPU time of one, of late: some read more than others.
    cost: Duration,
}

impl State {
    fn look(&mut self) {
        let begun = cpu_time();
        self.keep_look();
        let took = cpu_time().saturating_sub(begun);
        self.cost = if self.cost.is_zero() { took } else { (3 * self.cost + took) / 4 };
    }

    /// How long to wait after a look.
    fn rest(&self) -> Duration {
        PERIOD.max(self.cost * REST)
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
        Self::resting(whom, State::rest)
    }

    /// The same for one of several targets that take turns: it is looked at only when that is asked for.
    pub fn when_asked(whom: Whom) -> Option<Self> {
        Self::resting(whom, |_| Duration::MAX)
    }

    fn resting(whom: Whom, rest: fn(&State) -> Duration) -> Option<Self> {
        let mut state = State { observer: Observer::of(whom), looks: VecDeque::new(), cost: Duration::ZERO };
        state.look();
        state.looks.front()?;
        let look = move |state: &Mutex<State>| {
            let mut state = lock(state);
            state.look();
            rest(&state)
        };
        Repeated::start("watch", state, look).map(Self)
    }

    /// What was last seen in about so much time, from the looks that are made anyway. One more is only taken where they are too few or too
    /// old; `None` as for [`Watcher::measured`].
    pub fn recent(&self, time: Duration) -> Option<Watched> {
        let seen = {
            let state = self.0.state();
            let newest = state.looks.back()?.at;
            // Looks at many threads may be further apart than that: there must be one that lies back far enough for rates.
            let back = |look: &&Look| newest.duration_since(look.at);
            let least = state.looks.iter().rev().map(|look| back(&look)).find(|back| back.as_secs_f64() >= LEAST_S);
            least.filter(|_| newest.elapsed() <= LOOKBACK.max(time)).and_then(|least| {
                let looks: Vec<&Look> = state.looks.iter().filter(|look| back(look) <= time.max(least)).collect();
                sum_up(&looks)
            })
        };
        // The last look may be long ago: from it to one that is made now.
        seen.or_else(|| self.measured(LOOKBACK.max(time)))
    }

    /// A step of this length begins to be measured. Looks half a second apart would miss a short one, so that it has one at its beginning as it
    /// has at its end, where looks are cheap enough for that.
    pub fn begin(&self, step: Duration) {
        let mut state = self.0.state();
        if state.cost * CHEAP <= step {
            state.look();
        }
    }

    /// What was seen in the time just past, to this moment; `None` where that took too little time for two looks, or the target is gone.
    pub fn measured(&self, time: Duration) -> Option<Watched> {
        let mut state = self.0.state();
        state.look();
        let since = Instant::now().checked_sub(time + SLACK)?;
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
