//! How it degrades: a line for each rung, and whether it recovers.

use crate::report::{
    paint::{Look, Tone},
    say::ladder::{self, Row},
};
use plimsoll_core::finding::Finding;

/// The ladder with its heading; empty when there is none, or when nothing seen may be held against the target.
pub fn ladder(finding: &Finding, look: &Look) -> String {
    let rows = ladder::rows(finding);
    if rows.is_empty() {
        return String::new();
    }
    let lines = rows.iter().map(|row| line(row, look));
    look.paint(Tone::Soft, &ladder::heading(finding)) + "\n" + &lines.collect::<String>()
}

fn line(row: &Row, look: &Look) -> String {
    let (name, at) = (format!("{:<11}", row.name), format!("{:>9}", row.at));
    let wrapped = look.wrap(&format!("  {name}{at}  {}", row.seen), 24);
    // Painted after wrapping: an escape sequence has no width.
    wrapped.replacen(&at, &look.paint(row.tone, &at), 1) + "\n"
}
