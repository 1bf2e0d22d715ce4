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
fn a_load_line_is_not_broken_in_two() {
    let mut comparison = made::async_against_pool();
    let line = &mut comparison.systems[1].finding.load_line;
    (line.value, line.low, line.high) = (Some(1_400.0), Some(1_300.0), Some(1_500.0));
    let shown = text(&comparison, &Look::default());
    assert!(shown.lines().any(|line| line.starts_with("  load line") && line.ends_with("1,400 [1,300, 1,500]")), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
}

#[test]
fn a_terminal_without_unicode_gets_ascii_alone() {
    let shown = text(&made::async_against_pool(), &Look { unicode: false, ..Look::default() });
    assert!(shown.is_ascii(), "{shown}");
}
