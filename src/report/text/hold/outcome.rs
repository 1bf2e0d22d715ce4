//! How many requests were offered, sent, answered and good; and what became of the others.

use super::super::names;
use crate::report::paint::{Look, Tone};
use plimsoll_core::{
    finding::Hold,
    units::{show_bytes, show_count, show_number},
};

/// From here on a rate is told to the last whole number: its first three digits would hide what was asked for.
const WHOLE: f64 = 100.0;
/// Width of the names of rows.
const NAME: usize = 14;

/// The four counts and the four rates.
pub fn rates(hold: &Hold, look: &Look) -> String {
    if hold.offered_per_s.is_none() {
        return String::new();
    }
    let heading = format!("{:<NAME$}{:>12}{:>12}{:>12}{:>12}", "", "offered", "sent", "answered", "good");
    let mut out = look.paint(Tone::Soft, &heading) + "\n";
    let counts = [hold.offered, hold.sent, hold.answered, hold.good].map(show_count);
    let a_second =
        [hold.offered_per_s, hold.sent_per_s, hold.answered_per_s, hold.good_per_s].map(|per_s| per_s.map_or("-".to_owned(), rate));
    for (name, row) in [("Requests", counts), ("  a second", a_second)] {
        out.push_str(&format!("{name:<NAME$}{:>12}{:>12}{:>12}{:>12}\n", row[0], row[1], row[2], row[3]));
    }
    out
}

/// A rate with every digit before the point, or three digits where there are fewer.
pub fn rate(per_s: f64) -> String {
    if per_s >= WHOLE && per_s < u64::MAX as f64 { show_count(per_s.round() as u64) } else { show_number(per_s) }
}

/// Status codes, failures by kind, what was not sent, what is in flight, and bytes: a line each, where there is any.
pub fn outcome(hold: &Hold, look: &Look) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    let statuses = hold.statuses.iter().map(|(status, n)| format!("{status}: {}", show_count(*n))).collect();
    let failed = hold.errors.seen().map(|(kind, n)| format!("{}: {}", names::failure(kind.name()), show_count(n))).collect();
    let not_sent = hold.not_sent.seen().map(|(reason, n)| format!("{}: {}", names::not_sent(reason), show_count(n))).collect();
    let in_flight = if hold.in_flight > 0 { format!("{} in the end", show_count(hold.in_flight)) } else { String::new() };
    let mut out = String::new();
    for (name, text, tone) in [
        ("Status", list(statuses), Tone::Soft),
        ("Failed", list(failed), Tone::Degraded),
        ("Not sent", list(not_sent), Tone::Degraded),
        ("In flight", in_flight, Tone::Soft),
        ("Bytes", bytes(hold), Tone::Soft),
    ] {
        if !text.is_empty() {
            let name = format!("{name:<NAME$}");
            let wrapped = look.wrap(&format!("{name}{text}"), NAME);
            out.push_str(&(wrapped.replacen(&name, &look.paint(tone, &name), 1) + "\n"));
        }
    }
    out
}

fn bytes(hold: &Hold) -> String {
    let (sent, received) = (hold.bytes.sent, hold.bytes.received);
    if sent + received == 0 {
        return String::new();
    }
    let a_second = |bytes: u64| {
        let per_s = bytes as f64 / hold.duration_s;
        if per_s.is_finite() { format!(" ({}/s)", show_bytes(per_s as u64)) } else { String::new() }
    };
    format!("{} sent{}, {} received{}", show_bytes(sent), a_second(sent), show_bytes(received), a_second(received))
}
