//! What "does not degrade" means: service-level objectives as people write them.

use crate::units::{UnitError, parse_duration, parse_share, show_share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// One service-level objective.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(extend("pattern" = r"^(p\d+(\.\d+)?<\d+(ns|us|ms|s)|errors<\d+(\.\d+)?%)$", "examples" = ["p99<500ms", "errors<1%"]))]
pub enum Criterion {
    /// `p99<500ms`: at least this share of requests is answered well within the limit. A failed request counts as infinitely slow.
    Latency {
        /// The quantile, above 0 and below 1.
        quantile: f64,
        /// The limit on the response time.
        limit: Duration,
    },
    /// `errors<1%`: fewer than this share of requests fails.
    Errors {
        /// The limit, above 0 and below 1.
        share: f64,
    },
}

/// The error limit that holds when the user names none (docs/METHOD.md).
pub const DEFAULT_ERROR_SHARE: f64 = 0.01;

/// Why a text is no criterion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CriterionError {
    /// No `<` in it.
    #[error("{0:?} is no objective; write it like 'p99<500ms' or 'errors<1%'")]
    Shape(String),
    /// The left side is neither a percentile nor `errors`.
    #[error("{0:?} is neither a percentile between p1 and p99.999 nor errors; write the objective like 'p99<500ms' or 'errors<1%'")]
    Subject(String),
    /// The right side is no quantity.
    #[error("in the objective {objective:?}, {source}")]
    Quantity {
        /// The whole text.
        objective: String,
        /// What is wrong with the quantity.
        source: UnitError,
    },
    /// A limit of zero, or of everything.
    #[error("the objective {0:?} can't be met or can't fail: choose a limit above 0 and, for errors, below 100%")]
    Void(String),
}

impl FromStr for Criterion {
    type Err = CriterionError;

    fn from_str(text: &str) -> Result<Self, CriterionError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (subject, limit) = compact.split_once('<').ok_or_else(|| CriterionError::Shape(text.to_owned()))?;
        let limit = limit.strip_prefix('=').unwrap_or(limit);
        let quantity = |source| CriterionError::Quantity { objective: text.to_owned(), source };
        if subject == "errors" {
            let share = parse_share(limit).map_err(quantity)?;
            if share <= 0.0 || share >= 1.0 {
                return Err(CriterionError::Void(text.to_owned()));
            }
            return Ok(Self::Errors { share });
        }
        let percent: f64 = subject
            .strip_prefix('p')
            .and_then(|digits| digits.parse().ok())
            .filter(|percent| (1.0..=99.999).contains(percent))
            .ok_or_else(|| CriterionError::Subject(subject.to_owned()))?;
        let limit = parse_duration(limit).map_err(quantity)?;
        if limit.is_zero() {
            return Err(CriterionError::Void(text.to_owned()));
        }
        Ok(Self::Latency { quantile: percent / 100.0, limit })
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency { quantile, limit } => {
                let percent = (quantile * 1e5).round() / 1e3;
                write!(f, "p{percent}<{}", exact(*limit))
            }
            Self::Errors { share } => write!(f, "errors<{}", show_share(*share)),
        }
    }
}

/// A duration with every digit, so that a saved objective reads back as it was.
fn exact(limit: Duration) -> String {
    let ns = limit.as_nanos();
    match [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")].into_iter().find(|(unit, _)| ns.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{}{name}", ns / unit),
        None => format!("{ns}ns"),
    }
}

impl From<Criterion> for String {
    fn from(criterion: Criterion) -> Self {
        criterion.to_string()
    }
}

impl TryFrom<String> for Criterion {
    type Error = CriterionError;
    fn try_from(text: String) -> Result<Self, CriterionError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_as_people_write_them() {
        assert_eq!("p99<500ms".parse(), Ok(Criterion::Latency { quantile: 0.99, limit: Duration::from_millis(500) }));
        assert_eq!("p99.9 < 1.5s".parse::<Criterion>().unwrap().to_string(), "p99.9<1500ms");
        assert_eq!("errors<1%".parse(), Ok(Criterion::Errors { share: 0.01 }));
        assert_eq!("p95<=250ms".parse::<Criterion>().unwrap().to_string(), "p95<250ms");
    }

    #[test]
    fn what_is_no_objective_is_named_with_its_remedy() {
        for (text, part) in [
            ("p99<banana", "banana"),
            ("p99", "p99<500ms"),
            ("p0<5ms", "p0"),
            ("p100<5ms", "p100"),
            ("latency<5ms", "latency"),
            ("errors<150%", "150%"),
            ("errors<0%", "above 0"),
            ("p99<0ms", "above 0"),
        ] {
            let error = text.parse::<Criterion>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
