//! The generator's honesty, and the warnings.

use super::names;
use crate::report::paint::{Tone, plain};
use plimsoll_core::{
    finding::{GeneratorSummary, Warning},
    units::{show_count, show_duration, show_share},
};
use std::time::Duration;

/// The figures behind whether the generator was the limit. What was not measured is named.
pub fn facts(generator: &GeneratorSummary) -> Vec<String> {
    let lag = generator.send_lag_p99_us.and_then(|us| Duration::try_from_secs_f64(us * 1e-6).ok());
    let lag = lag.map(|lag| if lag < Duration::from_micros(1) { "under 1 us".to_owned() } else { show_duration(lag) });
    let mut facts = vec![
        generator.cpu_share.map_or_else(|| "CPU not known".to_owned(), |share| format!("{} of one core", small_share(share))),
        lag.map_or_else(|| "send lag not known".to_owned(), |lag| format!("sends {lag} late (p99)")),
    ];
    facts.extend(shared_facts(generator));
    facts
}

/// The gap, steal and what was not sent, where there is any.
pub fn shared_facts(generator: &GeneratorSummary) -> Vec<String> {
    let gap = generator.gap_share.map(|share| format!("{} of the response time unaccounted for", small_share(share)));
    let steal = generator.steal_share.filter(|share| *share > 0.0).map(|share| format!("{} of the CPU stolen", small_share(share)));
    let not_sent = generator.not_sent.seen().map(|(reason, n)| format!("{} not sent: {}", show_count(n), names::not_sent(reason)));
    gap.into_iter().chain(steal).chain(not_sent).collect()
}

/// These facts and the verdict that follows, in a sentence.
pub fn honesty(facts: &[String], generator: &GeneratorSummary) -> (Tone, String) {
    let (verdict, tone) = match (generator.limited, generator.cpu_share, generator.send_lag_p99_us) {
        (true, ..) => ("the generator was the limit", Tone::Degraded),
        (false, None, None) => ("whether the generator was the limit is not known", Tone::Degraded),
        (false, ..) => ("the generator was not the limit", Tone::Soft),
    };
    (tone, format!("Generator: {}: {verdict}.", facts.join(", ")))
}

/// A share with the two digits that a self-check is good for.
pub fn small_share(share: f64) -> String {
    if share < 0.001 {
        return "under 0.1%".to_owned();
    }
    let unit = 10f64.powf(share.log10().floor() - 1.0);
    show_share((share / unit).round() * unit)
}

/// A warning with what to do about it.
pub fn warning(warning: &Warning) -> String {
    format!("{} Remedy: {}", plain(&warning.text), plain(&warning.remedy))
}
