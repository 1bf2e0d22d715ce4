//! The one screen of a hold: what was put on, how much of it was answered well, how fast, where the time went, and what failed.

mod bars;
mod outcome;
mod phases;
mod times;

#[cfg(test)]
mod made;
#[cfg(test)]
mod tests;

use super::{closing, title};
use crate::report::paint::{Look, Tone, plain};
use plimsoll_core::{
    evidence::Verdict,
    finding::{Ending, Hold, Judged},
    schedule::Arrivals,
    units::{show_count, show_duration, show_number, show_share},
};
use std::time::Duration;

/// From this share of good answers on the others are counted, because a percentage with three digits would hide them.
const NEARLY_ALL: f64 = 0.995;
/// With fewer the answer is no good one.
const MOST: f64 = 0.99;

/// The hold as a text of about one screen, ending in a line end.
pub fn hold(hold: &Hold, look: &Look) -> String {
    let sections =
        [opening(hold, look), answer(hold, look), outcome::rates(hold, look), times::times(hold, look), { phases::phases(hold, look) }];
    let mut out: String = sections.iter().filter(|section| !section.is_empty()).map(|section| format!("{section}\n")).collect();
    let ended = outcome::outcome(hold, look);
    if !ended.is_empty() {
        out.push_str(&ended);
        out.push('\n');
    }
    out.push_str(&generator(hold, look));
    out.push_str(&closing::warnings(&hold.warnings, look));
    out
}

/// The mark, what was measured, and the load that was put on it.
fn opening(hold: &Hold, look: &Look) -> String {
    let mut out = title(&hold.subject, look);
    let took = show_duration(seconds(hold.duration_s));
    let early = match hold.ending {
        Ending::Complete => None,
        Ending::Interrupted => Some("Interrupted"),
        Ending::CutShort => Some("The run was cut short"),
    };
    if let Some(how) = early {
        out.push_str(&look.paint(Tone::Degraded, &look.wrap(&format!("{how} after {took}: this is what was measured by then."), 0)));
        out.push('\n');
    }
    out.push_str(
        &look.paint(Tone::Soft, &look.wrap(&format!("{} {} {took}.", load(hold), if hold.requests.is_some() { "in" } else { "for" }), 0)),
    );
    out.push('\n');
    out
}

/// `50 at one time`, `1,000 requests a second, evenly spread, over at most 50 connections`.
fn load(hold: &Hold) -> String {
    let count = |n: u32| show_count(u64::from(n));
    let mut said = match (hold.users, hold.rate) {
        (Some(users), _) => match hold.think_s {
            Some(think_s) => format!("{} users who pause {}", count(users), show_duration(seconds(think_s))),
            None => format!("{} at one time", count(users)),
        },
        (None, Some(rate)) => {
            let spread = match hold.arrivals {
                Some(Arrivals::Poisson) => ", at random moments",
                Some(Arrivals::Constant) => ", evenly spread",
                None => "",
            };
            format!("{} requests a second{spread}", show_number(rate))
        }
        (None, None) => "A load that is not known".to_owned(),
    };
    match (hold.connections, hold.streams) {
        (Some(connections), Some(streams)) => {
            said.push_str(&format!(", over {} connections of {} streams", count(connections), count(streams)))
        }
        (Some(connections), None) if hold.rate.is_some() => said.push_str(&format!(", over at most {} connections", count(connections))),
        (None, Some(streams)) => said.push_str(&format!(", over connections of {} streams", count(streams))),
        (Some(_) | None, None) => {}
    }
    if let Some(requests) = hold.requests {
        said.push_str(&format!(", {} requests", show_count(requests)));
    }
    said
}

/// The sentence that a person would repeat, and each objective.
fn answer(hold: &Hold, look: &Look) -> String {
    let (tone, said) = headline(hold);
    let mut out: String = look.wrap(&said, 0).lines().map(|line| look.paint(tone, line) + "\n").collect();
    for judged in &hold.criteria {
        out.push_str(&objective(judged, look));
    }
    out
}

fn headline(hold: &Hold) -> (Tone, String) {
    if let Some(broken) = &hold.broken {
        let remedy = plain(&broken.remedy);
        return (Tone::Degraded, format!("No good answer: {}. Try: {remedy}.", plain(&broken.text)));
    }
    let failed = hold.errors.total();
    let ended = hold.good + failed;
    let Some(share) = hold.success_share else { return (Tone::Degraded, "Nothing was measured: no request ended.".to_owned()) };
    let a_second = hold.good_per_s.map_or_else(|| "not known how many".to_owned(), outcome::rate);
    let (count, good) = (show_count(ended), "answered well");
    match share {
        _ if failed == 0 => (Tone::Good, format!("All {count} requests were {good}: {a_second} a second.")),
        _ if hold.good == 0 => (Tone::Degraded, format!("Not one of {count} requests was {good}.")),
        _ if share >= NEARLY_ALL => {
            (Tone::Good, format!("All but {} of {count} requests were {good}: {a_second} a second.", show_count(failed)))
        }
        _ => {
            let tone = if share >= MOST { Tone::Strong } else { Tone::Degraded };
            (tone, format!("{} of {count} requests were {good}: {a_second} a second.", show_share(share)))
        }
    }
}

/// `Kept     p99 < 500 ms: 53.2 ms; 0.2% slower where 1% may be`.
fn objective(judged: &Judged, look: &Look) -> String {
    let (word, tone) = match judged.verdict {
        Verdict::Pass => ("Kept", Tone::Good),
        Verdict::Fail => ("Broken", Tone::Degraded),
        Verdict::Unsure => ("Not decided", Tone::Strong),
    };
    let seen = judged.seen_ms.map(|ms| format!("{}, ", show_duration(seconds(ms / 1e3))));
    let bad = match judged.bad_share {
        None => "no request ended".to_owned(),
        Some(0.0) => "none were bad".to_owned(),
        Some(share) => format!("{} were bad", closing::small_share(share)),
    };
    let text = format!(
        "{word}: {}: {}{bad} where {} may be",
        super::answer::objective(&judged.objective.to_string()),
        seen.unwrap_or_default(),
        show_share(judged.allowed_share)
    );
    look.wrap(&text, 2).replacen(word, &look.paint(tone, word), 1) + "\n"
}

/// The generator's honesty line, with what only a single step can tell.
fn generator(hold: &Hold, look: &Look) -> String {
    let generator = &hold.generator;
    let us = |us: f64| show_duration(seconds(us * 1e-6));
    let cpu = generator.summary.cpu_share.map(closing::small_share).map_or_else(
        || "CPU not known".to_owned(),
        |share| format!("{share} of one core{}", if generator.spins { " (it stays awake before each send)" } else { "" }),
    );
    let lag = match (generator.send_lag_p50_us, generator.summary.send_lag_p99_us) {
        (Some(p50), Some(p99)) => format!("sends {} late (median), {} (p99)", us(p50), us(p99)),
        _ => "send lag not known".to_owned(),
    };
    let files = generator.files.map(|files| format!("{} of {} file descriptors", show_count(files.open), show_count(files.limit)));
    let mut facts = vec![cpu, lag];
    facts.extend(closing::shared_facts(&generator.summary));
    facts.extend(files);
    closing::honesty(&facts, &generator.summary, look)
}

/// Seconds of a saved document; what is no duration counts as none.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
