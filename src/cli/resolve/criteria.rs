//! What must hold.

use super::Places;
use crate::cli::{args::CriteriaArgs, problem::Problem};
use plimsoll_core::{criterion::Criterion, units::show_duration};
use std::time::Duration;

/// Reads the objectives; `timeout` is how long an answer may take.
///
/// # Errors
/// What is no objective, one that a time-out hides, and a second one for the same thing.
pub fn criteria(typed: &CriteriaArgs, places: &Places<'_>, timeout: Duration) -> Result<Vec<Criterion>, Problem> {
    let mut all: Vec<Criterion> = Vec::new();
    for text in &typed.slo {
        let criterion: Criterion = text.parse().map_err(|error| Problem::said(format!("{}: {error}", places.of("slo"))))?;
        if let Criterion::Latency { limit, .. } = criterion
            && limit >= timeout
        {
            return Err(Problem::usage(
                format!(
                    "{} {text:?} can't be measured with a time-out of {}: slower answers are given up",
                    places.of("slo"),
                    show_duration(timeout)
                ),
                format!("--timeout of more than {}, or a shorter limit", show_duration(limit)),
            ));
        }
        let again = all.iter().any(|other| match (other, &criterion) {
            (Criterion::Errors { .. }, Criterion::Errors { .. }) => true,
            (Criterion::Latency { quantile: a, .. }, Criterion::Latency { quantile: b, .. }) => a == b,
            _ => false,
        });
        if again {
            return Err(Problem::usage(
                format!("{} {text:?} sets a second limit on the same thing", places.of("slo")),
                "only the stricter of the two",
            ));
        }
        all.push(criterion);
    }
    Ok(all)
}
