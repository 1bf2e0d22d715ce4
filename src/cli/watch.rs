//! `plimsoll watch`: the signals alone, a line a second.

use super::{Exit, Problem, args::Watch};
use crate::{
    session::Interrupt,
    watch::{Watcher, Whom, WhomError},
};
use plimsoll_core::{
    step::{Waits, Watched},
    units::{show_bytes, show_number},
};
use std::{
    io::{self, Write},
    thread,
    time::Duration,
};

/// From line to line.
const PERIOD: Duration = Duration::from_secs(1);
/// How often Ctrl-C is looked for.
const LOOK: Duration = Duration::from_millis(250);
/// Lines between two headings.
const PAGE: u32 = 20;

const HEADING: &str = "  cores    of  busiest  threads  mostly in   inside  unread  waiting      files   memory";

/// Prints what is seen of a process, or of whoever listens, until told to stop or until it is gone.
///
/// # Errors
/// What is neither a process nor a port, nobody there, and an output that can't be written to.
pub fn watch(typed: &Watch) -> Result<Exit, Problem> {
    let whom: Whom = typed.whom.parse().map_err(|error: WhomError| Problem::usage(error.to_string(), WhomError::REMEDY.to_owned()))?;
    let watcher = Watcher::start(whom).ok_or_else(|| {
        let text = format!("nothing that can be looked at is at {:?}", typed.whom);
        Problem::usage(text, "a process or a port of this machine; those of other users need their rights, or root".to_owned())
    })?;
    let interrupt = Interrupt::on_signals(|| {}).map_err(|error| Problem::because(Exit::Failure, error))?;
    let mut out = io::stdout().lock();
    for line in 0..typed.lines.unwrap_or(u32::MAX) {
        for _ in 0..PERIOD.as_millis() / LOOK.as_millis() {
            if interrupt.is_set() {
                return Ok(Exit::Done);
            }
            thread::sleep(LOOK);
        }
        // The looks of a line, and the last one before it.
        let Some(seen) = watcher.recent(PERIOD + LOOK) else { return Ok(Exit::Done) };
        let text =
            if typed.json { serde_json::to_string(&seen).map_err(|error| Problem::because(Exit::Failure, error))? } else { row(&seen) };
        let heading = if typed.json || line % PAGE != 0 { String::new() } else { heading(&seen) };
        writeln!(out, "{heading}{text}").and_then(|()| out.flush()).map_err(|error| Problem::because(Exit::Failure, error))?;
    }
    Ok(Exit::Done)
}

/// What stands above the lines.
fn heading(seen: &Watched) -> String {
    let place = seen.container.as_ref().map(|leads| format!("  in a container: {leads}\n"));
    format!("{}{HEADING}\n", place.unwrap_or_default())
}

/// One line; what is not known is a dash.
fn row(seen: &Watched) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| show_number((100.0 * value).round() / 100.0));
    let whole = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| show_number(value.round()));
    let sockets = seen.sockets;
    let files = seen.files.zip(seen.file_limit).map_or_else(|| "-".to_owned(), |(open, limit)| format!("{open}/{limit}"));
    format!(
        "{:>7} {:>5} {:>8} {:>8}  {:<10} {:>7} {:>7} {:>8} {:>10} {:>8}",
        number(seen.cpu_cores),
        number(seen.allotted_cores),
        number(seen.busiest_thread_cores),
        whole(seen.threads),
        seen.waits.as_ref().map_or("-", mostly),
        whole(sockets.map(|sockets| sockets.in_application)),
        whole(sockets.map(|sockets| sockets.unread)),
        whole(sockets.map(|sockets| sockets.not_accepted)),
        files,
        seen.resident_bytes.map_or_else(|| "-".to_owned(), show_bytes)
    )
}

/// What most threads were doing.
fn mostly(waits: &Waits) -> &'static str {
    let all = [
        (waits.running, "running"),
        (waits.lock, "lock"),
        (waits.events, "events"),
        (waits.sleep, "sleep"),
        (waits.accept, "accept"),
        (waits.transfer, "read/write"),
        (waits.other, "other"),
    ];
    all.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map_or("-", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::step::Sockets;

    #[test]
    fn columns_stand_under_their_headings() {
        let full = Watched {
            seconds: 1.0,
            cpu_cores: Some(0.031),
            allotted_cores: Some(2.0),
            busiest_thread_cores: Some(0.01),
            threads: Some(5.0),
            waits: Some(Waits { accept: 4.0, ..Waits::default() }),
            sockets: Some(Sockets { in_application: 4.0, not_accepted: 56.0, ..Sockets::default() }),
            files: Some(12),
            file_limit: Some(20_000),
            resident_bytes: Some(9 << 20),
            ..Watched::default()
        };
        assert_eq!(row(&full), "   0.03     2     0.01        5  accept           4       0       56   12/20000    9 MiB");
        let contained = Watched { container: Some("at 172.17.0.2:80".to_owned()), ..Watched::default() };
        assert_eq!(heading(&contained), format!("  in a container: at 172.17.0.2:80\n{}", heading(&full)));
        let blind = row(&Watched::default());
        assert_eq!(blind.matches('-').count(), 10, "{blind}");
        assert!(row(&full).len() <= HEADING.len() && blind.len() <= HEADING.len());
    }
}
