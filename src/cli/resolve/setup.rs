//! What every kind of session is told: target, request, generator.

use super::{Places, connection::connection, request::request, target::target, whole};
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
const MOST_CPUS: f64 = 1024.0;

/// Checks what the shared groups of flags hold. `command` is the redacted command line.
///
/// # Errors
/// The first thing that can't be, with its place and the remedy.
pub fn setup(on: &TargetArgs, load: &LoadArgs, sent: &RequestArgs, places: &Places<'_>, command: String) -> Result<Setup, Problem> {
    let target = target(&on.target)?;
    let request = request(sent, places)?;
    let connection = connection(&sent.connection, places, &target, request.follow)?;
    if let (Target::Http(url), Some(_)) = (&target, &sent.basic_auth)
        && !(url.username().is_empty() && url.password().is_none())
    {
        return Err(Problem::usage(
            format!("{} and TARGET {:?} both say who asks", places.of("basic_auth"), redact_url(&on.target)),
            "only one of the two",
        ));
    }
    if on.cpus.is_some() && !matches!(target, Target::Lab(_)) {
        return Err(Problem::usage(
            format!("{} places a target that this tool starts, but {:?} runs already", places.of("cpus"), redact_url(&on.target)),
            format!("leave {} out, or name a lab: target", places.of("cpus")),
        ));
    }
    let side_path = on.side_path.as_deref().map(|path| side_path(path, &target, sent, places)).transpose()?;
    Ok(Setup {
        named: redact_url(&on.target),
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
        cpus: on.cpus.as_deref().map(|text| whole(places, "cpus", text, MOST_CPUS)).transpose()?.map(|cpus| cpus as usize),
        command,
    })
}

/// Whose processes are looked at.
fn watched(text: &str, places: &Places<'_>) -> Result<Whom, Problem> {
    text.parse().map_err(|error: WhomError| Problem::usage(format!("{}: {error}", places.of("watch")), WhomError::REMEDY.to_owned()))
}

/// A path that is asked beside the load.
fn side_path(path: &str, target: &Target, sent: &RequestArgs, places: &Places<'_>) -> Result<String, Problem> {
    let place = places.of("side_path");
    if matches!(target, Target::Lab(_)) {
        return Err(Problem::usage(format!("{place}: a lab: target does the same work at every path"), format!("leave {place} out")));
    }
    if sent.connection.http2 {
        return Err(Problem::usage(format!("{place}: side probes speak HTTP/1.1 alone"), "leave --http2 or the side path out".to_owned()));
    }
    let is_path = path.starts_with('/') && path.chars().all(|c| c.is_ascii_graphic());
    if is_path { Ok(path.to_owned()) } else { Err(Problem::usage(format!("{place}: {path:?} is no path"), "/health".to_owned())) }
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
