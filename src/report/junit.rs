//! JUnit XML: a test case for each question that a pipeline asks. What was not good enough is a failure; what could not be told is an error,
//! because nothing was found wrong; what is only said is skipped.

use super::{
    RenderError,
    paint::plain,
    say::{answer, closing, gate, hold as say_hold, seconds, tuning as say_tuning},
};
use plimsoll_core::{
    evidence::Verdict,
    finding::{Comparison, Finding, Gate, GateVerdict, Hold, LoadLine, PairWord, Tuning, Word, show_setting},
};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

/// What a test case came to.
enum Came {
    Good,
    Bad(String),
    Unknown(String),
    Skipped(String),
}

/// The load line, and each gate.
pub fn finding(finding: &Finding) -> Result<String, RenderError> {
    let mut suite = TestSuite::new(plain(&finding.subject.name()));
    line(&mut suite, &finding.load_line);
    let headline = answer::headline(finding);
    let told = match finding.load_line.word {
        Word::Withheld => Came::Unknown(headline.clone()),
        Word::Firm | Word::Rough | Word::Unstable | Word::AtLeast => Came::Good,
    };
    let said = [vec![headline], answer::sentences(finding)].concat().join("\n");
    suite.add_test_case(case("load line", "find", told, Some(said)));
    suite.add_test_cases(finding.gates.iter().map(gated));
    written("plimsoll find", suite, finding.took_s)
}

fn gated(gate: &Gate) -> TestCase {
    let said = gate::said(gate);
    let came = match gate.verdict {
        GateVerdict::Passed => Came::Good,
        GateVerdict::Failed => Came::Bad(said.clone()),
        GateVerdict::CannotTell => Came::Unknown(said.clone()),
    };
    case(gate.gate.flag().trim_start_matches('-'), "gate", came, Some(said))
}

/// Each pair.
pub fn comparison(comparison: &Comparison) -> Result<String, RenderError> {
    let mut suite = TestSuite::new("systems");
    for pair in &comparison.pairs {
        let said = plain(&pair.sentence());
        let came = if pair.word == PairWord::CannotTell { Came::Skipped(said.clone()) } else { Came::Good };
        let name = format!("{} against {}", plain(&pair.b), plain(&pair.a));
        suite.add_test_case(case(&name, "compare", came, Some(said)));
    }
    written("plimsoll compare", suite, comparison.account.took_s)
}

/// Whether it answered, and each objective.
pub fn hold(hold: &Hold) -> Result<String, RenderError> {
    let mut suite = TestSuite::new(plain(&hold.subject.name()));
    let headline = say_hold::headline(hold).1;
    let came = if hold.broken.is_some() || hold.success_share.is_none() { Came::Unknown(headline.clone()) } else { Came::Good };
    suite.add_test_case(case("answers", "hold", came, Some(headline)));
    let generator = &hold.generator.summary;
    for judged in &hold.criteria {
        let (word, _, text) = say_hold::objective(judged);
        let said = format!("{word}: {text}");
        let came = match judged.verdict {
            // Nothing is held against the target while the generator was the limit.
            _ if generator.limited => Came::Unknown(closing::honesty(&say_hold::facts(hold), generator).1),
            Verdict::Pass => Came::Good,
            Verdict::Fail => Came::Bad(said.clone()),
            Verdict::Unsure => Came::Unknown(said.clone()),
        };
        suite.add_test_case(case(&judged.objective.to_string(), "objective", came, Some(said)));
    }
    written("plimsoll hold", suite, hold.took_s)
}

/// Whether a setting was found, and whether it carries what is needed.
pub fn tuning(tuning: &Tuning) -> Result<String, RenderError> {
    let mut suite = TestSuite::new(plain(&tuning.start));
    let said = say_tuning::headline(tuning).1;
    let came = match (&tuning.best, tuning.enough) {
        (None, _) => Came::Unknown(said.clone()),
        (Some(_), Some(false)) => Came::Bad(said.clone()),
        (Some(_), Some(true) | None) => Came::Good,
    };
    if let Some(best) = &tuning.best {
        suite.add_property(Property::new("setting", plain(&show_setting(&best.setting))));
        line(&mut suite, &best.load_line);
    }
    suite.add_test_case(case(if tuning.enough.is_some() { "need" } else { "best setting" }, "tune", came, Some(said)));
    written("plimsoll tune", suite, tuning.account.took_s)
}

/// A load line as properties of a suite.
fn line(suite: &mut TestSuite, line: &LoadLine) {
    let value = line.value.filter(|_| line.word != Word::Withheld);
    for (name, value) in [("load_line", value), ("low", line.low), ("high", line.high)] {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            suite.add_property(Property::new(name, value.to_string()));
        }
    }
}

fn case(name: &str, class: &str, came: Came, said: Option<String>) -> TestCase {
    let status = |kind, message: String| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(message);
        status
    };
    let status = match came {
        Came::Good => TestCaseStatus::success(),
        Came::Bad(message) => status(NonSuccessKind::Failure, message),
        Came::Unknown(message) => status(NonSuccessKind::Error, message),
        Came::Skipped(message) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(message);
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("plimsoll.{class}"));
    if let Some(said) = said {
        case.set_system_out(said);
    }
    case
}

fn written(name: &str, mut suite: TestSuite, took_s: f64) -> Result<String, RenderError> {
    suite.set_time(seconds(took_s));
    let mut report = Report::new(name);
    report.set_time(seconds(took_s));
    report.add_test_suite(suite);
    Ok(report.to_string()?)
}
