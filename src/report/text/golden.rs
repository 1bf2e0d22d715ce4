//! What golden texts share: one screen, held against what was approved.

use crate::report::{Report, paint::Look, text};

/// One screen: at most 40 lines of at most 80 columns.
pub fn screen(report: &impl Report) -> String {
    let shown = text(report, &Look::default());
    assert!(shown.lines().count() <= 40, "{} lines:\n{shown}", shown.lines().count());
    for line in shown.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    shown
}

/// A test for each of these made-up reports.
macro_rules! golden {
    ($($name:ident),+ $(,)?) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), $crate::report::text::golden::screen(&made::$name()));
        }
    )+ };
}

pub(in crate::report::text) use golden;
