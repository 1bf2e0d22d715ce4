//! How it degrades: a line for each rung, and whether it recovers.

use super::{answer::objective, names};
use crate::report::paint::{Look, Tone, plain};
use plimsoll_core::{
    finding::{Finding, LadderRung, Rung, Word},
    units::{show_duration, show_number},
};
use std::time::Duration;

/// The ladder with its heading; empty when there is none, or when nothing seen may be held against the target.
pub fn ladder(finding: &Finding, look: &Look) -> String {
    if finding.ladder.is_empty() || finding.load_line.word == Word::Withheld {
        return String::new();
    }
    let mut out = look.paint(Tone::Soft, &format!("How it degrades ({})", names::axis(finding))) + "\n";
    for rung in finding.ladder.iter().filter(|rung| rung.seen) {
        out.push_str(&line(rung, look));
    }
    // What was not seen is one thing to know, not a line each.
    let unseen: Vec<&LadderRung> = finding.ladder.iter().filter(|rung| !rung.seen).collect();
    for same in unseen.chunk_by(|a, b| a.up_to == b.up_to) {
        let rungs: Vec<&str> = same.iter().map(|rung| names::rung(rung.rung)).collect();
        out.push_str(&row("not seen", "-", &format!("{}, up to {}", rungs.join(", "), show_number(same[0].up_to)), look));
    }
    out.push_str(&row("recovery", "", &recovery(finding), look));
    out
}

fn line(rung: &LadderRung, look: &Look) -> String {
    let name = names::rung(rung.rung);
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
    row(name, &at, &seen, look)
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

fn row(name: &str, at: &str, seen: &str, look: &Look) -> String {
    let tone = match at {
        "-" | "" => Tone::Soft,
        _ if name == names::rung(Rung::Knee) => Tone::Good,
        _ => Tone::Degraded,
    };
    let (name, at) = (format!("{name:<11}"), format!("{at:>9}"));
    let wrapped = look.wrap(&format!("  {name}{at}  {seen}"), 24);
    // Painted after wrapping: an escape sequence has no width.
    wrapped.replacen(&at, &look.paint(tone, &at), 1) + "\n"
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
