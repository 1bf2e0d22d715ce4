//! From what was typed to a plan. Nothing here touches the system; what is wrong is named with its place and the remedy.

mod body;
mod compare;
mod connection;
mod criteria;
mod find;
mod gates;
mod hold;
mod request;
mod route;
mod setup;
mod start;
mod target;
mod tune;

pub(super) use compare::compare_plan;
pub(super) use find::plan;
pub(super) use gates::{AskedGates, gates};
pub(super) use hold::hold_plan;
pub(super) use tune::tune_plan;

use super::problem::Problem;
use clap::{ArgMatches, parser::ValueSource};
use plimsoll_core::units::{UnitError, parse_count};

const MOST_RATE: f64 = 1e8;

/// Where a value was given, for error messages.
pub(super) struct Places<'a>(pub &'a ArgMatches);

impl Places<'_> {
    /// `--time`, or `PLIMSOLL_TIME` when the value came from there.
    pub fn of(&self, id: &str) -> String {
        // What a comparison starts has no flag of its own: it is one of the systems.
        if self.0.try_contains_id("systems").is_ok() && self.0.try_contains_id(id).is_err() {
            return "SYSTEM".to_owned();
        }
        if self.0.value_source(id) == Some(ValueSource::EnvVariable) {
            format!("PLIMSOLL_{}", id.to_uppercase())
        } else {
            format!("--{}", id.replace('_', "-"))
        }
    }

    fn unit<T>(&self, id: &str, parsed: Result<T, UnitError>) -> Result<T, Problem> {
        parsed.map_err(|error| Problem::said(format!("{}: {error}", self.of(id))))
    }

    fn range(&self, id: &str, given: &str, low: String, high: String) -> Problem {
        Problem::usage(format!("{} {given} is out of range", self.of(id)), format!("{} between {low} and {high}", self.of(id)))
    }
}

/// A whole number from 1 to `most`.
fn whole(places: &Places<'_>, id: &str, text: &str, most: f64) -> Result<f64, Problem> {
    let number = places.unit(id, parse_count(text))?;
    if number.fract() != 0.0 || !(1.0..=most).contains(&number) {
        return Err(Problem::usage(format!("{} {text} is out of range", places.of(id)), format!("a whole number from 1 to {most}")));
    }
    Ok(number)
}

/// A path to ask for.
fn path(text: &str, id: &str, places: &Places<'_>) -> Result<String, Problem> {
    let is_path = text.starts_with('/') && text.chars().all(|c| c.is_ascii_graphic());
    if is_path { Ok(text.to_owned()) } else { Err(Problem::usage(format!("{}: {text:?} is no path", places.of(id)), "/health")) }
}

/// A rate from 1 a second.
fn rate(places: &Places<'_>, id: &str, text: &str) -> Result<f64, Problem> {
    let number = places.unit(id, parse_count(text))?;
    if !(1.0..=MOST_RATE).contains(&number) {
        return Err(places.range(id, text, "1".to_owned(), "100m".to_owned()));
    }
    Ok(number)
}
