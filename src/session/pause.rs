//! The clock of a session, which stands while the user has it paused.
//!
//! A pause begins between two steps, takes all load away, and counts for nothing: neither for the budget nor for what the steps say of when they
//! were made. The steps after it settle first, as all do. What a step leaves behind is timed from its end, so that no pause comes between a load
//! and the light one that watches the target recover.

use super::Interrupt;
use plimsoll_core::{finding::Warning, step::Purpose, units::show_duration};
use std::{
    thread,
    time::{Duration, Instant},
};

/// How often a session that waits looks whether it is to go on.
const LOOK: Duration = Duration::from_millis(50);

/// The time of a session, or of one within it: pauses are known to both.
#[derive(Debug)]
pub(super) struct Clock {
    begun: Instant,
    paused_before: Duration,
    interrupt: Interrupt,
}

impl Clock {
    pub fn start(interrupt: &Interrupt) -> Self {
        Self { begun: Instant::now(), paused_before: interrupt.paused(), interrupt: interrupt.clone() }
    }

    /// Since the start, pauses left out.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed().saturating_sub(self.paused())
    }

    /// All pauses since the start together.
    fn paused(&self) -> Duration {
        self.interrupt.paused().saturating_sub(self.paused_before)
    }

    /// Waits until the user wants to go on, or to stop.
    pub fn stand(&self) {
        let since = Instant::now();
        while self.interrupt.pauses() {
            thread::sleep(LOOK);
        }
        self.interrupt.has_paused(since.elapsed());
    }

    /// What the reader of a result should know of its pauses; nothing without any.
    pub fn warning(&self) -> Option<Warning> {
        let paused = self.paused();
        (!paused.is_zero()).then(|| Warning {
            text: format!("The run was paused for {}, without load; that time does not count.", show_duration(paused)),
            remedy: "Run it again in one go where the target may have changed meanwhile.".to_owned(),
        })
    }
}

/// Whether a pause may come before a step of this purpose.
pub(super) fn may_precede(purpose: Purpose) -> bool {
    !matches!(purpose, Purpose::Gate | Purpose::Recovery)
}
