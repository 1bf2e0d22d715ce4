//! What a step gave so far, in the figures that people follow.

use plimsoll_core::{
    step::StepResult,
    units::{show_duration, show_number, show_share},
};
use std::time::Duration;

/// What a step gave so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// Good answers a second.
    pub good_per_s: Option<f64>,
    /// Median response time.
    pub median: Option<Duration>,
    /// The 99th percentile.
    pub p99: Option<Duration>,
    /// Failed requests as a share of those that ended.
    pub error_share: Option<f64>,
}

impl Measured {
    pub fn of(result: &StepResult) -> Self {
        Self {
            good_per_s: result.good_per_s(),
            median: result.quantile(0.5),
            p99: result.quantile(0.99),
            error_share: result.error_share(),
        }
    }

    /// For a line.
    pub fn text(&self) -> String {
        let rate = self.good_per_s.map_or_else(|| "settling".to_owned(), |rate| format!("{} good/s", show_number(rate)));
        let median = self.median.map(|median| format!(", median {}", show_duration(median)));
        [Some(rate), median, self.errors()].into_iter().flatten().collect()
    }

    /// For a screen, which has room for the slowest too.
    pub fn sentence(&self) -> String {
        let Some(rate) = self.good_per_s else { return "settling".to_owned() };
        // A percentile that falls among failed requests has no end.
        let time = |quantile: Option<Duration>| quantile.map_or_else(|| "failed".to_owned(), show_duration);
        let times = self.error_share.map(|_| format!(", p50 {}, p99 {}", time(self.median), time(self.p99)));
        [Some(format!("{} good answers/s", show_number(rate))), times, self.errors()].into_iter().flatten().collect()
    }

    fn errors(&self) -> Option<String> {
        self.error_share.filter(|share| *share > 0.0).map(|share| format!(", {} errors", show_share(share)))
    }
}
