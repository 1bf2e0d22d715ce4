//! The generator's honesty line, and the warnings.

use super::names;
use crate::report::paint::{Look, Tone, plain};
use plimsoll_core::{
    finding::{GeneratorSummary, Warning},
    units::{show_count, show_duration, show_share},
};
use std::time::Duration;

/// So many sentences about the generator fit one screen; the others are counted.
const MOST_FINDINGS: usize = 2;

/// So many warnings fit one screen; the others are counted.
const MOST_WARNINGS: usize = 4;

/// Whether the generator was the limit, and the figures behind it. What was not measured is named.
pub fn generator(generator: &GeneratorSummary, look: &Look) -> String {
    let lag = generator.send_lag_p99_us.and_then(|us| Duration::try_from_secs_f64(us * 1e-6).ok());
    let lag = lag.map(|lag| if lag < Duration::from_micros(1) { "under 1 us".to_owned() } else { show_duration(lag) });
    let mut facts = vec![
        generator.cpu_share.map_or_else(|| "CPU not known".to_owned(), |share| format!("{} of one core", small_share(share))),
        lag.map_or_else(|| "send lag not known".to_owned(), |lag| format!("sends {lag} late (p99)")),
    ];
    facts.extend(shared_facts(generator));
    honesty(&facts, generator, look)
}

/// The gap, steal and what was not sent, where there is any.
pub fn shared_facts(generator: &GeneratorSummary) -> Vec<String> {
    let gap = generator.gap_share.map(|share| format!("{} of the response time unaccounted for", small_share(share)));
    let steal = generator.steal_share.filter(|share| *share > 0.0).map(|share| format!("{} of the CPU stolen", small_share(share)));
    let not_sent = generator.not_sent.seen().map(|(reason, n)| format!("{} not sent: {}", show_count(n), names::not_sent(reason)));
    gap.into_iter().chain(steal).chain(not_sent).collect()
}

/// These facts, the verdict that follows, and what was found wrong.
pub fn honesty(facts: &[String], generator: &GeneratorSummary, look: &Look) -> String {
    let (verdict, tone) = match (generator.limited, generator.cpu_share, generator.send_lag_p99_us) {
        (true, ..) => ("the generator was the limit", Tone::Degraded),
        (false, None, None) => ("whether the generator was the limit is not known", Tone::Degraded),
        (false, ..) => ("the generator was not the limit", Tone::Soft),
    };
    let mut out = look.wrap(&format!("Generator: {}: {verdict}.", facts.join(", ")), 2);
    for found in generator.findings.iter().take(MOST_FINDINGS) {
        out.push('\n');
        out.push_str(&look.wrap(&format!("  {}", plain(found)), 2));
    }
    if let Some(more) = generator.findings.len().checked_sub(MOST_FINDINGS).filter(|more| *more > 0) {
        out.push_str(&format!("\n  and {more} more of this kind; --json shows all of them"));
    }
    out.lines().map(|line| look.paint(tone, line) + "\n").collect()
}

/// A share with the two digits that a self-check is good for.
pub fn small_share(share: f64) -> String {
    if share < 0.001 {
        return "under 0.1%".to_owned();
    }
    let unit = 10f64.powf(share.log10().floor() - 1.0);
    show_share((share / unit).round() * unit)
}

/// Each warning with what to do about it.
pub fn warnings(warnings: &[Warning], look: &Look) -> String {
    let mut out = String::new();
    for warning in warnings.iter().take(MOST_WARNINGS) {
        let text = look.wrap(&format!("Warning: {} Remedy: {}", plain(&warning.text), plain(&warning.remedy)), 2);
        out.push_str(&text.replacen("Warning:", &look.paint(Tone::Degraded, "Warning:"), 1));
        out.push('\n');
    }
    if let Some(more) = warnings.len().checked_sub(MOST_WARNINGS).filter(|more| *more > 0) {
        out.push_str(&format!("Warning: {more} more; --json shows all of them.\n"));
    }
    out
}
