//! Golden texts: each hold and the one screen that it must become.

use super::super::golden::golden;
use crate::report::{json, made::hold as made, paint::Look, text};

golden!(closed, open, failing, limited, refused, untimely);

#[test]
fn a_terminal_without_unicode_gets_ascii_alone() {
    let shown = text(&made::open(), &Look { unicode: false, ..Look::default() });
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!("open_ascii", shown);
}

#[test]
fn colours_change_nothing_but_colours_and_columns_are_kept() {
    for hold in [made::closed(), made::open(), made::failing(), made::limited(), made::refused()] {
        let plain = text(&hold, &Look::default());
        let coloured = text(&hold, &Look { colour: true, ..Look::default() });
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
        for columns in [60, 100] {
            let shown = text(&hold, &Look { columns, ..Look::default() });
            for line in shown.lines() {
                assert!(line.chars().count() <= columns.max(62), "{columns} columns: {line}");
            }
        }
    }
}

#[test]
fn a_hostile_target_can_not_steer_the_terminal() {
    let mut hold = made::refused();
    for place in [&mut hold.subject.target, &mut hold.subject.url, &mut hold.broken.as_mut().unwrap().text] {
        place.push_str("\u{1b}[2J\u{9b}0m\r");
    }
    hold.generator.summary.findings = vec!["\u{1b}]0;x\u{7}".to_owned()];
    let shown = text(&hold, &Look::default());
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
}

#[test]
fn what_is_not_known_is_said_and_never_zero() {
    let mut hold = made::closed();
    hold.generator = Default::default();
    hold.phases = None;
    let shown = text(&hold, &Look::default());
    assert!(shown.contains("CPU not known, send lag not known"), "{shown}");
    assert!(!shown.contains("Phases"), "{shown}");
}

/// The document without its histograms, whose length says nothing to a reader.
#[test]
fn the_document_of_an_open_loop() {
    let mut document: serde_json::Value = serde_json::from_str(&json(&made::open()).unwrap()).unwrap();
    for histogram in ["histogram", "service_histogram"] {
        let taken = document.as_object_mut().unwrap().remove(histogram).unwrap();
        assert!(taken.as_str().is_some_and(|text| text.len() > 40));
    }
    insta::assert_snapshot!("open_json", serde_json::to_string_pretty(&document).unwrap());
}
