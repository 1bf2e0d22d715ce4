//! The loads of a round: one request alone, and what shows the throughput. Systems whose lines lie close together are measured at the same
//! loads, because throughput and response time may depend on the load, and two searches of one system never find quite the same.

use super::bench::{AtDoor, Bench, Line, Tie, at_the_door, steady};
use crate::finding::{Axis, Finding};
use std::collections::BTreeMap;

/// Throughput is measured at this many times the knee, where it has long levelled off.
const BEYOND_KNEE: f64 = 2.0;
/// Places at a door are counted at this many times the line, or the most that was borne.
const BEYOND_DOOR: f64 = 1.5;
/// From this many times the knee on it has; where nothing so high was borne, about the knee itself must do.
const LEVEL: [f64; 2] = [1.3, 0.9];
/// A load counts as good as the one with the highest throughput unless it lies below it by more than this and a standard error.
const AS_GOOD: f64 = 0.01;
/// Throughput bends back where it falls by this much (in ln) and so many standard errors up to the highest load.
const BENDS: f64 = 0.05;
const BENDS_ERRORS: f64 = 3.0;
/// Half the interval of the highest throughput there, in standard errors: more than two, because the load was chosen for being the highest.
const CHOSEN_ERRORS: f64 = 3.0;
/// Throughput at a load is averaged with that at its neighbours, weighed by a bell curve of this width (in ln load).
const NEIGHBOURS: f64 = 0.2;
/// Lines this far apart at the most (in ln) are measured at one load: two searches of one system find its knee within 20%, and of systems
/// further apart one is clearly the better.
const CLOSE: f64 = 0.4;

/// The mean of one request alone wants so many of them in a probe, and for a standard error of 5% more where they differ a lot.
const REQUESTS_ALONE: f64 = 50.0;
const ERROR_ALONE: f64 = 0.05;
/// Where one user does not get as many, a few more are let in, this share of the line at the most: they do not wait for each other.
const AT_EASE: f64 = 0.33;
/// Unless requests slow each other down long before the line: the mean response time in the second of these ranges (shares of the line) over
/// that in the first, in ln.
const SLOWS: f64 = 0.1;
const HALFWAY: [f64; 2] = [0.35, 0.6];
const NEARLY: [f64; 2] = [0.7, 1.0];
/// How much requests alone differ is read off loads up to this share of the line.
const LOW: f64 = 0.5;

/// A load that shows the throughput.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Full {
    pub users: u32,
    /// How long a request takes there, in seconds.
    pub response_s: f64,
    /// Good answers a second that the search saw at the most.
    pub per_s: f64,
    /// How far throughput there may lie below the highest there is (in ln, half a 95% interval).
    pub unsure: f64,
    /// The most that may be put on.
    most: u32,
}

/// The time that a request takes alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Alone {
    /// Mean, in seconds.
    pub mean_s: f64,
    /// Standard deviation of one request over the mean.
    pub spread: f64,
    /// So many users at the most do not slow each other down.
    pub most_users: u32,
}

impl Alone {
    /// Users who make enough requests in a probe of this length, in seconds.
    pub fn wanted(&self, measure_s: f64) -> u32 {
        let requests = REQUESTS_ALONE.max((self.spread / ERROR_ALONE).powi(2));
        (requests * self.mean_s / measure_s).ceil().clamp(1.0, 1e6) as u32
    }

    /// Standard error of the mean after one second of so many users, over the mean.
    pub fn error_in_1_s(&self, users: u32) -> f64 {
        self.spread * (self.mean_s / f64::from(users)).sqrt()
    }
}

/// How a request alone is measured.
pub(super) fn alone(finding: &Finding, mean_s: f64, in_flight: f64) -> Alone {
    // The line of an objective may lie far beyond the knee, where all wait.
    let knee = finding.slots.as_ref().map_or(f64::INFINITY, |slots| slots.value);
    let (line, in_flight) = (line_users(finding, in_flight).min(knee), in_flight.min(knee));
    let mean = |[from, to]: [f64; 2]| {
        let inside = steady(finding).filter(|(users, _)| (from * line..=to * line).contains(&f64::from(*users)));
        let sums = inside.filter_map(|(_, step)| Some((step.good as f64, step.good as f64 * step.latency.mean_ms?)));
        let (answers, sum) = sums.fold((0.0, 0.0), |sums, step| (sums.0 + step.0, sums.1 + step.1));
        (answers > 0.0).then(|| sum / answers)
    };
    let slows = mean(NEARLY).zip(mean(HALFWAY)).is_some_and(|(nearly, halfway)| (nearly / halfway).ln() > SLOWS);
    let most_users = if slows { 1 } else { (AT_EASE * in_flight).round().clamp(1.0, 1e6) as u32 };
    Alone { mean_s, spread: spread(finding, line), most_users }
}

/// Users at the line, with pauses where there are any.
fn line_users(finding: &Finding, in_flight: f64) -> f64 {
    finding.load_line.value.filter(|_| finding.load_line.axis == Axis::Users).unwrap_or(in_flight)
}

/// Standard deviation over mean of the response times at low loads; 0 where none were measured.
fn spread(finding: &Finding, line: f64) -> f64 {
    let (mut answers, mut sum_s, mut squares) = (0.0, 0.0, 0.0);
    for (_, step) in steady(finding).filter(|(users, _)| f64::from(*users) <= (LOW * line).max(1.0)) {
        for (latency, count) in step.histogram.buckets() {
            let (latency_s, count) = (latency.as_secs_f64(), count as f64);
            answers += count;
            sum_s += count * latency_s;
            squares += count * latency_s * latency_s;
        }
    }
    if sum_s <= 0.0 { 0.0 } else { (answers * squares / (sum_s * sum_s) - 1.0).max(0.0).sqrt() }
}

/// The load that shows the throughput of one system, for itself.
pub(super) fn full(finding: &Finding, tie: Tie, think_s: f64, in_flight: f64, unloaded_s: Option<f64>) -> Option<Full> {
    let per_s = finding.peak.as_ref()?.throughput_per_s;
    let full = |users: f64| Full { users: users.max(1.0) as u32, response_s: users / per_s, per_s, unsure: 0.0, most: u32::MAX };
    match tie {
        Tie::AsFound => None,
        Tie::Door => {
            let AtDoor { most_users, response_s, per_s } = at_the_door(finding)?;
            let users = ((BEYOND_DOOR * finding.load_line.value?).ceil() as u32).min(most_users);
            Some(Full { users, response_s, per_s, unsure: 0.0, most: most_users })
        }
        Tie::AtLine { .. } => Some(full(in_flight.round())),
        // Steps without a pause are what the search itself has put on: no more is asked than was borne.
        Tie::Knee { .. } if think_s == 0.0 => {
            let (users, unsure) = highest(&rates(finding), finding.load_line.value?)?;
            Some(Full { unsure, most: steady(finding).map(|(users, _)| users).max()?, ..full(f64::from(users)) })
        }
        Tie::Knee { .. } | Tie::Capacity => Some(full((BEYOND_KNEE * per_s * unloaded_s?).ceil().max(2.0))),
    }
}

/// Throughput at a load as the search saw it.
#[derive(Clone, Copy, Debug)]
struct Rate {
    users: u32,
    /// In ln.
    per_s: f64,
    variance: f64,
}

/// Throughput by load, from the lowest, each averaged with its neighbours.
fn rates(finding: &Finding) -> Vec<Rate> {
    let mut by_load: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for (users, step) in steady(finding) {
        let (answers, seconds) = by_load.entry(users).or_default();
        *answers += step.good as f64;
        *seconds += step.duration_s;
    }
    let least = LEVEL[1] * finding.load_line.value.unwrap_or(0.0);
    by_load.retain(|users, _| f64::from(*users) >= least);
    let rate = |users: u32| {
        let (mut sum, mut weights, mut squares) = (0.0, 0.0, 0.0);
        for (&other, &(answers, seconds)) in &by_load {
            let bell = (-0.5 * ((f64::from(users) / f64::from(other)).ln() / NEIGHBOURS).powi(2)).exp();
            sum += bell * answers * (answers / seconds).ln();
            weights += bell * answers;
            squares += bell * bell * answers;
        }
        Rate { users, per_s: sum / weights, variance: squares / (weights * weights) }
    };
    by_load.keys().map(|&users| rate(users)).collect()
}

/// The load with the highest throughput, and how far throughput there may lie below the highest there is (in ln). Where throughput bends back that
/// is where it was highest; where it is level, the load nearest to twice the knee.
fn highest(rates: &[Rate], knee: f64) -> Option<(u32, f64)> {
    let apart = |a: &Rate, b: &Rate| (a.variance + b.variance).sqrt();
    let most = |rates: &[Rate]| rates.iter().copied().max_by(|a, b| a.per_s.total_cmp(&b.per_s));
    let (best, last) = (most(rates)?, rates.last()?);
    if best.per_s - last.per_s > BENDS.max(BENDS_ERRORS * apart(&best, last)) {
        return Some((best.users, CHOSEN_ERRORS * best.variance.sqrt()));
    }
    let level =
        LEVEL.iter().map(|level| rates.partition_point(|rate| f64::from(rate.users) < level * knee)).find(|&from| from < rates.len())?;
    let (highest, best) = (best, most(&rates[level..])?);
    let as_good = rates[level..].iter().filter(|rate| best.per_s - rate.per_s <= AS_GOOD + apart(&best, rate));
    let distance = |users: u32| (f64::from(users) / (BEYOND_KNEE * knee)).ln().abs();
    as_good.min_by(|a, b| distance(a.users).total_cmp(&distance(b.users))).map(|rate| (rate.users, highest.per_s - rate.per_s))
}

/// Puts the first system and those close to it at one load that shows the throughput: the largest of theirs, where none is short of its
/// highest by much, and no more than each has borne.
pub(super) fn align(benches: &mut [Bench]) {
    let Some(first) = benches.first().cloned() else { return };
    let mut close: Vec<&mut Bench> = benches.iter_mut().filter(|bench| bench.full.is_some() && is_close(&first, bench)).collect();
    let own = close.iter().filter_map(|bench| bench.full.map(|full| (full, bench.line_value())));
    let (wanted, most) = own.fold((1, u32::MAX), |(wanted, most), (full, knee)| {
        let level = if full.most == u32::MAX { 1 } else { (LEVEL[0] * knee).ceil() as u32 };
        (wanted.max(full.users).max(level), most.min(full.most))
    });
    for full in close.iter_mut().filter_map(|bench| bench.full.as_mut()) {
        let users = wanted.min(most);
        full.response_s *= f64::from(users) / f64::from(full.users);
        full.users = users;
    }
}

/// Whether the knees (or capacities) of two systems lie close together.
fn is_close(first: &Bench, other: &Bench) -> bool {
    match (&first.line, &other.line) {
        (&Line::Found { tie: tie_a, value: value_a, .. }, &Line::Found { tie, value, .. }) => {
            tie.is_whole() && tie == tie_a && (value / value_a).ln().abs() <= CLOSE
        }
        _ => false,
    }
}
