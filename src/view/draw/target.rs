//! What is seen of the target, as facts: the most telling first.

use super::pen::{Ink, Pen, columns};
use crate::report::paint::plain;
use plimsoll_core::{
    step::{Signals, Watched},
    units::{show_bytes, show_count, show_duration, show_number, show_share},
};
use ratatui::layout::Rect;
use std::time::Duration;

/// From this share on what there is of something counts as used up.
const USED_UP: f64 = 0.9;
/// Room for the name of a fact, and for its bar.
const NAME: u16 = 15;
const BAR: u16 = 10;

/// One thing that is seen.
#[derive(Debug, PartialEq)]
struct Fact {
    name: &'static str,
    text: String,
    /// How much of what there is of it is used, where that is known.
    share: Option<f64>,
    /// As it reads in a row of facts.
    short: String,
}

fn fact(name: &'static str, text: String, share: Option<f64>, short: String) -> Fact {
    Fact { name, text, share, short }
}

/// Two decimals: looks twice a second tell no more.
fn cores(value: f64) -> String {
    show_number((100.0 * value).round() / 100.0)
}

fn of(signals: &Signals) -> Vec<Fact> {
    let mut facts = Vec::new();
    if signals.target_alive == Some(false) {
        facts.push(fact("process", "gone".to_owned(), Some(1.0), "the process is gone".to_owned()));
    }
    if let Some(seen) = &signals.watched {
        facts.extend(of_processors(seen));
        facts.extend(of_connections(seen));
        facts.extend(of_room(seen));
    }
    if let Some(time) = signals.side_ms.and_then(|ms| Duration::try_from_secs_f64(ms * 1e-3).ok()) {
        let text = show_duration(time);
        facts.push(fact("cheap path", text.clone(), None, format!("cheap path {text}")));
    }
    facts
}

fn of_processors(seen: &Watched) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(used) = seen.cpu_cores {
        let text = match seen.allotted_cores {
            Some(allotted) => format!("{} of {} core{}", cores(used), cores(allotted), if allotted == 1.0 { "" } else { "s" }),
            None => format!("{} cores", cores(used)),
        };
        let share = seen.allotted_cores.filter(|allotted| *allotted > 0.0).map(|allotted| used / allotted);
        facts.push(fact("CPU", text.clone(), share, format!("CPU {text}")));
    }
    if let Some(throttled) = seen.throttled_share.filter(|share| *share >= 0.01) {
        let text = format!("{} of the time", show_share((100.0 * throttled).round() / 100.0));
        facts.push(fact("held by quota", text.clone(), Some(throttled), format!("held by its quota {text}")));
    }
    let many = seen.threads.is_some_and(|threads| threads >= 2.0);
    if let Some(busiest) = seen.busiest_thread_cores.filter(|_| many && seen.allotted_cores.is_none_or(|allotted| allotted > 1.0)) {
        let text = format!("{} of a core", cores(busiest));
        facts.push(fact("busiest thread", text, Some(busiest), format!("busiest thread {}", cores(busiest))));
    }
    facts
}

fn of_connections(seen: &Watched) -> Vec<Fact> {
    let mut facts = Vec::new();
    let whole = |mean: f64| show_count(mean.round() as u64);
    if let Some(sockets) = &seen.sockets {
        let inside = whole(sockets.in_application);
        facts.push(fact(
            "inside",
            format!("{inside} request{} held", if inside == "1" { "" } else { "s" }),
            None,
            format!("{inside} inside"),
        ));
        let waiting = sockets.unread + sockets.not_accepted;
        let share = (sockets.backlog > 0).then(|| f64::from(sockets.longest_queue) / f64::from(sockets.backlog));
        let text = format!("{} before it", whole(waiting));
        facts.push(fact("waiting", text, share, format!("{} wait", whole(waiting))));
    }
    if let Some(down) = &seen.downstream {
        let text = format!("{} of {} await a reply", whole(down.awaiting), whole(down.open));
        let share = (down.open > 0.0).then(|| down.awaiting / down.open);
        facts.push(fact("downstream", text, share, format!("{} of {} downstream", whole(down.awaiting), whole(down.open))));
    }
    facts
}

fn of_room(seen: &Watched) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(bytes) = seen.resident_bytes {
        let text = show_bytes(bytes);
        let share = seen.memory_limit_bytes.filter(|limit| *limit > 0).map(|limit| bytes as f64 / limit as f64);
        facts.push(fact("memory", text.clone(), share, format!("memory {text}")));
    }
    if let (Some(processes), Some(threads)) = (seen.processes, seen.threads) {
        let whole = |mean: f64| show_count(mean.round() as u64);
        let count = |mean: f64, one: &str, many: &str| format!("{} {}", whole(mean), if mean.round() == 1.0 { one } else { many });
        let text = format!("{}, {}", count(processes, "process", "processes"), count(threads, "thread", "threads"));
        facts.push(fact("runs as", text, None, count(threads, "thread", "threads")));
    }
    if let Some((open, limit)) = seen.files.zip(seen.file_limit).filter(|(_, limit)| *limit > 0) {
        let text = format!("{} of {}", show_count(open), show_count(limit));
        facts.push(fact("files", text.clone(), Some(open as f64 / limit as f64), format!("files {text}")));
    }
    facts
}

fn ink(fact: &Fact) -> Ink {
    if fact.share.is_some_and(|share| share >= USED_UP) { Ink::Degraded } else { Ink::Plain }
}

/// Why there are no facts.
fn blind(signals: &Signals) -> &'static str {
    match signals.target_alive {
        Some(true) => "runs; what it does was not seen yet",
        _ => "not seen: it runs elsewhere, or nobody looks",
    }
}

/// As many facts as fit a row.
pub fn draw_row(pen: &mut Pen<'_>, row: Rect, signals: &Signals) {
    let facts = of(signals);
    if facts.is_empty() {
        pen.text(row.x, row.y, row.width, blind(signals), Ink::Soft);
        return;
    }
    let mut x = row.x;
    for fact in &facts {
        let width = columns(&fact.short);
        if x + width > row.right() {
            continue;
        }
        x += pen.text(x, row.y, width, &fact.short, ink(fact)) + 3;
    }
}

/// A row for each fact, with a bar where there is a limit.
pub fn draw_down(pen: &mut Pen<'_>, area: Rect, signals: &Signals) {
    let programs = signals.watched.as_ref().map(|seen| seen.programs.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", "));
    let heading = match programs.filter(|names| !names.is_empty()) {
        Some(names) => format!("The target ({names})"),
        None => "The target".to_owned(),
    };
    pen.text(area.x, area.y, area.width, &heading, Ink::Soft);
    let facts = of(signals);
    if facts.is_empty() {
        pen.text(area.x, area.y + 1, area.width, blind(signals), Ink::Soft);
    }
    for (row, fact) in (area.y + 1..area.bottom()).zip(&facts) {
        pen.text(area.x, row, NAME, fact.name, Ink::Plain);
        if let Some(share) = fact.share {
            pen.bar(area.x + NAME, row, BAR, share, ink(fact));
        }
        pen.text(area.x + NAME + BAR + 2, row, area.width.saturating_sub(NAME + BAR + 2), &fact.text, ink(fact));
    }
}
