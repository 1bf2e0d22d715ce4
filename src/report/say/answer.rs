//! The answer as a person would repeat it, with how far it can be trusted.

use super::names;
use crate::report::paint::plain;
use plimsoll_core::{
    finding::{Axis, Finding, LoadLine, Word},
    units::{show_duration, show_number},
};
use std::time::Duration;

/// Up to here a whole number is said together with the one that is too many.
const SMALL: f64 = 40.0;

/// The answer in the sentence that a person would repeat.
pub fn headline(finding: &Finding) -> String {
    match finding.load_line.value {
        Some(value) if finding.load_line.word != Word::Withheld => with_number(finding, value),
        _ => withheld(finding),
    }
}

/// What follows it: the same on the other axes, how far to trust it, and what one more brings.
pub fn sentences(finding: &Finding) -> Vec<String> {
    [other_axes(finding), trust(finding), one_more(finding)].into_iter().flatten().collect()
}

fn with_number(finding: &Finding, value: f64) -> String {
    let line = &finding.load_line;
    let target = plain(&finding.subject.name());
    let load = names::load(finding, value);
    // A line that nothing bounds, or the knee, holds no objective worth naming.
    let held = match line.binding.as_str() {
        "knee" | "none" => String::new(),
        binding => format!(" while {} holds", objective(binding)),
    };
    match line.word {
        Word::AtLeast => format!("{target} carries at least {load}{held}: its limit was not reached."),
        Word::Unstable => match (finite(line.low), finite(line.high)) {
            (Some(low), Some(high)) => format!(
                "{target} is not stable enough to say within 5%: it carries between {} and {}{held}.",
                show_number(low),
                names::load(finding, high)
            ),
            (Some(low), None) => {
                format!(
                    "{target} is not stable enough to say: it carries {} or more{held}; no upper end is known.",
                    names::load(finding, low)
                )
            }
            _ => format!("{target} is not stable enough to say; the best guess is {load}{held}."),
        },
        _ if full_at_one(finding, value) => {
            let rate = finding.also.rate_per_s.map_or_else(|| "not known".to_owned(), show_number);
            format!("{target} is already full with 1 at one time: {rate} good answers a second, one after the other{held}.")
        }
        Word::Rough => format!("{target} carries about {load}{held}."),
        _ => match not_one_more(line, value) {
            Some(too_many) => format!("{target} carries {load}{held}: {}, not {}.", show_number(value), show_number(too_many)),
            None => format!("{target} carries {load}{held}."),
        },
    }
}

/// An end of the interval that is a number.
fn finite(end: Option<f64>) -> Option<f64> {
    end.filter(|end| end.is_finite())
}

/// Whether one request at a time fills the target: then the rate is the answer.
fn full_at_one(finding: &Finding, value: f64) -> bool {
    finding.load_line.axis == Axis::Users && value <= 1.0 && finding.pause_s().is_none()
}

/// For a small whole number of users whose interval leaves out the next one: that next one.
fn not_one_more(line: &LoadLine, value: f64) -> Option<f64> {
    let whole = line.axis == Axis::Users && value.fract() == 0.0 && value <= SMALL;
    (whole && line.high.is_some_and(|high| high < value + 1.0)).then_some(value + 1.0)
}

fn withheld(finding: &Finding) -> String {
    let target = plain(&finding.subject.name());
    let why = if finding.generator.limited { "the load generator was the limit, not the target" } else { "nothing could be concluded" };
    match finding.load_line.reasons.split_first() {
        Some((first, _)) => format!("No number is given for {target}: {}", sentence(first)),
        None => format!("No number is given for {target}: {why}."),
    }
}

/// `twice as slow with 8 at one time`, where that was seen.
pub fn twice_as_slow(finding: &Finding) -> Option<String> {
    let load = finding.twice_as_slow_at?;
    // It lies between loads that were measured, and users are whole.
    let load = if finding.load_line.axis == Axis::Users { load.round() } else { load };
    Some(format!("twice as slow with {}", names::load(finding, load)))
}

/// The objective spaced for reading: `p99 < 500ms`.
pub fn objective(binding: &str) -> String {
    plain(binding).replace('<', " < ")
}

/// `That is 80 good answers a second, or 84 users who pause 1 s.`
fn other_axes(finding: &Finding) -> Option<String> {
    let line = &finding.load_line;
    if line.value.is_none() || matches!(line.word, Word::Withheld) {
        return None;
    }
    let said = line.value.is_some_and(|value| line.word == Word::Firm && full_at_one(finding, value));
    let rate = finding
        .also
        .rate_per_s
        .filter(|_| line.axis == Axis::Users && !said)
        .map(|rate| format!("{} good answers a second", show_number(rate)));
    let counts_pausing = finding.pause_s().is_some();
    let at_once = finding.also.users_at_once.filter(|_| line.axis == Axis::Rate || counts_pausing);
    let at_once = at_once.map(|users| format!("{} at one time", show_number(users)));
    let thinking = finding.also.users_with_think.as_ref().filter(|_| !counts_pausing);
    let thinking = thinking.map(|users| format!("{} users who pause {} s", show_number(users.users), show_number(users.think_s)));
    let parts: Vec<String> = [rate, at_once, thinking].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("That is {}.", parts.join(", or ")))
}

/// The word, the interval and the reasons.
fn trust(finding: &Finding) -> Option<String> {
    let line = &finding.load_line;
    let percent = show_number(line.confidence * 100.0);
    let interval = match (finite(line.low), finite(line.high)) {
        // Users are whole, so an interval can be a single number.
        (Some(low), Some(high)) if low == high => format!("exactly {} with {percent}% confidence", show_number(low)),
        (Some(low), Some(high)) => format!("between {} and {} with {percent}% confidence", show_number(low), show_number(high)),
        (Some(low), None) => format!("not below {} with {percent}% confidence, no upper end known", show_number(low)),
        (None, Some(high)) => format!("not above {} with {percent}% confidence, no lower end known", show_number(high)),
        (None, None) => "no interval is known".to_owned(),
    };
    let took = show_duration(Duration::try_from_secs_f64(finding.took_s).unwrap_or_default());
    // The headline holds the first reason of an answer that is withheld.
    let in_headline = usize::from(line.word == Word::Withheld);
    let reasons: Vec<String> = line.reasons.iter().skip(in_headline).map(|reason| capital(&sentence(reason))).collect();
    let because = reasons.join(" ");
    let said = match line.word {
        Word::Firm => format!("Firm: {interval}; measured in {took}."),
        Word::Rough => format!("Rough: {interval}. {because}"),
        Word::Unstable => format!("Unstable. {because}"),
        Word::AtLeast => format!("At least. {because}"),
        // The headline says it all where there was one reason.
        Word::Withheld if because.is_empty() => return None,
        Word::Withheld => format!("Withheld. {because}"),
    };
    Some(said.trim_end().to_owned())
}

/// A reason from the finding with its full stop.
pub fn sentence(reason: &str) -> String {
    let text = plain(reason.trim());
    if text.ends_with(['.', '!', '?']) { text } else { text + "." }
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// `One more brings nothing: 80.1 good answers a second with 4, 80.2 with 5.`
fn one_more(finding: &Finding) -> Option<String> {
    let more = finding.one_more.as_ref()?;
    let gain = more.rate_with_one_more_per_s / more.rate_per_s - 1.0;
    let brings = if gain > 0.03 {
        format!("One more brings {}% more", show_number((gain * 100.0).round()))
    } else if gain < -0.03 {
        format!("One more costs {}%", show_number((-gain * 100.0).round()))
    } else {
        "One more only waits".to_owned()
    };
    Some(format!(
        "{brings}: {} good answers a second with {}, {} with {}.",
        show_number(more.rate_per_s),
        more.users,
        show_number(more.rate_with_one_more_per_s),
        more.users + 1
    ))
}
