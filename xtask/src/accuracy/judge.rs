//! Whether an answer is right, wide, flagged, or silently wrong.

use super::Answer;
use plimsoll_core::{
    finding::{Axis, Word},
    sim::cases::{Case, Truth},
};

/// Further off than this, unflagged and not wide, is silently wrong.
const WRONG: f64 = 0.10 + 1e-9;

/// What an answer is worth.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// Value over truth, less 1, where both are numbers and the value is not a bound.
    pub error: Option<f64>,
    /// Whether the interval holds the truth, where there are both.
    pub covered: Option<bool>,
    /// More than 10% off, not flagged, not wide.
    pub silently_wrong: bool,
    /// Said "firm" and was more than 10% off, or may never be firm.
    pub firmly_wrong: bool,
}

pub fn judge(case: &Case, answer: &Answer) -> Judged {
    let truth = case.truth.line(answer.took);
    let bound = answer.word == Some(Word::AtLeast);
    let error = match (answer.value, truth) {
        (Some(value), Some(truth)) if !bound => Some(value / truth - 1.0),
        _ => None,
    };
    let off = error.is_some_and(|error| error.abs() > WRONG);
    let silently_wrong = !is_wide(answer) && !is_flagged(case, answer, truth) && (off || must_be_flagged(case, answer));
    let firmly_wrong = answer.word == Some(Word::Firm) && (off || case.never_firm);
    Judged { error, covered: covered(case, answer, truth), silently_wrong, firmly_wrong }
}

/// Half the interval is 10% of the value or more: nobody takes such a number for exact.
fn is_wide(answer: &Answer) -> bool {
    answer.half_width().is_some_and(|half| half >= 0.10)
}

/// The word, or the lack of a number, warns; "at least" warns when it is true.
fn is_flagged(case: &Case, answer: &Answer, truth: Option<f64>) -> bool {
    let most = match case.truth {
        Truth::Beyond => case.goal.ceiling,
        Truth::NotToBeFound { at_least } => at_least,
        _ => truth.unwrap_or(0.0),
    };
    match (answer.word, answer.value) {
        (_, None) | (Some(Word::Unstable | Word::Withheld), _) => true,
        (Some(Word::AtLeast), Some(value)) => value <= most * (1.0 + WRONG),
        _ => false,
    }
}

/// Cases, and runs, in which a plain number is wrong whatever it is.
fn must_be_flagged(case: &Case, answer: &Answer) -> bool {
    match case.truth {
        Truth::Line(_) | Truth::Moves { .. } => answer.word == Some(Word::AtLeast),
        Truth::Jumps { at, .. } => answer.took > at,
        Truth::Beyond | Truth::NotToBeFound { .. } => true,
    }
}

/// Users come in whole numbers: the interval is taken half a user wider on each side.
fn covered(case: &Case, answer: &Answer, truth: Option<f64>) -> Option<bool> {
    let slack = match case.goal.axis {
        Axis::Users => 0.5,
        Axis::Rate => 0.0,
    };
    if answer.word == Some(Word::AtLeast) {
        return None;
    }
    // Without an upper end the interval is open.
    let high = answer.high.or_else(|| answer.word.map(|_| f64::INFINITY))?;
    let (low, truth) = (answer.low?, truth?);
    Some(low - slack <= truth && truth <= high + slack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::sim::cases;
    use std::time::Duration;

    fn case(name: &str) -> Case {
        cases::all().into_iter().find(|case| case.name == name).expect("a case of this name")
    }

    fn answer(value: f64, low: f64, high: f64, word: Word) -> Answer {
        let took = Duration::from_secs(50);
        Answer { value: Some(value), low: Some(low), high: Some(high), word: Some(word), took, reasons: Vec::new() }
    }

    #[test]
    fn only_wrong_narrow_unflagged_answers_are_silently_wrong() {
        let mm16 = case("M/M/16, p99");
        for (answer, silent) in [
            (answer(99.0, 95.0, 103.0, Word::Firm), false),
            (answer(108.0, 105.0, 111.0, Word::Firm), false),
            (answer(120.0, 118.0, 122.0, Word::Firm), true),
            (answer(120.0, 118.0, 122.0, Word::Rough), true),
            (answer(120.0, 100.0, 140.0, Word::Rough), false),
            (answer(120.0, 118.0, 122.0, Word::Unstable), false),
            (answer(80.0, 80.0, 80.0, Word::AtLeast), false),
            (answer(120.0, 120.0, 120.0, Word::AtLeast), true),
        ] {
            assert_eq!(judge(&mm16, &answer).silently_wrong, silent, "{answer:?}");
        }
    }

    #[test]
    fn cases_that_must_be_flagged() {
        let weak = case("weak generator, knee");
        assert!(judge(&weak, &answer(10.0, 9.9, 10.1, Word::Firm)).silently_wrong);
        assert!(!judge(&weak, &answer(10.0, 10.0, 10.0, Word::AtLeast)).silently_wrong);
        assert!(judge(&weak, &answer(30.0, 30.0, 30.0, Word::AtLeast)).silently_wrong);
        let step = case("step x1.5 at 25 s, p99");
        assert!(judge(&step, &answer(99.0, 97.0, 101.0, Word::Firm)).silently_wrong);
        assert!(judge(&step, &answer(99.0, 97.0, 101.0, Word::Firm)).firmly_wrong);
        let early = Answer { took: Duration::from_secs(16), ..answer(99.0, 97.0, 101.0, Word::Rough) };
        assert!(!judge(&step, &early).silently_wrong);
    }

    #[test]
    fn coverage_allows_half_a_user() {
        let mm16 = case("M/M/16, p99");
        for (low, high, covered) in [(99.4, 103.0, true), (99.6, 103.0, false), (90.0, 98.5, true), (90.0, 98.4, false)] {
            assert_eq!(judge(&mm16, &answer(97.0, low, high, Word::Firm)).covered, Some(covered));
        }
    }
}
