//! What every kind of session is told: target, request, generator.

use super::{Places, connection::connection, path, request::request, start, target::target, whole};
use crate::{
    cli::{
        args::{LoadArgs, RequestArgs, TargetArgs},
        problem::Problem,
    },
    session::{Setup, Target, Watching, redact_url},
    watch::{Whom, WhomError},
};
use plimsoll_core::units::{parse_duration, show_duration};
use std::time::Duration;

const LONGEST_THINK: Duration = Duration::from_secs(3600);
const MOST_THREADS: f64 = 256.0;

/// Checks what the shared groups of flags hold. `command` is the redacted command line.
///
/// # Errors
/// The first thing that can't be, with its place and the remedy.
pub fn setup(on: &TargetArgs, load: &LoadArgs, sent: &RequestArgs, places: &Places<'_>, command: String) -> Result<Setup, Problem> {
    let (target, named) = match (&on.start, on.target.as_deref().unwrap_or_default()) {
        (Some(command), _) => start::started(on, command, places)?,
        (None, text) => {
            start::none_of_a_start(on, places)?;
            (target(text)?, redact_url(text))
        }
    };
    let request = request(sent, places)?;
    let connection = connection(&sent.connection, places, &target, request.follow)?;
    if let (Some(url), Some(_)) = (target.url(), &sent.basic_auth)
        && !(url.username().is_empty() && url.password().is_none())
    {
        return Err(Problem::usage(format!("{} and TARGET {named:?} both say who asks", places.of("basic_auth")), "only one of the two"));
    }
    let budget = start::budget(on, places, &target, &named)?;
    let side_path = on.side_path.as_deref().map(|path| side_path(path, &target, places)).transpose()?;
    Ok(Setup {
        named,
        target,
        request,
        connection,
        side_path,
        watch: match on.watch.as_deref() {
            Some(text) => Watching::Other(watched(text, places)?),
            None if on.no_watch => Watching::Nobody,
            None => Watching::Target,
        },
        threads: load.threads.as_deref().map_or(Ok(1.0), |text| whole(places, "threads", text, MOST_THREADS))? as usize,
        budget,
        command,
    })
}

/// Whose processes are looked at.
fn watched(text: &str, places: &Places<'_>) -> Result<Whom, Problem> {
    text.parse().map_err(|error: WhomError| Problem::usage(format!("{}: {error}", places.of("watch")), WhomError::REMEDY.to_owned()))
}

/// A path that is asked beside the load.
fn side_path(text: &str, target: &Target, places: &Places<'_>) -> Result<String, Problem> {
    let place = places.of("side_path");
    if matches!(target, Target::Lab(_)) {
        return Err(Problem::usage(format!("{place}: a lab: target does the same work at every path"), format!("leave {place} out")));
    }
    path(text, "side_path", places)
}

/// How long users pause; zero when nothing was said.
///
/// # Errors
/// What is no duration, or longer than an hour.
pub fn think(load: &LoadArgs, places: &Places<'_>) -> Result<Duration, Problem> {
    let Some(text) = load.think.as_deref() else { return Ok(Duration::ZERO) };
    let think = places.unit("think", parse_duration(text))?;
    if think > LONGEST_THINK {
        return Err(places.range("think", text, "0s".to_owned(), show_duration(LONGEST_THINK)));
    }
    Ok(think)
}
