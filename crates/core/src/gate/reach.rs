//! How far a load line may lie from the truth, as a gate needs it: on one side, with 95% confidence.

use crate::{
    finding::{Axis, Finding, LoadLine, Word},
    units::show_number,
};

/// Half an interval of a finding is so many standard errors of its load line, by axis. Its intervals are made to hold the truth also of targets
/// that are hard to measure; by users the narrowest of the kinds in `tests/gate_truth` are 2.6 wide on each side and most over 3, by rate they
/// are nearer to what they say.
const fn sigmas_a_half(axis: Axis) -> f64 {
    match axis {
        Axis::Users => 2.7,
        Axis::Rate => 2.4,
    }
}

/// The normal score of 95% on one side.
const SURE: f64 = 1.645;

/// A load line that can be held against something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reach {
    /// The load line; of one that is only known to be at least so much, that.
    pub value: f64,
    /// The standard error of its logarithm towards lower loads; `None` where nothing bounds it there.
    pub se_low: Option<f64>,
    /// The same towards higher loads.
    pub se_high: Option<f64>,
}

impl Reach {
    /// Of a load line; `None` where it decides nothing. `slack`: by so much more may each end be off, in units of the load.
    pub fn of(line: &LoadLine, slack: f64) -> Option<Self> {
        let value = line.value.filter(|value| *value > 0.0)?;
        let se = |end: f64| (end / value).ln().abs() / sigmas_a_half(line.axis);
        let low = line.low.map(|low| (low - slack).max(f64::MIN_POSITIVE)).map(se);
        match line.word {
            Word::Firm | Word::Rough => {
                let high = line.high.filter(|high| high.is_finite()).map(|high| se(high + slack));
                Some(Self { value, se_low: low, se_high: high })
            }
            Word::AtLeast => Some(Self { value, se_low: Some(0.0), se_high: None }),
            Word::Unstable | Word::Withheld => None,
        }
    }

    /// The load that it lies above with 95% confidence.
    pub fn low(&self) -> Option<f64> {
        self.se_low.map(|se| below(self.value, se))
    }

    /// The load that it lies below with 95% confidence.
    pub fn high(&self) -> Option<f64> {
        self.se_high.map(|se| above(self.value, se))
    }
}

/// The value less what it may be off with this standard error of its logarithm.
pub(super) fn below(value: f64, se: f64) -> f64 {
    value * (-SURE * se).exp()
}

/// The value and what it may be off.
pub(super) fn above(value: f64, se: f64) -> f64 {
    value * (SURE * se).exp()
}

/// A load with its unit: `4 at one time`, `300 requests a second`, `1,000 users`.
pub(super) fn load(size: f64, finding: &Finding) -> String {
    let unit = match (finding.load_line.axis, finding.pause_s()) {
        (Axis::Rate, _) => "requests a second",
        (Axis::Users, Some(_)) => "users who pause",
        (Axis::Users, None) => "at one time",
    };
    format!("{} {unit}", show_number(size))
}

/// Why a line decides nothing, or cannot decide what was asked.
pub(super) fn undecided(line: &LoadLine) -> &'static str {
    match line.word {
        Word::Unstable => "the target did not stay the same while it was measured",
        Word::Withheld => "no load line is known",
        Word::AtLeast => "its limit was not reached",
        Word::Firm | Word::Rough => "the interval is too wide",
    }
}
