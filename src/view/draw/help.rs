//! What the keys do, and how to read the page.

use super::{
    super::page::Page,
    form::Rows,
    pen::{Ink, Pen},
};
use ratatui::layout::Rect;

pub fn draw(pen: &mut Pen<'_>, area: Rect, page: &Page) {
    let mut rows = Rows::of(area);
    let pauses = "wait when the step at hand has ended, without load; the clock stands. p again goes on";
    let keys = [
        ("q", "quit: what was measured is reported, and saved with --save. Ctrl-C does the same, a second one leaves at once"),
        ("p", pauses),
        ("?", "this page; any key leaves it"),
    ];
    for (key, does) in keys.into_iter().filter(|(key, _)| *key != "p" || !matches!(page, Page::Hold(_))) {
        paragraph(pen, &mut rows, key, does);
    }
    rows.take(1);
    let points = format!("{} up to the load line, {} beyond it", pen.glyphs.point, pen.glyphs.beyond);
    let mark = format!(
        "the load line: the most that it carries, with the interval in which it lies (95%), in {}{}",
        pen.glyphs.low, pen.glyphs.high
    );
    let tail = "the 99th percentile of the response times, above their median; nothing where it failed";
    let here = "the load that is on at the moment";
    let symbols = [
        (pen.mark(), mark),
        (pen.glyphs.point.to_owned(), points),
        (pen.glyphs.tail.to_owned(), tail.to_owned()),
        (pen.glyphs.here.to_owned(), here.to_owned()),
    ];
    if matches!(page, Page::Hold(_)) {
        paragraph(pen, &mut rows, &symbols[2].0, &symbols[2].1);
    } else {
        for (symbol, means) in &symbols {
            paragraph(pen, &mut rows, symbol, means);
        }
    }
    rows.take(1);
    paragraph(pen, &mut rows, "inside", "requests that the target has read and not answered: busy workers");
    paragraph(pen, &mut rows, "wait", "connections with a request that it has not read, or not accepted");
    paragraph(pen, &mut rows, "generator", "if it may have been the limit, the answer is not held against the target");
}

/// A name, and a text of as many rows as it takes.
fn paragraph(pen: &mut Pen<'_>, rows: &mut Rows, name: &str, text: &str) {
    let width = usize::from(rows.rest().width.saturating_sub(super::form::NAMED)).max(20);
    for (place, line) in textwrap::wrap(text, width).iter().enumerate() {
        let Some(row) = rows.named(pen, "") else { return };
        if place == 0 {
            pen.text(row.x - super::form::NAMED, row.y, super::form::NAMED, name, Ink::Strong);
        }
        pen.text(row.x, row.y, row.width, line, Ink::Plain);
    }
}
