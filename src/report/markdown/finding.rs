//! A finding.

use super::{
    gates, generator, warnings,
    write::{code, escaped, figures, folded, head, row},
};
use crate::report::say::{self, answer, cause, closing, ladder, names};
use plimsoll_core::{
    finding::{Finding, LatencySummary},
    units::{show_count, show_number},
};

/// The answer, the gates, why it stops there and how it degrades; every step and the command are folded away.
pub fn finding(finding: &Finding) -> String {
    let mut out = format!("### {}\n\n", escaped(&say::title(&finding.subject)));
    out.extend(say::early(finding.ending, finding.took_s).map(|early| format!("*{}*\n\n", escaped(&early))));
    out.push_str(&format!("**{}**\n\n", escaped(&answer::headline(finding))));
    out.extend(answer::sentences(finding).iter().map(|sentence| format!("{}\n\n", escaped(sentence))));
    out.push_str(&gates(&finding.gates));
    out.push_str(&latency(finding));
    out.push_str(&why(finding));
    out.push_str(&degrades(finding));
    out.push_str(&generator(&closing::facts(&finding.generator), &finding.generator));
    out.push_str(&warnings(&finding.warnings));
    out.push_str(&steps(finding));
    out.push_str(&format!("{}, version {}\n", code(&finding.subject.command), escaped(&finding.subject.version)));
    out
}

fn latency(finding: &Finding) -> String {
    let unknown = LatencySummary::default();
    if finding.unloaded == unknown && finding.at_line == unknown {
        return String::new();
    }
    let of = |name: &str, times: &LatencySummary| {
        let times = [times.mean_ms, times.p50_ms, times.p95_ms, times.p99_ms].map(names::ms);
        row(&[vec![name.to_owned()], times.to_vec()].concat())
    };
    let table = figures(&["Answers take", "mean", "median", "p95", "p99"]);
    format!("{table}{}{}\n", of("alone", &finding.unloaded), of("at the line", &finding.at_line))
}

fn why(finding: &Finding) -> String {
    let entries = cause::entries(finding, usize::MAX);
    if entries.is_empty() {
        return String::new();
    }
    let rows = entries.iter().map(|(name, text)| row(&[(*name).to_owned(), escaped(text)]));
    format!("{}{}\n", head(&[cause::HEADING, ""]), rows.collect::<String>())
}

fn degrades(finding: &Finding) -> String {
    let rows = ladder::rows(finding);
    if rows.is_empty() {
        return String::new();
    }
    let lines = rows.iter().map(|one| row(&[one.name.to_owned(), escaped(&one.at), escaped(&one.seen)]));
    format!("{}{}\n", head(&[&escaped(&ladder::heading(finding)), "from", ""]), lines.collect::<String>())
}

fn steps(finding: &Finding) -> String {
    let mut table = figures(&["Load", "for", "sent", "good", "good/s", "median", "p99"]);
    for step in &finding.steps {
        let load = step.users.map(f64::from).or(step.rate).map_or_else(|| "not known".to_owned(), show_number);
        let unit = if step.rate.is_some() { "/s" } else { "" };
        table.push_str(&row(&[
            format!("{load}{unit}"),
            names::ms(Some(step.duration_s * 1e3)),
            show_count(step.sent),
            show_count(step.good),
            step.good_per_s.map_or_else(|| "not known".to_owned(), show_number),
            names::ms(step.latency.p50_ms),
            names::ms(step.latency.p99_ms),
        ]));
    }
    folded(&format!("{} {}", finding.steps.len(), if finding.steps.len() == 1 { "step" } else { "steps" }), &table)
}
