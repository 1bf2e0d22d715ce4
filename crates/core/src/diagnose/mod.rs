//! Why a target stops where it does: each cause weighs the evidence in a file of its own, and they are ranked here.
//!
//! All of it is read off a [`Finding`], so that a saved result or a journal gives the same cause. The rules and their thresholds are told in
//! docs/METHOD.md.

mod advice;
mod all_cpu;
mod blocked_event_loop;
mod contention;
mod costs;
mod downstream_pool;
mod evidence;
mod file_descriptors;
mod headroom;
mod hidden_limit;
mod in_process_pool;
mod interpreter_lock;
mod lock;
mod memory;
mod neighbour;
mod one_core;
mod others;
mod side_probe;
#[cfg(test)]
mod tests;
mod worker_pool;

pub use costs::{Costs, costs};

use crate::finding::{Cause, Finding, Word};
use evidence::Evidence;
use side_probe::SideProbe;

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    fn lower(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

/// A cause that the evidence speaks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Suspicion {
    /// One of the contract's verdicts.
    pub verdict: &'static str,
    pub confidence: Confidence,
    /// Sentences with their figures.
    pub evidence: Vec<String>,
}

impl Suspicion {
    fn of(verdict: &'static str, confidence: Confidence, evidence: Vec<String>) -> Self {
        Self { verdict, confidence, evidence }
    }
}

/// The causes, those that explain the others first: what a full pool does looks like many things to which a pool looks like nothing.
const RULES: [fn(&Evidence<'_>) -> Option<Suspicion>; 13] = [
    memory::weigh,
    file_descriptors::weigh,
    contention::weigh,
    all_cpu::weigh,
    interpreter_lock::weigh,
    lock::weigh,
    neighbour::weigh,
    one_core::weigh,
    blocked_event_loop::weigh,
    worker_pool::weigh,
    downstream_pool::weigh,
    in_process_pool::weigh,
    hidden_limit::weigh,
];

/// Adds to a finding why the target stops at its line, and how much more the same hardware could carry. What load and answers alone have told
/// already (a weak generator, a limiter that names itself) is left as it is.
pub fn explain(finding: &mut Finding) {
    if finding.cause.is_none() && matches!(finding.load_line.word, Word::Firm | Word::Rough | Word::Unstable) {
        let explained = Evidence::of(finding).map(|evidence| {
            let cause = cause(&evidence);
            let headroom = headroom::headroom(&evidence, &cause.verdict);
            (cause, headroom, others::warning(&evidence))
        });
        match explained {
            Some((cause, headroom, others)) => {
                finding.warnings.extend(others);
                finding.cause = Some(cause);
                finding.headroom = headroom;
            }
            None => finding.cause = evidence::unwatched(finding),
        }
    }
    if let Some(cause) = &mut finding.cause
        && cause.next.is_empty()
    {
        cause.next = advice::next(&cause.verdict, &evidence::programs(&finding.steps));
    }
}

fn cause(evidence: &Evidence<'_>) -> Cause {
    let mut suspicions = RULES.iter().filter_map(|weigh| weigh(evidence));
    let first = suspicions.next().unwrap_or_else(|| evidence.cannot_tell());
    let others = suspicions.map(|other| format!("{}: {}", other.verdict, other.evidence.join("; "))).collect();
    let watched = evidence.full.watched;
    let unreadable = &watched.unreadable;
    // A limit on memory kills: that processes ended is what it says already.
    let replaced = evidence.replaced().filter(|_| first.verdict != "memory");
    let confidence = if unreadable.is_empty() && replaced.is_none() { first.confidence } else { first.confidence.lower() };
    let mut sentences = first.evidence;
    sentences.extend(evidence.accept_queue());
    sentences.extend(SideProbe::of(evidence.finding).map(|side| side.sentence()));
    sentences.extend(replaced);
    sentences.extend(watched.container.as_ref().map(|leads| format!("it runs in a container ({leads})")));
    sentences.extend((!unreadable.is_empty()).then(|| format!("not readable: {}", unreadable.join(", "))));
    Cause { verdict: first.verdict.to_owned(), confidence: confidence.name().to_owned(), evidence: sentences, others, next: Vec::new() }
}
