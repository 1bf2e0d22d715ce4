//! How a search was measured, how far to trust it, and its data.

use super::page::{Block, Meter, Rung, Table, code, markup};
use crate::report::{
    measured::points::{Point, load},
    paint::{Tone, plain},
    say::{
        answer::{capital, objective, sentence},
        closing::{facts, honesty, small_share},
        gate, ladder, names, seconds,
    },
};
use plimsoll_core::{
    finding::{Finding, Gate, GeneratorSummary, StepRecord, Subject, Warning, Word},
    step::Watched,
    units::{show_bytes, show_count, show_duration, show_number, show_share},
};

const NOT_KNOWN: &str = "not known";

/// What stands over the generator's honesty.
pub const GENERATOR: &str = "The load generator";

/// What was not seen, or is no question.
const UNSEEN: &str = "unseen";

/// From this share on something counts as used up.
const FULL: f64 = 0.9;

/// What each gate came to.
pub fn gates(gates: &[Gate]) -> Vec<Block> {
    let said = |gate: &Gate| format!("<b>{}</b> {}", gate::word(gate.verdict), markup(&gate::said(gate)));
    if gates.is_empty() { Vec::new() } else { vec![Block::List(gates.iter().map(said).collect())] }
}

/// The load line and each way in which it degrades, then what was not seen, then whether it recovers; empty where nothing may be told.
pub fn rungs(finding: &Finding) -> Vec<Rung> {
    let rows = ladder::rows(finding);
    if rows.is_empty() {
        return Vec::new();
    }
    let class = |tone| match tone {
        Tone::Good => "ok",
        Tone::Degraded => "hit",
        Tone::Soft | Tone::Strong => UNSEEN,
    };
    let line = finding.load_line.value.map(|value| {
        let median = finding.at_line.p50_ms;
        let seen = median.map_or_else(|| "median not known".to_owned(), |_| format!("median {}", names::ms(median)));
        Rung { class: "ok", at: show_number(value), name: "load line".to_owned(), seen }
    });
    let rung = |row: ladder::Row| {
        let (class, at) = match row.at.as_str() {
            // Only the recovery has no load of its own.
            "" => recovered(finding),
            "-" => (UNSEEN, "–".to_owned()),
            _ => (class(row.tone), row.at),
        };
        Rung { class, at, name: row.name.to_owned(), seen: row.seen }
    };
    line.into_iter().chain(rows.into_iter().map(rung)).collect()
}

/// Whether it recovers, in a word or a time.
fn recovered(finding: &Finding) -> (&'static str, String) {
    match (finding.recovery.recovered, finding.recovery.after_s) {
        (None, _) => (UNSEEN, "–".to_owned()),
        (Some(true), Some(after)) => ("ok", show_duration(seconds(after))),
        (Some(true), None) => ("ok", "yes".to_owned()),
        (Some(false), _) => ("hit", "no".to_owned()),
    }
}

/// A load this many times the line shows what is used up there.
const WELL_BEYOND: f64 = 1.9;

/// How much of what there is was used well beyond the line, or at the highest load that was looked at.
pub fn meters(finding: &Finding, points: &[Point], line: Option<f64>) -> Option<Block> {
    let looked: Vec<(&Point, &Watched)> = points.iter().filter_map(|point| Some((point, point.watched.as_ref()?))).collect();
    let beyond = looked.iter().find(|(point, _)| line.is_some_and(|line| point.load >= WELL_BEYOND * line));
    let (point, watched) = beyond.or_else(|| looked.last())?;
    let of = |name, used: Option<f64>, most: Option<f64>, show: &dyn Fn(f64) -> String| {
        let (used, most) = (used?, most.filter(|most| *most > 0.0)?);
        let share = (used / most).clamp(0.0, 1.0);
        let class = if share >= FULL { "bad" } else { "good" };
        Some(Meter { name, class, percent: (share * 100.0).round() as u32, text: format!("{} of {}", show(used), show(most)) })
    };
    let number =
        |value: f64| if value > 0.0 && value < 0.005 { "under 0.01".to_owned() } else { show_number((value * 100.0).round() / 100.0) };
    let few = |value: f64| if value < 10.0 { show_number((value * 10.0).round() / 10.0) } else { show_count(value.round() as u64) };
    let bytes = |value: f64| show_bytes(value as u64);
    let count = |value: f64| show_count(value as u64);
    let sockets = watched.sockets;
    let meters: Vec<Meter> = [
        of("CPU, cores", watched.cpu_cores, watched.allotted_cores, &number),
        of("busiest thread, cores", watched.busiest_thread_cores, Some(1.0), &number),
        of("connections waiting to be accepted", sockets.map(|s| s.not_accepted), sockets.map(|s| f64::from(s.backlog)), &few),
        of("connections downstream in use", watched.downstream.map(|d| d.awaiting), watched.downstream.map(|d| d.open), &few),
        of("memory", watched.resident_bytes.map(|b| b as f64), watched.memory_limit_bytes.map(|b| b as f64), &bytes),
        of("open files", watched.files.map(|n| n as f64), watched.file_limit.map(|n| n as f64), &count),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!meters.is_empty()).then(|| Block::Meters(format!("What was used with {}", names::load(finding, point.load)), meters))
}

/// What was measured, by which command, and when.
pub fn subject(subject: &Subject) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, text: String| facts.push((name.to_owned(), text));
    if !subject.command.is_empty() {
        fact("Command", code(&subject.command));
    }
    fact("Address", code(&subject.url));
    if let Some(start) = &subject.start {
        fact("Started as", code(start));
    }
    fact("Began", markup(&super::page::moment(&subject.started_at).unwrap_or_else(|| NOT_KNOWN.to_owned())));
    facts
}

/// How it was measured, and how far to trust it.
pub fn trust(finding: &Finding) -> Vec<Block> {
    let line = &finding.load_line;
    let mut facts = subject(&finding.subject);
    let mut fact = |name: &str, text: String| facts.push((name.to_owned(), markup(&text)));
    let criteria: Vec<String> = finding.criteria.iter().map(|criterion| objective(&criterion.to_string())).collect();
    fact("Objectives", if criteria.is_empty() { "none".to_owned() } else { criteria.join(", ") });
    let requests: u64 = finding.steps.iter().map(|step| step.sent).sum();
    let took = show_duration(seconds(finding.took_s));
    let steps = finding.steps.len() as u64;
    fact("Measured", format!("{} in {took}, {} sent", counted(steps, "step"), counted(requests, "request")));
    let word = names::word(line.word);
    let interval = format!("{} with {} confidence", names::line(line), show_share(line.confidence));
    fact("Load line", if line.value.is_some() { format!("{word}: {interval}") } else { word.to_owned() });
    let mut blocks = vec![Block::Facts(facts)];
    if !line.reasons.is_empty() {
        let heading = if line.word == Word::Withheld { "Why no number is given" } else { "Why it is no firmer" };
        blocks.push(Block::Heading(heading.to_owned()));
        blocks.push(Block::List(line.reasons.iter().map(|reason| markup(&capital(&sentence(reason)))).collect()));
    }
    blocks.extend(generator(GENERATOR, &finding.generator, &self::facts(&finding.generator)));
    blocks.extend(warnings(&finding.warnings));
    blocks
}

/// The generator's honesty.
pub fn generator(heading: &str, generator: &GeneratorSummary, facts: &[String]) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(heading.to_owned()), Block::Text(markup(&honesty(facts, generator).1))];
    if !generator.findings.is_empty() {
        blocks.push(Block::List(generator.findings.iter().map(|found| markup(&sentence(found))).collect()));
    }
    blocks
}

/// Each warning with what to do about it.
pub fn warnings(warnings: &[Warning]) -> Vec<Block> {
    if warnings.is_empty() {
        return Vec::new();
    }
    let shown = |warning: &Warning| Warning { text: plain(&warning.text), remedy: plain(&warning.remedy) };
    vec![Block::Heading("Warnings".to_owned()), Block::Warnings(warnings.iter().map(shown).collect())]
}

/// Response times alone and at the line.
pub fn latency(finding: &Finding) -> Option<Table> {
    let rows: Vec<Vec<String>> = [("alone", &finding.unloaded), ("at the load line", &finding.at_line)]
        .into_iter()
        .map(|(name, latency)| {
            let times = [latency.mean_ms, latency.p50_ms, latency.p95_ms, latency.p99_ms].map(names::ms);
            [name.to_owned()].into_iter().chain(times).collect()
        })
        .collect();
    let caption = "Response times, from the moment at which a request was due";
    (!finding.steps.is_empty()).then(|| Table::new("latency-table", caption, &["Answers take", "#mean", "#median", "#p95", "#p99"], rows))
}

/// Every step.
pub fn steps(id: &str, caption: &str, steps: &[StepRecord], axis: &str) -> Table {
    let columns = [
        "#started",
        "step",
        &format!("#{axis}"),
        "#measured",
        "#sent",
        "#good",
        "#good a second",
        "failed",
        "#mean",
        "#median",
        "#p95",
        "#p99",
        "#CPU cores",
        "#generator",
    ];
    Table::new(id, caption, &columns, steps.iter().map(step).collect())
}

fn step(step: &StepRecord) -> Vec<String> {
    let known = |value: Option<f64>, show: &dyn Fn(f64) -> String| value.map_or_else(|| NOT_KNOWN.to_owned(), show);
    let failed: Vec<String> = step.errors.seen().map(|(kind, n)| format!("{}: {}", names::failure(kind.name()), show_count(n))).collect();
    // With failures a percentile is unknown only where it falls among them.
    let failing = step.errors.total() > 0;
    let time = |ms: Option<f64>| if ms.is_none() && failing { "failed".to_owned() } else { names::ms(ms) };
    let cores = step.signals.watched.as_ref().and_then(|watched| watched.cpu_cores);
    vec![
        show_duration(seconds(step.started_s)),
        names::purpose(step.purpose).to_owned(),
        known(load(step), &show_number),
        show_duration(seconds(step.duration_s)),
        show_count(step.sent),
        show_count(step.good),
        known(step.good_per_s, &show_number),
        if failed.is_empty() { "none".to_owned() } else { failed.join(", ") },
        names::ms(step.latency.mean_ms),
        time(step.latency.p50_ms),
        time(step.latency.p95_ms),
        time(step.latency.p99_ms),
        known(cores, &|cores| show_number((cores * 1e3).round() / 1e3)),
        known(step.generator.cpu_share, &small_share),
    ]
}

/// `1 step`, `18 steps`.
pub fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", show_count(n), if n == 1 { "" } else { "s" })
}
