//! Golden texts of comparisons.

use crate::report::{made::comparison as made, paint::Look, text, text::golden::golden};

golden!(async_against_pool, not_to_be_told, three_systems, interrupted);

#[test]
fn hostile_names_and_reasons_are_written_out() {
    let mut comparison = made::not_to_be_told();
    let pair = &mut comparison.pairs[0];
    for place in [&mut comparison.systems[0].name, &mut pair.a, &mut pair.reasons[0]] {
        place.push_str("\u{1b}[2J\r");
    }
    let shown = text(&comparison, &Look::default());
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
}

#[test]
fn a_terminal_without_unicode_gets_ascii_alone() {
    let shown = text(&made::async_against_pool(), &Look { unicode: false, ..Look::default() });
    assert!(shown.is_ascii(), "{shown}");
}
