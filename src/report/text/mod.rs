//! Reports of one screen. That of a finding: the answer first, then why it stops there, how it degrades, the curve, the generator's honesty, and warnings with their remedies.

mod answer;
mod bar;
mod cause;
mod chart;
mod closing;
mod comparison;
mod hold;
mod ladder;
mod latency;
mod names;
mod tuning;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod made;
#[cfg(test)]
mod tests;

pub use comparison::comparison;
pub use hold::hold;
pub use tuning::tuning;

use super::paint::{Look, Tone, plain};
use plimsoll_core::{
    finding::{Ending, Finding, Subject, Word},
    units::show_duration,
};
use std::time::Duration;

/// The finding as a text of about one screen, ending in a line end.
pub fn finding(finding: &Finding, look: &Look) -> String {
    let sections = [
        opening(finding, look),
        answer::answer(finding, look),
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
    let mut title = plain(&subject.target);
    match &subject.description {
        Some(description) => title.push_str(&format!(": {}", plain(description))),
        None if subject.url != subject.target => title.push_str(&format!(" at {}", plain(&subject.url))),
        None => {}
    }
    look.wrap(&format!("{} {title}", look.mark()), 4) + "\n"
}

/// The title, and how the run ended where it did not end by itself.
fn opening(finding: &Finding, look: &Look) -> String {
    title(&finding.subject, look) + &early(finding.ending, finding.took_s, look)
}

/// How a run of so many seconds ended, where it did not end by itself.
fn early(ending: Ending, took_s: f64, look: &Look) -> String {
    let took = show_duration(Duration::try_from_secs_f64(took_s).unwrap_or_default());
    let text = match ending {
        Ending::Complete => return String::new(),
        Ending::Interrupted => format!("Interrupted after {took}: this is what was known by then."),
        Ending::CutShort => format!("The run was cut short after {took}: this is what had been measured by then."),
    };
    look.paint(Tone::Degraded, &look.wrap(&text, 0)) + "\n"
}

/// The colour of the answer: good where it can be used as it stands.
fn tone_of(word: Word) -> Tone {
    match word {
        Word::Firm | Word::AtLeast => Tone::Good,
        Word::Rough => Tone::Strong,
        Word::Unstable | Word::Withheld => Tone::Degraded,
    }
}
