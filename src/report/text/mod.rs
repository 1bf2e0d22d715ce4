//! Reports of one screen. That of a finding: the answer first, then why it stops there, how it degrades, the curve, the generator's honesty, and warnings with their remedies.

mod answer;
mod bar;
mod cause;
mod chart;
mod closing;
mod comparison;
mod gates;
mod hold;
mod ladder;
mod latency;
mod tuning;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;

pub use comparison::comparison;
pub use hold::hold;
pub use tuning::tuning;

use super::{
    paint::{Look, Tone},
    say,
};
use plimsoll_core::finding::{Ending, Finding, Subject};

/// The finding as a text of about one screen, ending in a line end.
pub fn finding(finding: &Finding, look: &Look) -> String {
    let sections = [
        opening(finding, look),
        answer::answer(finding, look) + &gates::gates(&finding.gates, look),
        latency::table(finding, look),
        cause::cause(finding, look),
        ladder::ladder(finding, look),
        { chart::chart(finding, look) },
    ];
    let mut out: String = sections.iter().filter(|section| !section.is_empty()).map(|section| format!("{section}\n")).collect();
    out.push_str(&closing::generator(&finding.generator, look));
    out.push_str(&closing::warnings(&finding.warnings, look));
    out
}

/// The mark and what was measured.
fn title(subject: &Subject, look: &Look) -> String {
    look.wrap(&format!("{} {}", look.mark(), say::title(subject)), 4) + "\n"
}

/// The title, and how the run ended where it did not end by itself.
fn opening(finding: &Finding, look: &Look) -> String {
    title(&finding.subject, look) + &early(finding.ending, finding.took_s, look)
}

/// How a run of so many seconds ended, where it did not end by itself.
fn early(ending: Ending, took_s: f64, look: &Look) -> String {
    say::early(ending, took_s).map_or_else(String::new, |text| look.paint(Tone::Degraded, &look.wrap(&text, 0)) + "\n")
}

/// A sentence broken into lines, each painted by itself, so that a pager or a cut line never leaves a colour open.
fn painted(tone: Tone, text: &str, look: &Look) -> String {
    look.wrap(text, 0).lines().map(|line| look.paint(tone, line) + "\n").collect()
}
