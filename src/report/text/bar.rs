//! A bar of characters.

use crate::report::paint::{Look, Tone};

/// Eighths of a cell.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// A bar for `value` of `most` in at most `width` columns, to the eighth of a cell where the look has that; whatever is there at all is seen.
pub fn bar(value: f64, most: f64, width: usize, look: &Look) -> String {
    let share = if most > 0.0 { (value / most).clamp(0.0, 1.0) } else { 0.0 };
    let cells = |per_cell: f64| (share * width as f64 * per_cell - 1e-9).ceil().max(0.0) as usize;
    let bar = if look.unicode {
        let eighths = cells(8.0);
        let mut bar = "█".repeat(eighths / 8);
        bar.extend((eighths % 8).checked_sub(1).map(|part| EIGHTHS[part]));
        bar
    } else {
        "#".repeat(cells(1.0))
    };
    look.paint(Tone::Good, &bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_vanishes() {
        let ascii = Look { unicode: false, ..Look::default() };
        let drawn = |value| bar(value, 100.0, 10, &ascii).len();
        assert_eq!((drawn(0.0), drawn(0.1), drawn(50.0), drawn(100.0)), (0, 1, 5, 10));
        let fine = |value| bar(value, 1e6, 5, &Look::default());
        assert_eq!((fine(1e6), fine(1.0), bar(1.0, 0.0, 2, &ascii)), ("█████".to_owned(), "▏".to_owned(), String::new()));
    }
}
