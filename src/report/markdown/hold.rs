//! A hold.

use super::{
    generator, warnings,
    write::{code, escaped, figures, head, row},
};
use crate::report::say::{self, hold as say_hold};
use plimsoll_core::{finding::Hold, units::show_count};

/// What was put on, what came of it, each objective, the rates and the times.
pub fn hold(hold: &Hold) -> String {
    let mut out = format!("### {}\n\n", escaped(&say::title(&hold.subject)));
    out.extend(say_hold::early(hold).map(|early| format!("*{}*\n\n", escaped(&early))));
    out.push_str(&format!("{}\n\n**{}**\n\n", escaped(&say_hold::loaded(hold)), escaped(&say_hold::headline(hold).1)));
    if !hold.criteria.is_empty() {
        out.push_str(&head(&["Objective", ""]));
        for judged in &hold.criteria {
            let (word, _, text) = say_hold::objective(judged);
            out.push_str(&row(&[escaped(word), escaped(&text)]));
        }
        out.push('\n');
    }
    out.push_str(&rates(hold));
    out.push_str(&times(hold));
    let came: String = say_hold::outcome(hold).iter().map(|(name, _, text)| row(&[(*name).to_owned(), escaped(text)])).collect();
    if !came.is_empty() {
        out.push_str(&format!("{}{came}\n", head(&["What came of them", ""])));
    }
    out.push_str(&generator(&say_hold::facts(hold), &hold.generator.summary));
    out.push_str(&warnings(&hold.warnings));
    out.push_str(&format!("{}, version {}\n", code(&hold.subject.command), escaped(&hold.subject.version)));
    out
}

fn rates(hold: &Hold) -> String {
    if hold.offered_per_s.is_none() {
        return String::new();
    }
    let counts = [hold.offered, hold.sent, hold.answered, hold.good].map(show_count);
    let per_s = [hold.offered_per_s, hold.sent_per_s, hold.answered_per_s, hold.good_per_s];
    let per_s = per_s.map(|per_s| per_s.map_or_else(|| "not known".to_owned(), say_hold::rate));
    let of = |name: &str, cells: [String; 4]| row(&[vec![name.to_owned()], cells.to_vec()].concat());
    let table = figures(&["", "offered", "sent", "answered", "good"]);
    format!("{table}{}{}\n", of("requests", counts), of("a second", per_s))
}

fn times(hold: &Hold) -> String {
    if hold.good == 0 {
        return String::new();
    }
    let mut out = figures(&["Answers", "response", "service"]);
    for ((name, response), (_, service)) in say_hold::rows(&hold.latency).into_iter().zip(say_hold::rows(&hold.service)) {
        out.push_str(&row(&[name.to_owned(), say_hold::time(response, name), say_hold::time(service, name)]));
    }
    out + "\n"
}
