//! What gates come to, line by line.

use super::{Baseline, BaselineError, Gates};
use crate::{
    criterion::{Criterion, DEFAULT_ERROR_SHARE},
    finding::{Axis, Ending, Finding, Gate, GateVerdict, LoadLine, Subject, Word},
    search::{Goal, Search},
};

fn subject(target: &str) -> Subject {
    Subject {
        target: target.to_owned(),
        url: String::new(),
        description: None,
        start: None,
        command: String::new(),
        started_at: "2026-11-20T10:00:00Z".to_owned(),
        version: String::new(),
    }
}

/// A finding of this line, and nothing else.
fn finding(axis: Axis, word: Word, value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Finding {
    let empty = Search::new(Goal { axis, ..Goal::default() }).finding(subject("lab:pool"), Ending::Complete);
    Finding { load_line: LoadLine { axis, value, low, high, word, ..empty.load_line.clone() }, ..empty }
}

fn rate(word: Word, value: f64, half: f64) -> Finding {
    finding(Axis::Rate, word, Some(value), Some(value * (1.0 - half)), Some(value * (1.0 + half)))
}

fn at_least(value: f64) -> Finding {
    finding(Axis::Rate, Word::AtLeast, Some(value), Some(value), None)
}

fn withheld() -> Finding {
    finding(Axis::Rate, Word::Withheld, None, None, None)
}

fn errors() -> Vec<Criterion> {
    vec![Criterion::Errors { share: DEFAULT_ERROR_SHARE }]
}

fn fail_below(asked: f64, finding: &Finding) -> Gate {
    Gates { fail_below: Some(asked), baseline: None }.judge(finding).remove(0)
}

fn max_drop(was: Finding, is: &Finding) -> Gate {
    let baseline = Baseline::of(was, 0.05, is.load_line.axis, &errors(), 0.0).unwrap();
    Gates { fail_below: None, baseline: Some(baseline) }.judge(is).remove(0)
}

#[test]
fn a_load_that_must_be_carried() {
    use GateVerdict::{CannotTell, Failed, Passed};
    for (finding, asked, verdict) in [
        (rate(Word::Firm, 1_000.0, 0.05), 900.0, Passed),
        (rate(Word::Firm, 1_000.0, 0.05), 1_100.0, Failed),
        (rate(Word::Firm, 1_000.0, 0.05), 990.0, CannotTell),
        (rate(Word::Firm, 1_000.0, 0.05), 1_010.0, CannotTell),
        // A wide interval decides less.
        (rate(Word::Rough, 1_000.0, 0.3), 900.0, CannotTell),
        (rate(Word::Rough, 1_000.0, 0.3), 700.0, Passed),
        (rate(Word::Unstable, 1_000.0, 0.05), 10.0, CannotTell),
        (at_least(1_000.0), 1_000.0, Passed),
        (at_least(1_000.0), 1_001.0, CannotTell),
        (withheld(), 1.0, CannotTell),
        // Whole users are carried or not.
        (finding(Axis::Users, Word::Firm, Some(4.0), Some(4.0), Some(4.0)), 4.0, Passed),
        (finding(Axis::Users, Word::Firm, Some(4.0), Some(4.0), Some(4.0)), 5.0, Failed),
        // Nothing bounds it above.
        (finding(Axis::Rate, Word::Rough, Some(1_000.0), Some(950.0), None), 2_000.0, CannotTell),
    ] {
        let gate = fail_below(asked, &finding);
        assert_eq!(gate.verdict, verdict, "{:?} against {asked}: {}", finding.load_line, gate.text);
    }
}

#[test]
fn the_sentence_names_the_figures() {
    let of = |finding: &Finding, asked| fail_below(asked, finding).text;
    let firm = rate(Word::Firm, 1_000.0, 0.05);
    assert_eq!(
        of(&firm, 1_100.0),
        "carries 1,000 requests a second (between 965 and 1,030) where at least 1,100 requests a second are asked for"
    );
    assert_eq!(
        of(&firm, 1_010.0),
        "carries 1,000 requests a second (between 965 and 1,030) where at least 1,010 requests a second are asked for: the interval is too wide"
    );
    assert_eq!(of(&at_least(50.0), 40.0), "carries at least 50 requests a second where 40 requests a second are asked for");
    assert_eq!(of(&withheld(), 40.0), "whether it carries 40 requests a second can't be told: no load line is known");
    let four = finding(Axis::Users, Word::Firm, Some(4.0), Some(4.0), Some(4.0));
    assert_eq!(of(&four, 5.0), "carries 4 at one time where at least 5 at one time are asked for");
}

#[test]
fn a_drop_is_one_only_where_it_is_large_and_beyond_doubt() {
    use GateVerdict::{CannotTell, Failed, Passed};
    let firm = |value| rate(Word::Firm, value, 0.05);
    for (was, is, verdict) in [
        (firm(1_000.0), firm(1_000.0), Passed),
        (firm(1_000.0), firm(1_200.0), Passed),
        (firm(1_000.0), firm(900.0), Failed),
        // Beyond doubt, but not large; large, but not beyond doubt.
        (rate(Word::Firm, 1_000.0, 0.01), rate(Word::Firm, 960.0, 0.01), Passed),
        (rate(Word::Rough, 1_000.0, 0.2), rate(Word::Rough, 900.0, 0.2), CannotTell),
        (firm(1_000.0), rate(Word::Unstable, 500.0, 0.05), CannotTell),
        (firm(1_000.0), withheld(), CannotTell),
        (firm(1_000.0), at_least(960.0), Passed),
        (firm(1_000.0), at_least(900.0), CannotTell),
        (at_least(1_000.0), firm(1_000.0), Passed),
        (at_least(1_000.0), firm(900.0), Failed),
        (at_least(1_000.0), at_least(1_000.0), Passed),
    ] {
        let gate = max_drop(was.clone(), &is);
        assert_eq!(gate.verdict, verdict, "{:?} after {:?}: {}", is.load_line, was.load_line, gate.text);
    }
    let gate = max_drop(firm(1_000.0), &firm(900.0));
    let wanted = "carries 900 requests a second, 10% less (14.3% less to 5.5% less), than the 1,000 requests a second on 2026-11-20T10:00:00Z, \
                  where a drop of up to 5% is allowed";
    assert_eq!(gate.text, wanted);
    assert!((gate.seen.unwrap() - 0.9).abs() < 1e-12 && gate.high.unwrap() < 1.0 && gate.low.unwrap() > 0.8);
}

#[test]
fn users_are_whole_so_half_a_user_proves_nothing() {
    let users = |value| finding(Axis::Users, Word::Firm, Some(value), Some(value), Some(value));
    assert_eq!(max_drop(users(4.0), &users(4.0)).verdict, GateVerdict::Passed);
    assert_eq!(max_drop(users(17.0), &users(16.0)).verdict, GateVerdict::Failed);
    assert_eq!(max_drop(users(2.0), &users(1.0)).verdict, GateVerdict::Failed);
}

#[test]
fn what_is_no_baseline_is_told_why() {
    let was = || rate(Word::Firm, 1_000.0, 0.05);
    let refused = |finding, axis, criteria: &[Criterion], pause_s| Baseline::of(finding, 0.05, axis, criteria, pause_s).unwrap_err();
    assert!(matches!(refused(withheld(), Axis::Rate, &errors(), 0.0), BaselineError::NoLine(_)));
    assert!(matches!(refused(rate(Word::Unstable, 9.0, 0.1), Axis::Rate, &errors(), 0.0), BaselineError::NoLine(_)));
    let text = refused(was(), Axis::Users, &errors(), 0.0).to_string();
    assert_eq!(text, "the baseline counts requests a second, this run users at one time");
    let stricter = ["p99<500ms".parse().unwrap(), errors()[0]];
    let text = refused(was(), Axis::Rate, &stricter, 0.0).to_string();
    assert_eq!(text, "the objectives of the baseline are errors<1%, those of this run errors<1%, p99<500ms");
    let users = finding(Axis::Users, Word::Firm, Some(4.0), Some(4.0), Some(4.0));
    let text = refused(users, Axis::Users, &errors(), 2.0).to_string();
    assert_eq!(text, "in the baseline users pause not at all, in this run 2 s");
}

#[test]
fn another_target_is_warned_of() {
    let baseline = Baseline::of(rate(Word::Firm, 1_000.0, 0.05), 0.05, Axis::Rate, &errors(), 0.0).unwrap();
    assert_eq!(baseline.warning(&subject("lab:pool")), None);
    let other = baseline.warning(&subject("lab:async")).unwrap();
    assert_eq!(other.text, "The baseline was measured of lab:pool, this run of lab:async.");
    let started = Subject { start: Some("gunicorn app:app".to_owned()), ..subject("http://127.0.0.1:1/") };
    assert!(baseline.warning(&started).unwrap().text.contains("a command that was started"));
}
