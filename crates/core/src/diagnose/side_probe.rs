//! What a cheap path, asked beside the load, tells: whether the front is full, which all paths share, or something behind the loaded path.

use super::{Confidence, Suspicion, evidence::behaves_like};
use crate::{
    finding::{Finding, StepRecord},
    step::Purpose,
    units::{show_duration, show_number},
};
use std::time::Duration;

/// Slower by this factor, and by so many milliseconds, it waits in the same queue as the load.
const SLOWER: f64 = 5.0;
const SLOWER_MS: f64 = 10.0;
/// The loaded path itself must have slowed by this factor: else nothing was full.
const LOADED: f64 = 1.5;

/// The cheap path at ease and beside a full load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SideProbe {
    ease_ms: f64,
    full_ms: f64,
    load: f64,
}

impl SideProbe {
    /// `None` where no path was asked, or the load never slowed the path that it was on.
    pub fn of(finding: &Finding) -> Option<Self> {
        let mut steps: Vec<(f64, f64, f64)> = finding.steps.iter().filter_map(step).collect();
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (&(_, ease_ms, alone_ms), &(load, full_ms, loaded_ms)) = (steps.first()?, steps.last()?);
        (loaded_ms >= LOADED * alone_ms).then_some(Self { ease_ms, full_ms, load })
    }

    /// Whether the cheap path was slowed by the load.
    pub fn has_slowed(&self) -> bool {
        self.full_ms >= SLOWER * self.ease_ms && self.full_ms - self.ease_ms >= SLOWER_MS
    }

    /// What was seen, in a sentence.
    pub fn sentence(&self) -> String {
        let shown = |ms: f64| show_duration(Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default());
        let times =
            format!("the side path took {} alone and {} beside {}", shown(self.ease_ms), shown(self.full_ms), show_number(self.load));
        if self.has_slowed() {
            format!("{times}: what is full is shared by all paths (workers, the event loop, its cores)")
        } else {
            format!("{times}: what limits lies behind the loaded path alone")
        }
    }

    /// The cause, where that is all that is known of the target.
    pub fn suspicion(&self, slots: f64, unloaded_s: f64) -> Suspicion {
        let seen = vec![self.sentence(), behaves_like(slots, unloaded_s), "its processes were not looked at".to_owned()];
        if self.has_slowed() {
            Suspicion::of("unknown", Confidence::Low, seen)
        } else {
            Suspicion::of("hidden_limit", Confidence::Medium, seen)
        }
    }
}

/// Load, side path and loaded path of a step.
fn step(record: &StepRecord) -> Option<(f64, f64, f64)> {
    let is_steady = matches!(record.purpose, Purpose::Ramp | Purpose::Refine | Purpose::Hold | Purpose::Recheck);
    let load = record.users.map(f64::from).or(record.rate).filter(|_| is_steady)?;
    Some((load, record.signals.side_ms?, record.latency.mean_ms?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(full_ms: f64) -> SideProbe {
        SideProbe { ease_ms: 0.7, full_ms, load: 60.0 }
    }

    #[test]
    fn a_front_that_is_full_and_a_limit_behind_the_path() {
        // As measured on a server with four workers, and on one with a pool of ten behind it.
        let (front, behind) = (seen(179.0), seen(0.7));
        assert!(front.sentence().contains("700 us alone and 179 ms beside 60: what is full is shared"), "{}", front.sentence());
        assert_eq!((front.suspicion(4.0, 0.1).verdict, behind.suspicion(10.0, 0.05).verdict), ("unknown", "hidden_limit"));
        assert_eq!(behind.suspicion(10.0, 0.05).confidence, Confidence::Medium);
        // A few milliseconds more are a busy machine, not a queue.
        assert!(!seen(5.0).has_slowed());
    }
}
