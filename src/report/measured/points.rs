//! Every load that was measured, with what its steps gave together.

use plimsoll_core::{
    finding::StepRecord,
    stat::Latencies,
    step::{Purpose, Watched},
};
use std::collections::BTreeMap;

/// What was measured at one load, over all its steps.
#[derive(Debug)]
pub struct Point {
    /// Users, or requests a second; above 0.
    pub load: f64,
    /// Good answers a second; 0 where there was none.
    pub rate: f64,
    /// Response times in seconds; `None` where they fall among the failed requests, or there was no good answer.
    pub p50_s: Option<f64>,
    pub p95_s: Option<f64>,
    pub p99_s: Option<f64>,
    /// Requests that failed.
    pub failed: u64,
    /// Response times of good answers.
    pub latencies: Latencies,
    /// What was read of the target's processes in the longest of its steps.
    pub watched: Option<Watched>,
}

/// Steps of one load, added up.
struct Sum<'s> {
    seconds: f64,
    good: u64,
    failed: u64,
    latencies: Latencies,
    watched: Option<&'s Watched>,
}

/// Every load, in ascending order. Gates and recoveries follow another load, so they are left out.
pub fn points(steps: &[StepRecord]) -> Vec<Point> {
    // The bits of positive numbers sort as the numbers do.
    let mut by_load: BTreeMap<u64, Sum<'_>> = BTreeMap::new();
    for step in steps.iter().filter(|step| !matches!(step.purpose, Purpose::Gate | Purpose::Recovery)) {
        let Some(load) = load(step) else { continue };
        let watched = step.signals.watched.as_ref();
        match by_load.get_mut(&load.to_bits()) {
            Some(sum) => {
                sum.seconds += step.duration_s;
                sum.good += step.good;
                sum.failed += step.errors.total();
                sum.latencies.merge(&step.histogram);
                let longest = |watched: &&Watched| watched.seconds;
                sum.watched = sum.watched.into_iter().chain(watched).max_by(|a, b| longest(a).total_cmp(&longest(b)));
            }
            None => {
                let (seconds, good, failed) = (step.duration_s, step.good, step.errors.total());
                by_load.insert(load.to_bits(), Sum { seconds, good, failed, latencies: step.histogram.clone(), watched });
            }
        }
    }
    by_load.into_iter().filter(|(_, sum)| sum.seconds > 0.0).map(|(bits, sum)| point(f64::from_bits(bits), sum)).collect()
}

/// The load of a step, where it is one above 0.
pub fn load(step: &StepRecord) -> Option<f64> {
    step.users.map(f64::from).or(step.rate).filter(|load| *load > 0.0)
}

fn point(load: f64, sum: Sum<'_>) -> Point {
    let at = |q| sum.latencies.quantile(q, sum.failed).map(|latency| latency.as_secs_f64());
    Point {
        load,
        rate: sum.good as f64 / sum.seconds,
        p50_s: at(0.5),
        p95_s: at(0.95),
        p99_s: at(0.99),
        failed: sum.failed,
        watched: sum.watched.cloned(),
        latencies: sum.latencies,
    }
}
