//! What a result must be.

use super::Places;
use crate::cli::{args::GateArgs, problem::Problem};
use plimsoll_core::units::{parse_count, parse_share};
use std::path::PathBuf;

/// As near as a search aims at by itself.
const DEFAULT_MAX_DROP: f64 = 0.05;
const LARGEST_MAX_DROP: f64 = 0.9;
const MOST: f64 = 1e8;

/// What was asked for; the baseline is not read yet.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedGates {
    /// The load that must be carried.
    pub fail_below: Option<f64>,
    /// The file of an earlier result, and the share that may be lost.
    pub baseline: Option<(PathBuf, f64)>,
}

/// Reads the flags.
///
/// # Errors
/// A number that is none or out of range, and a share to lose of nothing.
pub fn gates(typed: &GateArgs, places: &Places<'_>) -> Result<AskedGates, Problem> {
    let fail_below = typed.fail_below.as_deref().map(|text| least(text, places)).transpose()?;
    let max_drop = typed.max_drop.as_deref().map(|text| max_drop(text, places)).transpose()?;
    if max_drop.is_some() && typed.baseline.is_none() {
        let flag = places.of("max_drop");
        return Err(Problem::usage(
            format!("{flag} needs a --baseline: a drop from what?"),
            format!("--baseline FILE with a result of \"plimsoll find\" that was saved, or leave {flag} out"),
        ));
    }
    let baseline = typed.baseline.clone().map(|path| (path, max_drop.unwrap_or(DEFAULT_MAX_DROP)));
    Ok(AskedGates { fail_below, baseline })
}

fn least(text: &str, places: &Places<'_>) -> Result<f64, Problem> {
    let number = places.unit("fail_below", parse_count(text))?;
    if number > 0.0 && number <= MOST { Ok(number) } else { Err(places.range("fail_below", text, "1".to_owned(), "100m".to_owned())) }
}

fn max_drop(text: &str, places: &Places<'_>) -> Result<f64, Problem> {
    let share = places.unit("max_drop", parse_share(text))?;
    if share <= LARGEST_MAX_DROP { Ok(share) } else { Err(places.range("max_drop", text, "0%".to_owned(), "90%".to_owned())) }
}
