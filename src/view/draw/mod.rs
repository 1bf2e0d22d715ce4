//! A page drawn on a buffer: a pure function of the state, of what the user asked for, and of what the terminal can show.

mod answer;
mod chart;
mod compare;
mod find;
mod form;
mod generator;
mod help;
mod hold;
mod ladder;
mod pen;
mod scale;
mod target;
#[cfg(test)]
mod tests;
mod tune;

use super::page::Page;
use crate::report::paint::Look;
use pen::{Ink, Pen, columns};
use ratatui::{buffer::Buffer, layout::Rect};

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// To see what the keys do.
    pub help: bool,
    /// To wait.
    pub pauses: bool,
    /// To stop.
    pub stops: bool,
    /// Whether keys can be read.
    pub keys: bool,
}

/// From so many rows on, empty ones set the parts apart.
const ROOMY: u16 = 22;

/// Draws the page over the whole buffer.
pub fn page(page: &Page, asked: Asked, look: &Look, buffer: &mut Buffer) {
    buffer.reset();
    let mut pen = Pen::on(buffer, look);
    let area = pen.area();
    let head = head(page);
    let left = pen.pieces(area.x, area.y, area.width, &[(&pen.mark(), Ink::Good), (" ", Ink::Plain)]);
    let clock_width = columns(&head.clock);
    let room = area.width.saturating_sub(left + clock_width + 3);
    let named = pen.text(area.x + left, area.y, room, &head.target, Ink::Strong);
    pen.text(area.x + left + named, area.y, room - named.min(room), &head.more, Ink::Plain);
    pen.text_to(area.right().saturating_sub(1), area.y, &head.clock, Ink::Soft);
    let is_roomy = area.height >= ROOMY;
    let top = 1 + u16::from(is_roomy);
    let trouble = head.trouble.as_deref().filter(|_| area.height > 12);
    let bottom = 1 + u16::from(is_roomy) + u16::from(trouble.is_some());
    let inner =
        Rect { x: area.x + 1, y: area.y + top, width: area.width.saturating_sub(2), height: area.height.saturating_sub(top + bottom) };
    if asked.help {
        help::draw(&mut pen, inner, page);
    } else {
        match page {
            Page::Find(status) => find::draw(&mut pen, inner, status),
            Page::Hold(status) => hold::draw(&mut pen, inner, status),
            Page::Compare(status) => compare::draw(&mut pen, inner, status),
            Page::Tune(status) => tune::draw(&mut pen, inner, status),
        }
    }
    let foot = area.bottom().saturating_sub(1);
    if let Some(trouble) = trouble {
        pen.text(inner.x, foot - 1, inner.width, &format!("warning: {trouble}"), Ink::Degraded);
    }
    footer(&mut pen, Rect { y: foot, height: 1, ..inner }, page, asked);
}

/// The first row: what is measured, and the time.
struct Head {
    target: String,
    more: String,
    clock: String,
    trouble: Option<String>,
}

fn head(page: &Page) -> Head {
    match page {
        Page::Find(status) => find::head(status),
        Page::Hold(status) => hold::head(status),
        Page::Compare(status) => compare::head(status),
        Page::Tune(status) => tune::head(status),
    }
}

/// Whether the session waits for the user.
fn is_paused(page: &Page) -> bool {
    match page {
        Page::Find(status) => status.paused,
        Page::Hold(_) => false,
        Page::Compare(status) => status.is_paused(),
        Page::Tune(status) => status.search.paused,
    }
}

/// The last row: what the keys do, and what they have done.
fn footer(pen: &mut Pen<'_>, row: Rect, page: &Page, asked: Asked) {
    let (key, said) = (Ink::Strong, Ink::Soft);
    let quit = [("q", key), (" quit with report", said)];
    let help = [("   ?", key), (" help", said)];
    let pieces: Vec<(&str, Ink)> = if asked.stops {
        vec![("ending: what was measured is reported next", Ink::Degraded), ("   Ctrl-C", key), (" leave at once", said)]
    } else if !asked.keys {
        vec![("Ctrl-C", key), (" quit with report", said)]
    } else if matches!(page, Page::Hold(_)) {
        [quit, help].concat()
    } else if is_paused(page) && asked.pauses {
        [&[("paused: no load, and the clock stands", Ink::Degraded), ("   p", key), (" go on   ", said)][..], &quit[..]].concat()
    } else if asked.pauses {
        [&[("pauses when this step ends", Ink::Degraded), ("   p", key), (" go on   ", said)][..], &quit[..]].concat()
    } else {
        [&quit[..], &[("   p", key), (" pause", said)], &help].concat()
    };
    pen.pieces(row.x, row.y, row.width, &pieces);
}
