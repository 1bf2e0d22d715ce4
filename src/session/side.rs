//! A side probe: a cheap path, asked now and then by itself on a fresh connection while the load is on another. Whether it slows down with
//! the load tells a front that is full from a limit behind the path that is loaded.

use super::{link::Link, probe};
use crate::repeat::{Repeated, lock};
use plimsoll_engine::Request;
use std::{
    collections::VecDeque,
    sync::Mutex,
    time::{Duration, Instant},
};

/// From the end of one request to the next: too few to be a load.
const PERIOD: Duration = Duration::from_millis(300);
/// A request without an answer counts as this long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Answers that are kept: more than come in any step.
const KEPT: usize = 512;

/// When requests were sent, and how long their answers took.
type Answers = VecDeque<(Instant, Duration)>;

/// Asks until it is dropped.
#[derive(Debug)]
pub(super) struct SideProbe(Repeated<Answers>);

impl SideProbe {
    /// Begins to ask; `None` when there is no thread to be had.
    pub fn start(link: Link, request: Request) -> Option<Self> {
        Self::asking(move || probe::ask(&link, &request, PATIENCE).is_some())
    }

    fn asking(ask: impl Fn() -> bool + Send + 'static) -> Option<Self> {
        let turn = move |answers: &Mutex<Answers>| {
            let sent = Instant::now();
            let took = if ask() { sent.elapsed() } else { PATIENCE };
            let mut answers = lock(answers);
            if answers.len() == KEPT {
                answers.pop_front();
            }
            answers.push_back((sent, took));
            PERIOD
        };
        Repeated::start("side", Answers::new(), turn).map(Self)
    }

    /// The median time to an answer over the time just past, in milliseconds; `None` where nothing was asked in it.
    pub fn measured_ms(&self, time: Duration) -> Option<f64> {
        let since = Instant::now().checked_sub(time)?;
        median_ms(self.0.state().iter().filter(|(sent, _)| *sent >= since).map(|(_, took)| *took).collect())
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
    fn what_gets_no_answer_counts_as_long_as_it_was_waited_for() {
        let (asked, seen) = std::sync::mpsc::channel();
        let probe = SideProbe::asking(move || asked.send(()).is_err()).unwrap();
        seen.recv().unwrap();
        seen.recv().unwrap();
        // The first was noted before the second was asked for.
        assert_eq!(probe.measured_ms(Duration::from_secs(60)), Some(5_000.0));
    }
}
