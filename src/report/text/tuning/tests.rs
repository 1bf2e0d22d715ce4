//! Golden texts of tunings.

use crate::report::{made::tuning as made, paint::Look, text, text::golden::golden};

golden!(most_of_a_grid, need_not_met, nothing_measured);

#[test]
fn hostile_words_are_written_out() {
    let mut tuning = made::nothing_measured();
    tuning.start.push_str("\u{1b}[2J\r");
    tuning.tried[0].failed = Some("\u{9b}0m\u{7}".to_owned());
    let shown = text(&tuning, &Look::default());
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
}
