//! Rows with a name before them, as in a form.

use super::pen::{Ink, Pen};
use ratatui::layout::Rect;

/// Room for the name.
pub const NAMED: u16 = 11;
/// Between two areas.
const GAP: u16 = 2;

/// Rows from the top of an area on, as long as there are any.
pub struct Rows {
    area: Rect,
    next: u16,
}

impl Rows {
    pub fn of(area: Rect) -> Self {
        Self { area, next: 0 }
    }

    /// What is left below.
    pub fn rest(&self) -> Rect {
        Rect { y: self.area.y + self.next, height: self.area.height.saturating_sub(self.next), ..self.area }
    }

    /// The next so many rows; `None` where they are no longer there.
    pub fn take(&mut self, rows: u16) -> Option<Rect> {
        let area = Rect { height: rows, ..self.rest() };
        (self.next + rows <= self.area.height).then(|| {
            self.next += rows;
            area
        })
    }

    /// The next row with this name; gives what is right of it.
    pub fn named(&mut self, pen: &mut Pen<'_>, name: &str) -> Option<Rect> {
        self.named_rows(pen, name, 1)
    }

    /// So many rows with this name before the first.
    pub fn named_rows(&mut self, pen: &mut Pen<'_>, name: &str, rows: u16) -> Option<Rect> {
        let row = self.take(rows)?;
        pen.text(row.x, row.y, NAMED.min(row.width), name, Ink::Soft);
        Some(Rect { x: row.x + NAMED, width: row.width.saturating_sub(NAMED), ..row })
    }
}

/// Two areas side by side, with a gap between them.
pub fn halves(area: Rect) -> (Rect, Rect) {
    let left = Rect { width: area.width.saturating_sub(GAP) / 2, ..area };
    let right = Rect { x: left.right() + GAP, width: area.width.saturating_sub(GAP + left.width), ..area };
    (left, right)
}
