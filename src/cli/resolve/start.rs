//! A command that is started as the target, and what a target that is started may use.

use super::{Places, target::target};
use crate::{
    cli::{args::TargetArgs, problem::Problem},
    launch::Budget,
    session::{PORT, Start, Target, redact_url},
};
use plimsoll_core::units::{parse_bytes, parse_count, parse_duration, show_bytes, show_duration};
use std::{ops::RangeInclusive, time::Duration};

const EXAMPLE: &str = "--start 'gunicorn -w 4 -b 127.0.0.1:{port} app:app'";
const DEFAULT_READY_WITHIN: Duration = Duration::from_secs(30);
const READY_WITHIN: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(600);
/// The kernel grants no less than a hundredth of its period.
const CPUS: RangeInclusive<f64> = 0.05..=1024.0;
/// Less holds hardly any program.
const LEAST_MEMORY: u64 = 4 << 20;
/// Words that only a shell understands.
const OF_A_SHELL: [&str; 9] = ["|", "||", "&&", "&", ";", ">", ">>", "<", "2>&1"];

/// The command as a target, and what it is called.
///
/// # Errors
/// What is no command, an address that can't be, and a command that is not told where to listen.
pub fn started(on: &TargetArgs, command: &str, places: &Places<'_>) -> Result<(Target, String), Problem> {
    let place = places.of("start");
    let words = shlex::split(command)
        .filter(|words| !words.is_empty())
        .ok_or_else(|| Problem::usage(format!("{place}: there is no command, or a quote in it stays open"), EXAMPLE))?;
    if let Some(word) = words.iter().find(|word| OF_A_SHELL.contains(&word.as_str())) {
        return Err(Problem::usage(format!("{place}: no shell reads the command, and {word:?} is for one"), "--start \"sh -c '...'\""));
    }
    let text = match on.target.as_deref() {
        None => format!("http://127.0.0.1:{PORT}/"),
        Some(path) if path.starts_with('/') => format!("http://127.0.0.1:{PORT}{path}"),
        Some(text) => text.to_owned(),
    };
    let colon_port = format!(":{PORT}");
    let free_port = text.contains(&colon_port);
    let Target::Http(url) = target(&text.replacen(&colon_port, "", 1))? else {
        return Err(Problem::usage(
            format!("TARGET {:?} is nothing that a command listens at", redact_url(&text)),
            "a path, or the http:// or https:// address at which it listens",
        ));
    };
    if free_port && !words.iter().any(|word| word.contains(PORT)) {
        return Err(Problem::usage(
            format!("{place}: nothing tells the command where to listen, and TARGET does not say where it does"),
            format!("{EXAMPLE}; 'env PORT={PORT} CMD' for one that reads it there; or TARGET with the port it listens at"),
        ));
    }
    // An address with a place for the port is none yet; secrets are taken out of one that has a number there.
    let number = ":65535";
    let named = redact_url(&text.replacen(&colon_port, number, 1));
    let named = if free_port { named.replacen(number, &colon_port, 1) } else { named };
    let ready = on.started.ready.as_deref().map(|path| super::path(path, "ready", places)).transpose()?;
    let ready_within = on.started.ready_within.as_deref().map_or(Ok(DEFAULT_READY_WITHIN), |text| ready_within(text, places))?;
    let start = Start { command: words, folder: on.start_dir.clone(), environment: Vec::new(), url, free_port, ready, ready_within };
    Ok((Target::Started(Box::new(start)), named))
}

fn ready_within(text: &str, places: &Places<'_>) -> Result<Duration, Problem> {
    let within = places.unit("ready_within", parse_duration(text))?;
    if !READY_WITHIN.contains(&within) {
        return Err(places.range("ready_within", text, show_duration(*READY_WITHIN.start()), show_duration(*READY_WITHIN.end())));
    }
    Ok(within)
}

/// Refuses flags that only mean something for a command that is started.
///
/// # Errors
/// The first such flag.
pub fn none_of_a_start(on: &TargetArgs, places: &Places<'_>) -> Result<(), Problem> {
    let given =
        [("ready", on.started.ready.is_some()), ("ready_within", on.started.ready_within.is_some()), ("start_dir", on.start_dir.is_some())];
    match given.into_iter().find(|(_, given)| *given) {
        Some((id, _)) => Err(Problem::usage(
            format!("{} does nothing here: it is about a command that is started", places.of(id)),
            format!("{EXAMPLE} with it, or leave {} out", places.of(id)),
        )),
        None => Ok(()),
    }
}

/// What a target that is started may use.
///
/// # Errors
/// What is no number of cores or size of memory, and a budget for a target that runs already.
pub fn budget(on: &TargetArgs, places: &Places<'_>, target: &Target, named: &str) -> Result<Budget, Problem> {
    let given = [("cpus", on.started.cpus.is_some()), ("memory", on.started.memory.is_some())];
    if let Some((id, _)) = given.into_iter().find(|(_, given)| *given)
        && !target.is_started()
    {
        return Err(Problem::usage(
            format!("{} is for a target that this tool starts, but {named:?} runs already", places.of(id)),
            format!("leave {} out, or --start its command, or name a lab: target", places.of(id)),
        ));
    }
    let cpus = on.started.cpus.as_deref().map(|text| cpus(text, places)).transpose()?;
    Ok(Budget { cpus, memory: on.started.memory.as_deref().map(|text| memory(text, places)).transpose()? })
}

fn cpus(text: &str, places: &Places<'_>) -> Result<f64, Problem> {
    let cpus = places.unit("cpus", parse_count(text))?;
    if !CPUS.contains(&cpus) {
        return Err(places.range("cpus", text, CPUS.start().to_string(), CPUS.end().to_string()));
    }
    Ok(cpus)
}

fn memory(text: &str, places: &Places<'_>) -> Result<u64, Problem> {
    let bytes = places.unit("memory", parse_bytes(text))?;
    if bytes < LEAST_MEMORY {
        return Err(Problem::usage(
            format!("{} {text} is out of range", places.of("memory")),
            format!("{} of at least {}", places.of("memory"), show_bytes(LEAST_MEMORY)),
        ));
    }
    Ok(bytes)
}
