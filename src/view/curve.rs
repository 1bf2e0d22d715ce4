//! What was measured at each load, over all steps so far.

use plimsoll_core::{
    stat::{Latencies, Resolution},
    step::{Purpose, StepResult},
};
use std::{sync::Arc, time::Duration};

/// What was measured at one load.
#[derive(Clone, Debug)]
pub struct Point {
    /// Users, or requests a second.
    pub load: f64,
    /// Good answers a second.
    pub good_per_s: f64,
    /// Median response time; `None` where half of the requests failed.
    pub p50: Option<Duration>,
    /// The 99th percentile; `None` where it falls among failed ones.
    pub p99: Option<Duration>,
    good: u64,
    failed: u64,
    measured: Duration,
    // Shared with the states that were shown before: only a visit to the same load makes another.
    response: Arc<Latencies>,
}

/// Points in the order of their loads.
#[derive(Clone, Debug, Default)]
pub struct Curve(Vec<Point>);

impl Curve {
    /// Adds what a step gave. Light loads that follow another one are left out: they show the other's after-effects.
    pub fn take(&mut self, step: &StepResult) {
        let load = step.plan.load.size();
        if matches!(step.plan.purpose, Purpose::Gate | Purpose::Recovery) || step.measured().is_zero() {
            return;
        }
        let place = self.0.iter().position(|point| point.load >= load).unwrap_or(self.0.len());
        if self.0.get(place).is_none_or(|point| point.load != load) {
            self.0.insert(place, Point::at(load));
        }
        self.0[place].take(step);
    }

    /// All points.
    pub fn points(&self) -> &[Point] {
        &self.0
    }
}

impl Point {
    fn at(load: f64) -> Self {
        let response = Arc::new(Latencies::with_resolution(Resolution::Coarse));
        Self { load, good_per_s: 0.0, p50: None, p99: None, good: 0, failed: 0, measured: Duration::ZERO, response }
    }

    fn take(&mut self, step: &StepResult) {
        self.good += step.good();
        self.failed += step.failed().total();
        self.measured += step.measured();
        Arc::make_mut(&mut self.response).merge(&step.response);
        self.good_per_s = self.good as f64 / self.measured.as_secs_f64();
        self.p50 = self.response.quantile(0.5, self.failed);
        self.p99 = self.response.quantile(0.99, self.failed);
    }
}
