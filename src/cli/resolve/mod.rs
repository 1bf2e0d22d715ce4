//! From what was typed to a [`Plan`]. Nothing here touches the system; what is wrong is named with its place and the remedy.

mod request;
mod target;

use super::{
    args::{By, Find},
    problem::Problem,
};
use crate::session::{JournalPlace, Plan, Target};
use clap::{ArgMatches, parser::ValueSource};
use plimsoll_core::{
    criterion::Criterion,
    finding::Axis,
    search::Goal,
    units::{UnitError, parse_count, parse_duration, parse_share, show_duration, show_share},
};
use std::{ops::RangeInclusive, time::Duration};

/// A search needs a few steps of a second or more before it can say anything.
const SHORTEST_TIME: Duration = Duration::from_secs(5);
const LONGEST_TIME: Duration = Duration::from_secs(3600);
const TOLERANCES: RangeInclusive<f64> = 0.005..=0.5;
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(600);
const LONGEST_THINK: Duration = Duration::from_secs(3600);
const MOST_USERS: f64 = 1e6;
const MOST_RATE: f64 = 1e8;
/// The ceiling of a rate when none is given: far above what one machine sends.
const DEFAULT_MAX_RATE: f64 = 1e6;
/// A ramp by rate begins here: at one request a second the first step would tell nothing.
const FIRST_RATE: f64 = 10.0;

/// Where a value was given, for error messages.
pub(super) struct Places<'a>(pub &'a ArgMatches);

impl Places<'_> {
    /// `--time`, or `PLIMSOLL_TIME` when the value came from there.
    pub fn of(&self, id: &str) -> String {
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

/// What the session is to do. `journal` is where an unsaved run keeps its journal, `command` the redacted command line.
///
/// # Errors
/// The first thing that can't be, with its place and the remedy.
pub(super) fn plan(typed: &Find, places: &Places<'_>, journal: JournalPlace, command: String) -> Result<Plan, Problem> {
    let target = target::target(&typed.target)?;
    let request = request::request(typed, places)?;
    let goal = goal(typed, places, request.timeout)?;
    if typed.cpus.is_some() && !matches!(target, Target::Lab(_)) {
        return Err(Problem::usage(
            format!("{} places a target that this tool starts, but {:?} runs already", places.of("cpus"), typed.target),
            format!("leave {} out, or name a lab: target", places.of("cpus")),
        ));
    }
    Ok(Plan {
        named: crate::session::redact_url(&typed.target),
        target,
        request,
        goal,
        threads: typed.threads.as_deref().map_or(Ok(1.0), |text| whole(places, "threads", text, 256.0))? as usize,
        cpus: typed.cpus.as_deref().map(|text| whole(places, "cpus", text, 1024.0)).transpose()?.map(|cpus| cpus as usize),
        save: typed.save.clone(),
        journal: typed.save.clone().map_or(journal, JournalPlace::Beside),
        command,
    })
}

fn goal(typed: &Find, places: &Places<'_>, timeout: Duration) -> Result<Goal, Problem> {
    let axis = match typed.by {
        By::Users => Axis::Users,
        By::Rate => Axis::Rate,
    };
    contradictions(typed, places)?;
    let budget = places.unit("time", parse_duration(&typed.time))?;
    if budget < SHORTEST_TIME || budget > LONGEST_TIME {
        return Err(places.range("time", &typed.time, show_duration(SHORTEST_TIME), show_duration(LONGEST_TIME)));
    }
    let tolerance = places.unit("tolerance", parse_share(&typed.tolerance))?;
    if !TOLERANCES.contains(&tolerance) {
        return Err(places.range("tolerance", &typed.tolerance, show_share(*TOLERANCES.start()), show_share(*TOLERANCES.end())));
    }
    let think = typed.think.as_deref().map_or(Ok(Duration::ZERO), |text| places.unit("think", parse_duration(text)))?;
    if think > LONGEST_THINK {
        return Err(places.range("think", typed.think.as_deref().unwrap_or_default(), "0s".to_owned(), show_duration(LONGEST_THINK)));
    }
    let ceiling = match axis {
        Axis::Users => {
            typed.max_users.as_deref().map_or(Ok(Goal::default().ceiling), |text| whole(places, "max_users", text, MOST_USERS))?
        }
        Axis::Rate => typed.max_rate.as_deref().map_or(Ok(DEFAULT_MAX_RATE), |text| rate(places, "max_rate", text))?,
    };
    let start = match axis {
        Axis::Users => 1.0,
        Axis::Rate => FIRST_RATE.min(ceiling),
    };
    Ok(Goal {
        axis,
        think,
        criteria: criteria(typed, places, timeout)?,
        tolerance,
        budget,
        ceiling,
        start,
        overshoot: !typed.no_overshoot,
        ..Goal::default()
    })
}

/// Flags that only mean something on the other axis.
fn contradictions(typed: &Find, places: &Places<'_>) -> Result<(), Problem> {
    let clash = |id: &str, by: &str, why: &str| {
        Problem::usage(format!("{} contradicts --by {by}: {why}", places.of(id)), format!("leave {} out, or change --by", places.of(id)))
    };
    match typed.by {
        By::Rate if typed.think.is_some() => {
            Err(clash("think", "rate", "at a rate nobody waits for an answer, so nobody pauses after one"))
        }
        By::Rate if typed.max_users.is_some() => Err(clash("max_users", "rate", "the ceiling of a rate is --max-rate")),
        By::Users if typed.max_rate.is_some() => Err(clash("max_rate", "users", "the ceiling of users is --max-users")),
        _ => Ok(()),
    }
}

fn criteria(typed: &Find, places: &Places<'_>, timeout: Duration) -> Result<Vec<Criterion>, Problem> {
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

/// A whole number from 1 to `most`.
fn whole(places: &Places<'_>, id: &str, text: &str, most: f64) -> Result<f64, Problem> {
    let number = places.unit(id, parse_count(text))?;
    if number.fract() != 0.0 || !(1.0..=most).contains(&number) {
        return Err(Problem::usage(format!("{} {text} is out of range", places.of(id)), format!("a whole number from 1 to {most}")));
    }
    Ok(number)
}

/// A rate from 1 a second.
fn rate(places: &Places<'_>, id: &str, text: &str) -> Result<f64, Problem> {
    let number = places.unit(id, parse_count(text))?;
    if !(1.0..=MOST_RATE).contains(&number) {
        return Err(places.range(id, text, "1".to_owned(), "100m".to_owned()));
    }
    Ok(number)
}
