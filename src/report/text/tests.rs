//! Golden texts: each finding and the one screen that it must become.

use super::golden::golden;
use crate::report::{made::find as made, paint::Look, text};

golden!(
    firm,
    rough,
    unstable,
    at_least,
    generator_limited,
    broken,
    interrupted,
    crash_with_recovery,
    crash_that_stays,
    one_slot,
    slo,
    undecided
);

/// What a pipeline waits for is worth some lines more than one screen.
#[test]
fn gated() {
    let shown = text(&made::gated(), &Look::default());
    assert!(shown.lines().count() <= 45 && shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    insta::assert_snapshot!("gated", shown);
}

#[test]
fn a_terminal_without_unicode_gets_ascii_alone() {
    let shown = text(&made::firm(), &Look { unicode: false, ..Look::default() });
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!("firm_ascii", shown);
}

#[test]
fn colours_change_nothing_but_colours() {
    for finding in [made::firm(), made::crash_with_recovery(), made::generator_limited(), made::rough()] {
        let coloured = text(&finding, &Look { colour: true, ..Look::default() });
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text(&finding, &Look::default()));
    }
}

#[test]
fn a_hostile_target_can_not_steer_the_terminal() {
    let mut finding = made::broken();
    for place in [&mut finding.subject.target, &mut finding.subject.url, &mut finding.load_line.reasons[0]] {
        place.push_str("\u{1b}[2J\u{9b}0m\r");
    }
    finding.generator.findings = vec!["\u{1b}]0;x\u{7}".to_owned()];
    let shown = text(&finding, &Look::default());
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
}

#[test]
fn what_is_not_known_is_said_and_never_zero() {
    let mut finding = made::firm();
    finding.at_line = Default::default();
    finding.generator = Default::default();
    let shown = text(&finding, &Look::default());
    assert!(shown.contains("CPU not known"), "{shown}");
    assert!(shown.lines().any(|line| line.contains("at the line") && line.matches("not known").count() == 4), "{shown}");
}

#[test]
fn four_warnings_fit_and_the_others_are_counted() {
    let mut finding = made::rough();
    finding.warnings = vec![finding.warnings[0].clone(); 6];
    finding.generator.findings = vec!["a send left late".to_owned(); 9];
    let shown = text(&finding, &Look::default());
    assert!(shown.contains("Warning: 2 more") && shown.contains("and 7 more"), "{shown}");
}
