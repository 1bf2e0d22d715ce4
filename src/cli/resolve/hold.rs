//! What `plimsoll hold` is to do.

use super::{Places, criteria::criteria, setup, whole};
use crate::{
    cli::{args::Hold, problem::Problem},
    session::{HoldPlan, JournalPlace, Setup},
};
use plimsoll_core::{
    schedule::Arrivals,
    step::Load,
    units::{parse_count, parse_duration, show_duration},
};
use std::{ops::RangeInclusive, time::Duration};

/// Connections when nothing is said.
const DEFAULT_CONNECTIONS: u32 = 50;
const MOST_CONNECTIONS: f64 = 1e6;
const DEFAULT_DURATION: Duration = Duration::from_secs(10);
const DURATIONS: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(24 * 3600);
const MOST_REQUESTS: f64 = 1e12;
const RATES: RangeInclusive<f64> = 0.01..=1e8;
/// More is no waiting for a send any more, but a busy core.
const LONGEST_SPIN: Duration = Duration::from_millis(10);

/// What the session is to do. `journal` is where an unsaved run keeps its journal, `command` the redacted command line.
///
/// # Errors
/// The first thing that can't be, with its place and the remedy.
pub fn hold_plan(typed: &Hold, places: &Places<'_>, journal: JournalPlace, command: String) -> Result<HoldPlan, Problem> {
    let setup = setup::setup(&typed.target, &typed.load, &typed.request, places, command)?;
    contradictions(typed, places)?;
    let connections = typed.connections.as_deref().map(|text| whole(places, "connections", text, MOST_CONNECTIONS)).transpose()?;
    let connections = connections.map(|connections| connections as u32);
    let load = match &typed.rate {
        Some(text) => Load::Rate { per_s: rate(text, places)?, arrivals: typed.arrivals.map_or(Arrivals::Constant, Arrivals::from) },
        None => Load::Users { users: connections.unwrap_or(DEFAULT_CONNECTIONS), think: setup::think(&typed.load, places)? },
    };
    let connections = connections.or(typed.rate.is_none().then_some(DEFAULT_CONNECTIONS));
    idle_threads(&setup, connections, places)?;
    let requests = typed.requests.as_deref().map(|text| whole(places, "requests", text, MOST_REQUESTS)).transpose()?;
    let duration = match &typed.duration {
        Some(text) => Some(duration(text, places)?),
        None => requests.is_none().then_some(DEFAULT_DURATION),
    };
    Ok(HoldPlan {
        load,
        connections,
        spin: typed.spin.as_deref().map_or(Ok(Duration::ZERO), |text| spin(text, places))?,
        duration,
        requests: requests.map(|requests| requests as u64),
        criteria: criteria(&typed.criteria, places, setup.request.timeout)?,
        journal: typed.output.save.clone().map_or(journal, JournalPlace::Beside),
        save: typed.output.save.clone(),
        setup,
    })
}

/// Flags that only mean something with a rate, or without one.
fn contradictions(typed: &Hold, places: &Places<'_>) -> Result<(), Problem> {
    let rate = places.of("rate");
    if typed.rate.is_some() && typed.load.think.is_some() {
        let think = places.of("think");
        return Err(Problem::usage(
            format!("{think} contradicts {rate}: at a rate nobody waits for an answer, so nobody pauses after one"),
            format!("leave {think} out, or give --connections users in place of {rate}"),
        ));
    }
    for (id, is_given, why) in [
        ("spin", typed.spin.is_some(), "only a rate says when a send is due"),
        ("arrivals", typed.arrivals.is_some(), "users send when they have their answer"),
    ] {
        if is_given && typed.rate.is_none() {
            let flag = places.of(id);
            return Err(Problem::usage(
                format!("{flag} needs a --rate: {why}"),
                format!("--rate with requests a second, or leave {flag} out"),
            ));
        }
    }
    Ok(())
}

/// A thread without a connection would have nothing to do.
fn idle_threads(setup: &Setup, connections: Option<u32>, places: &Places<'_>) -> Result<(), Problem> {
    match connections {
        Some(connections) if (connections as usize) < setup.threads => Err(Problem::usage(
            format!("{} {} are more than {connections} connections: some would have nothing to do", places.of("threads"), setup.threads),
            format!("{} of at most {connections}, or more --connections", places.of("threads")),
        )),
        _ => Ok(()),
    }
}

fn rate(text: &str, places: &Places<'_>) -> Result<f64, Problem> {
    let per_s = places.unit("rate", parse_count(text))?;
    if !RATES.contains(&per_s) {
        return Err(places.range("rate", text, "0.01".to_owned(), "100m".to_owned()));
    }
    Ok(per_s)
}

fn duration(text: &str, places: &Places<'_>) -> Result<Duration, Problem> {
    let duration = places.unit("duration", parse_duration(text))?;
    if !DURATIONS.contains(&duration) {
        return Err(places.range("duration", text, show_duration(*DURATIONS.start()), "24h".to_owned()));
    }
    Ok(duration)
}

fn spin(text: &str, places: &Places<'_>) -> Result<Duration, Problem> {
    let spin = places.unit("spin", parse_duration(text))?;
    if spin > LONGEST_SPIN {
        return Err(places.range("spin", text, "0s".to_owned(), show_duration(LONGEST_SPIN)));
    }
    Ok(spin)
}
