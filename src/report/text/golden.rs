//! What golden texts share: one screen, held against what was approved.

use crate::report::{Report, json, paint::Look, schema, text};
use serde::de::DeserializeOwned;

/// One screen: at most 40 lines of at most 80 columns. As a document it is what its schema says.
pub fn screen<Document: Report + DeserializeOwned + PartialEq>(report: &Document) -> String {
    let read: Document = schema::read(&json(report).expect("a document")).expect("a result");
    assert!(read == *report, "a document reads back as it was");
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
