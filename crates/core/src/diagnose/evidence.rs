//! What the rules weigh: the steps that were watched, by load.

use super::{Confidence, Suspicion, side_probe::SideProbe};
use crate::{
    finding::{Axis, Cause, Finding, StepRecord},
    step::{Purpose, Watched},
    units::{show_duration, show_number},
};
use std::time::Duration;

/// A step with fewer answers tells little.
const FEW_ANSWERS: u64 = 20;
/// Of a target so slow that no step beyond its limit has that many, one with so many still shows who waits where.
const LEAST_ANSWERS: u64 = 8;
/// More errors than this, and what the target does is something else.
const FEW_ERRORS: f64 = 0.01;
/// The row in which the limit is looked for has at least so many at one time, and so many times the knee.
const LEAST_AT_ONCE: f64 = 8.0;
const BEYOND_KNEE: f64 = 2.0;

/// A step that was watched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'f> {
    /// Requests in flight, on average.
    pub at_once: f64,
    /// Good answers a second.
    pub per_s: f64,
    /// Good answers in all.
    pub answers: u64,
    pub watched: &'f Watched,
}

impl Row<'_> {
    /// "with 60 at one time", for sentences.
    pub fn shown(&self) -> String {
        format!("with {} at one time", show_number(self.at_once.round()))
    }

    /// CPU seconds a request.
    pub fn cpu_per_request_s(&self) -> Option<f64> {
        self.watched.cpu_cores.map(|cores| cores / self.per_s)
    }

    /// Voluntary switches a request.
    pub fn switches_per_request(&self) -> Option<f64> {
        self.watched.voluntary_switches_per_s.map(|switches| switches / self.per_s)
    }

    /// CPU used, as a share of what may be used.
    pub fn cpu_share(&self) -> Option<f64> {
        Some(self.watched.cpu_cores? / self.watched.allotted_cores?)
    }

    /// Whether most of the CPU lies idle.
    pub fn is_idle(&self, most: f64) -> bool {
        self.cpu_share().is_some_and(|share| share < most)
    }
}

/// All that the rules weigh.
#[derive(Clone, Debug)]
pub(crate) struct Evidence<'f> {
    pub finding: &'f Finding,
    /// The smallest load that was watched.
    pub ease: Row<'f>,
    /// The load in which the limit shows: beyond the knee, and before anything fails.
    pub full: Row<'f>,
    /// The highest load before anything fails.
    pub far: Row<'f>,
    /// Loads at which throughput is within a tenth of the highest.
    pub plateau: Vec<Row<'f>>,
    /// How many requests the target really serves at one time: throughput when full, times the unloaded response time.
    pub slots: f64,
    /// Mean response time while adding users slows nobody, in seconds.
    pub unloaded_s: f64,
}

impl<'f> Evidence<'f> {
    /// `None` where no step was watched.
    pub fn of(finding: &'f Finding) -> Option<Self> {
        let with_answers = |least: u64| finding.steps.iter().filter_map(move |step| row(step, least));
        let mut rows: Vec<Row<'f>> = with_answers(FEW_ANSWERS).collect();
        if rows.is_empty() {
            rows.extend(with_answers(LEAST_ANSWERS));
        }
        let unloaded_s = finding.unloaded.mean_ms? / 1e3;
        let most_per_s = rows.iter().map(|row| row.per_s).reduce(f64::max)?;
        let knee = finding.knee.as_ref().map_or(most_per_s * unloaded_s, |knee| knee.users);
        let enough = (BEYOND_KNEE * knee).max(LEAST_AT_ONCE);
        let is_enough = |row: &Row<'f>| row.at_once >= 0.95 * enough;
        if !rows.iter().any(is_enough) {
            rows.extend(with_answers(LEAST_ANSWERS).filter(is_enough));
        }
        rows.sort_by(|a, b| a.at_once.total_cmp(&b.at_once));
        let full = *rows.iter().find(|row| is_enough(row)).or(rows.last())?;
        let plateau = rows.iter().copied().filter(|row| row.per_s >= 0.9 * most_per_s).collect();
        Some(Self { finding, ease: rows[0], full, far: *rows.last()?, plateau, slots: full.per_s * unloaded_s, unloaded_s })
    }

    /// Whether there was more load than the target serves at one time.
    pub fn is_beyond_slots(&self) -> bool {
        self.full.at_once > 1.3 * self.slots
    }

    /// "3 of 4 cores", for sentences.
    pub fn cores_used(&self) -> Option<String> {
        let (used, allotted) = (self.full.watched.cpu_cores?, self.full.watched.allotted_cores?);
        Some(format!("{} of its {}", show_cores(used), cores(allotted)))
    }

    /// "with 60 at one time", for sentences.
    pub fn at_full(&self) -> String {
        self.full.shown()
    }

    /// What an accept queue that overflows shows, beside the cause.
    pub fn accept_queue(&self) -> Option<String> {
        let sockets = self.full.watched.sockets?;
        let is_over = sockets.backlog > 0 && sockets.longest_queue >= sockets.backlog;
        is_over.then(|| {
            format!(
                "the queue of connections not yet accepted was full ({} of {}): further ones are dropped and try again",
                sockets.longest_queue, sockets.backlog
            )
        })
    }

    /// Processes that were there for a while and ended during the search: what was seen before and after is of different ones.
    pub fn replaced(&self) -> Option<String> {
        // What is driven past its line may well end then.
        let before = self.finding.steps.iter().filter(|step| !matches!(step.purpose, Purpose::Overshoot | Purpose::Recovery));
        let ended = before.filter_map(|step| step.signals.watched.as_ref()?.ended_processes).max();
        ended.filter(|ended| *ended > 0).map(|ended| format!("{ended} of its processes ended during the search"))
    }

    /// No rule holds.
    pub fn cannot_tell(&self) -> Suspicion {
        let mut seen = vec![self.behaves_like()];
        seen.extend(self.cores_used().map(|used| format!("{} it used {used}", self.at_full())));
        Suspicion::of("unknown", Confidence::Low, seen)
    }

    /// What throughput and latency alone say.
    pub fn behaves_like(&self) -> String {
        behaves_like(self.slots, self.unloaded_s)
    }
}

pub(super) fn behaves_like(slots: f64, unloaded_s: f64) -> String {
    format!(
        "it behaves like {} full-speed slots of {} each",
        show_number(if slots < 10.0 { (10.0 * slots).round() / 10.0 } else { slots.round() }),
        show_duration(Duration::try_from_secs_f64(unloaded_s).unwrap_or_default())
    )
}

/// "1 core", "2 cores".
pub(crate) fn cores(count: f64) -> String {
    format!("{} core{}", show_cores(count), if count == 1.0 { "" } else { "s" })
}

/// Cores to two digits: 0.03, 1.98.
pub(crate) fn show_cores(count: f64) -> String {
    if count > 0.0 && count < 0.01 { "under 0.01".to_owned() } else { show_number((100.0 * count).round() / 100.0) }
}

/// "1 worker", "4 workers".
pub(crate) fn counted(count: f64, one: &str) -> String {
    let count = count.round();
    format!("{} {one}{}", show_number(count), if count == 1.0 { "" } else { "s" })
}

fn row(record: &StepRecord, least_answers: u64) -> Option<Row<'_>> {
    let watched = record.signals.watched.as_ref().filter(|watched| watched.seconds > 0.0)?;
    let is_steady = matches!(record.purpose, Purpose::Ramp | Purpose::Refine | Purpose::Hold | Purpose::Recheck | Purpose::Overshoot);
    let ended = record.good + record.errors.total();
    let is_good = record.good >= least_answers && record.errors.total() as f64 <= FEW_ERRORS * ended as f64;
    let per_s = record.good_per_s.filter(|per_s| *per_s > 0.0)?;
    let mean_s = record.latency.mean_ms? / 1e3;
    let at_once = match (record.users, record.rate) {
        // Users who pause are in flight only while they wait.
        (Some(users), _) => (per_s * mean_s).min(f64::from(users)),
        (None, Some(rate)) => rate * mean_s,
        (None, None) => return None,
    };
    (is_steady && is_good).then_some(Row { at_once, per_s, answers: record.good, watched })
}

/// What is said where nobody could look at the target's processes.
pub(super) fn unwatched(finding: &Finding) -> Option<Cause> {
    let (slots, unloaded_ms) = (finding.slots.as_ref()?, finding.unloaded.mean_ms?);
    let unloaded_s = unloaded_ms / 1e3;
    let seen = SideProbe::of(finding).map(|side| side.suspicion(slots.value, unloaded_s)).unwrap_or_else(|| {
        let seen = vec![behaves_like(slots.value, unloaded_s), "its processes were not looked at".to_owned()];
        Suspicion::of("unknown", Confidence::Low, seen)
    });
    let axis_of_users = finding.load_line.axis == Axis::Users;
    axis_of_users.then(|| Cause {
        verdict: seen.verdict.to_owned(),
        confidence: seen.confidence.name().to_owned(),
        evidence: seen.evidence,
        others: Vec::new(),
        next: Vec::new(),
    })
}

/// The names of the target's programs, each once.
pub(super) fn programs(steps: &[StepRecord]) -> Vec<String> {
    let mut names: Vec<String> =
        steps.iter().filter_map(|step| step.signals.watched.as_ref()).flat_map(|watched| watched.programs.clone()).collect();
    names.sort();
    names.dedup();
    names
}
