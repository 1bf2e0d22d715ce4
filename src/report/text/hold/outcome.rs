//! How many requests were offered, sent, answered and good; and what became of the others.

use crate::report::{
    paint::{Look, Tone},
    say::hold::{self as say, rate},
};
use plimsoll_core::{finding::Hold, units::show_count};

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

/// Status codes, failures by kind, what was not sent, what is in flight, and bytes: a line each, where there is any.
pub fn outcome(hold: &Hold, look: &Look) -> String {
    let mut out = String::new();
    for (name, tone, text) in say::outcome(hold) {
        let name = format!("{name:<NAME$}");
        let wrapped = look.wrap(&format!("{name}{text}"), NAME);
        out.push_str(&(wrapped.replacen(&name, &look.paint(tone, &name), 1) + "\n"));
    }
    out
}
