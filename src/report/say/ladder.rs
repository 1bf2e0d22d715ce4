//! How it degrades: a row for each rung, and whether it recovers.

use super::{answer::objective, names};
use crate::report::paint::{Tone, plain};
use plimsoll_core::{
    finding::{Finding, LadderRung, Rung, Word},
    units::{show_duration, show_number},
};
use std::time::Duration;

/// A row of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rung, or what the row is about.
    pub name: &'static str,
    /// At which load; `-` for what was not seen, empty where that is no question.
    pub at: String,
    /// What was seen.
    pub seen: String,
    /// Its meaning.
    pub tone: Tone,
}

/// What stands over it: `How it degrades (at one time)`.
pub fn heading(finding: &Finding) -> String {
    format!("How it degrades ({})", names::axis(finding))
}

/// The rungs that were seen, those that were not, and the recovery; none when there is no ladder, or when nothing seen may be held against the
/// target.
pub fn rows(finding: &Finding) -> Vec<Row> {
    if finding.ladder.is_empty() || finding.load_line.word == Word::Withheld {
        return Vec::new();
    }
    let mut rows: Vec<Row> = finding.ladder.iter().filter(|rung| rung.seen).map(seen).collect();
    // What was not seen is one thing to know, not a line each.
    let unseen: Vec<&LadderRung> = finding.ladder.iter().filter(|rung| !rung.seen).collect();
    for same in unseen.chunk_by(|a, b| a.up_to == b.up_to) {
        let rungs: Vec<&str> = same.iter().map(|rung| names::rung(rung.rung)).collect();
        let seen = format!("{}, up to {}", rungs.join(", "), show_number(same[0].up_to));
        rows.push(Row { name: "not seen", at: "-".to_owned(), seen, tone: Tone::Soft });
    }
    rows.push(Row { name: "recovery", at: String::new(), seen: recovery(finding), tone: Tone::Soft });
    rows
}

fn seen(rung: &LadderRung) -> Row {
    let at = rung.users.map_or_else(|| "not known".to_owned(), show_number);
    let kind = rung.kind.as_deref().map(|kind| match rung.rung {
        Rung::Slow | Rung::Knee => objective(kind),
        _ => plain(&names::failure(kind)),
    });
    let detail = rung.detail.as_deref().map(plain);
    let seen = match (kind, detail) {
        (Some(kind), Some(detail)) if !detail.contains(&kind) => format!("{kind}: {detail}"),
        (_, Some(detail)) => detail,
        (Some(kind), None) => kind,
        (None, None) => default_words(rung.rung).to_owned(),
    };
    Row { name: names::rung(rung.rung), at, seen, tone: if rung.rung == Rung::Knee { Tone::Good } else { Tone::Degraded } }
}

fn default_words(rung: Rung) -> &'static str {
    match rung {
        Rung::Knee => "added users mostly wait",
        Rung::Slow => "answers are too slow",
        Rung::TimeOuts => "1% or more get no answer in time",
        Rung::Refusals => "1% or more are turned away",
        Rung::Errors => "1% or more get a wrong answer",
        Rung::Crash => "no good answer any more",
    }
}

fn recovery(finding: &Finding) -> String {
    let after = finding.recovery.after_s.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).map(show_duration);
    match (finding.recovery.recovered, after) {
        (None, _) => "not known: it was not driven past its line".to_owned(),
        (Some(true), Some(after)) => format!("healthy again {after} after the load was taken away"),
        (Some(true), None) => "healthy again after the load was taken away".to_owned(),
        (Some(false), Some(after)) => format!("stays down after the load was taken away (watched for {after})"),
        (Some(false), None) => "stays down after the load was taken away".to_owned(),
    }
}
