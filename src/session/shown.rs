//! How often what is seen of a target is told while a step goes on.

use std::time::{Duration, Instant};

/// As often as there are new looks, about: more would cost and tell nothing.
const PERIOD: Duration = Duration::from_secs(1);

/// When it was last told.
#[derive(Debug, Default)]
pub(super) struct Shown(Option<Instant>);

impl Shown {
    /// Whether it is time to tell it again, which then counts as done.
    pub fn is_due(&mut self) -> bool {
        let is_due = self.0.is_none_or(|last| last.elapsed() >= PERIOD);
        if is_due {
            self.0 = Some(Instant::now());
        }
        is_due
    }
}
