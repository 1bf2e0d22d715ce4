//! What `plimsoll find` is to do.

use super::{Places, criteria::criteria, rate, setup, whole};
use crate::{
    cli::{
        args::{By, CriteriaArgs, Find, LoadArgs, SearchArgs},
        problem::Problem,
    },
    session::{JournalPlace, Plan},
};
use plimsoll_core::{
    finding::Axis,
    search::Goal,
    units::{parse_duration, parse_share, show_duration, show_share},
};
use std::{ops::RangeInclusive, time::Duration};

/// A search needs a few steps of a second or more before it can say anything.
const SHORTEST_TIME: Duration = Duration::from_secs(5);
const LONGEST_TIME: Duration = Duration::from_secs(3600);
const TOLERANCES: RangeInclusive<f64> = 0.005..=0.5;
const MOST_USERS: f64 = 1e6;
/// The ceiling of a rate when none is given: far above what one machine sends.
const DEFAULT_MAX_RATE: f64 = 1e6;
/// A ramp by rate begins here: at one request a second the first step would tell nothing.
const FIRST_RATE: f64 = 10.0;

/// What the session is to do. `journal` is where an unsaved run keeps its journal, `command` the redacted command line.
///
/// # Errors
/// The first thing that can't be, with its place and the remedy.
pub fn plan(typed: &Find, places: &Places<'_>, journal: JournalPlace, command: String) -> Result<Plan, Problem> {
    let setup = setup::setup(&typed.target, &typed.load, &typed.request, places, command)?;
    let goal = goal(typed, places, setup.request.timeout)?;
    let save = typed.output.save.clone();
    Ok(Plan { setup, goal, journal: save.clone().map_or(journal, JournalPlace::Beside), save })
}

fn goal(typed: &Find, places: &Places<'_>, timeout: Duration) -> Result<Goal, Problem> {
    let axis = match typed.by {
        By::Users => Axis::Users,
        By::Rate => Axis::Rate,
    };
    contradictions(typed, places)?;
    let of_users = of_users(&typed.search, &typed.load, &typed.criteria, places, timeout)?;
    let ceiling = match axis {
        Axis::Users => of_users.ceiling,
        Axis::Rate => typed.max_rate.as_deref().map_or(Ok(DEFAULT_MAX_RATE), |text| rate(places, "max_rate", text))?,
    };
    let start = match axis {
        Axis::Users => 1.0,
        Axis::Rate => FIRST_RATE.min(ceiling),
    };
    let goal = Goal { axis, ceiling, start, overshoot: !typed.no_overshoot, ..of_users };
    match &typed.time {
        Some(text) => Ok(Goal { budget: time(text, SHORTEST_TIME, places)?, ..goal }),
        None if typed.gates.baseline.is_some() => Ok(goal.against_a_baseline()),
        None => Ok(goal),
    }
}

/// How long a run may take; at least `shortest`.
pub(super) fn time(text: &str, shortest: Duration, places: &Places<'_>) -> Result<Duration, Problem> {
    let time = places.unit("time", parse_duration(text))?;
    if time < shortest || time > LONGEST_TIME {
        return Err(places.range("time", text, show_duration(shortest), show_duration(LONGEST_TIME)));
    }
    Ok(time)
}

/// The goal of a search by users, but for its budget.
pub(super) fn of_users(
    search: &SearchArgs,
    load: &LoadArgs,
    objectives: &CriteriaArgs,
    places: &Places<'_>,
    timeout: Duration,
) -> Result<Goal, Problem> {
    let tolerance = places.unit("tolerance", parse_share(&search.tolerance))?;
    if !TOLERANCES.contains(&tolerance) {
        return Err(places.range("tolerance", &search.tolerance, show_share(*TOLERANCES.start()), show_share(*TOLERANCES.end())));
    }
    let most = |text| whole(places, "max_users", text, MOST_USERS);
    Ok(Goal {
        axis: Axis::Users,
        think: setup::think(load, places)?,
        criteria: criteria(objectives, places, timeout)?,
        tolerance,
        ceiling: search.max_users.as_deref().map_or(Ok(Goal::default().ceiling), most)?,
        start: 1.0,
        time_out: timeout,
        ..Goal::default()
    })
}

/// Flags that only mean something on the other axis.
fn contradictions(typed: &Find, places: &Places<'_>) -> Result<(), Problem> {
    let clash = |id: &str, by: &str, why: &str| {
        Problem::usage(format!("{} contradicts --by {by}: {why}", places.of(id)), format!("leave {} out, or change --by", places.of(id)))
    };
    match typed.by {
        By::Rate if typed.load.think.is_some() => {
            Err(clash("think", "rate", "at a rate nobody waits for an answer, so nobody pauses after one"))
        }
        By::Rate if typed.search.max_users.is_some() => Err(clash("max_users", "rate", "the ceiling of a rate is --max-rate")),
        By::Users if typed.max_rate.is_some() => Err(clash("max_rate", "users", "the ceiling of users is --max-users")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, Command, FromArgMatches};

    #[test]
    fn a_search_that_is_held_against_a_baseline_has_more_time_unless_somebody_says() {
        let budget = |more: &[&str]| {
            let matches = Find::augment_args(Command::new("find")).get_matches_from([&["find", "lab:pool"], more].concat());
            let typed = Find::from_arg_matches(&matches).unwrap();
            goal(&typed, &Places(&matches), Duration::from_secs(10)).unwrap().budget.as_secs()
        };
        for (more, seconds) in [
            (&[][..], 60),
            (&["--baseline", "b.json"], 120),
            (&["--baseline", "b.json", "--think", "2s"], 180),
            (&["--baseline", "b.json", "--by", "rate"], 60),
            (&["--baseline", "b.json", "--time", "30s"], 30),
            (&["--think", "2s"], 60),
        ] {
            assert_eq!(budget(more), seconds, "{more:?}");
        }
    }
}
