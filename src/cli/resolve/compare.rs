//! What `plimsoll compare` is to do.

use super::{
    Places,
    find::{of_users, time},
    setup,
};
use crate::{
    cli::{
        args::{Compare, StartedArgs, TargetArgs},
        problem::Problem,
        systems::{Entry, Systems},
    },
    session::{ComparePlan, JournalPlace, Named, Setup, Target, is_command},
};
use plimsoll_core::search::Goal;
use std::time::Duration;

/// Time for each system where none is given, and the least that tells anything.
const USUAL_TIME: Duration = Duration::from_secs(75);
const SHORTEST_TIME: Duration = Duration::from_secs(20);
/// The part of it that the search of a system has; the rest are random turns.
const SEARCH_SHARE: f64 = 0.5;
/// More systems than this fit no table.
const MOST_SYSTEMS: usize = 16;

/// What the session is to do. `journal` is where an unsaved run keeps its journals, `command` the redacted command line.
///
/// # Errors
/// The first thing that can't be, with its place and the remedy.
pub fn compare_plan(
    typed: &Compare,
    known: &Systems,
    places: &Places<'_>,
    journal: JournalPlace,
    command: String,
) -> Result<ComparePlan, Problem> {
    if typed.systems.len() > MOST_SYSTEMS {
        return Err(Problem::usage(
            format!("{} systems are more than one comparison takes", typed.systems.len()),
            format!("at most {MOST_SYSTEMS}, or several comparisons with the same first system"),
        ));
    }
    let mut systems: Vec<Named> = Vec::new();
    for text in &typed.systems {
        let (given, entry) = match known.get(text) {
            Some(entry) => (Some(text.as_str()), entry),
            None => described(text, known)?,
        };
        let mut setup = setup::setup(&target_of(&entry, typed), &typed.load, &typed.request, places, command.clone())?;
        if let Target::Started(start) = &mut setup.target {
            start.environment = entry.env.into_iter().collect();
        }
        let name = match given {
            Some(name) if systems.iter().any(|other| other.name == name) => {
                return Err(Problem::usage(format!("two systems are called {name:?}"), "names that differ"));
            }
            Some(name) => name.to_owned(),
            None => unlike(&shortened(&setup), &systems),
        };
        systems.push(Named { name, setup });
    }
    let count = u32::try_from(systems.len()).unwrap_or(u32::MAX);
    let time = match typed.time.as_deref() {
        Some(text) => time(text, SHORTEST_TIME * count, places)?,
        None => USUAL_TIME * count,
    };
    let timeout = systems[0].setup.request.timeout;
    let goal = of_users(&typed.search, &typed.load, &typed.criteria, places, timeout)?;
    let save = typed.output.save.clone();
    Ok(ComparePlan {
        systems,
        goal: Goal { budget: (time / count).mul_f64(SEARCH_SHARE), overshoot: !typed.no_overshoot, ..goal },
        time,
        journal: save.clone().map_or(journal, JournalPlace::Beside),
        save,
        command,
    })
}

/// A system as it was typed, with its name where it was given one: a command with a place for its port, or a target.
fn described<'t>(text: &'t str, known: &Systems) -> Result<(Option<&'t str>, Entry), Problem> {
    let (name, text) = named(text);
    let is_command = is_command(text);
    if !is_command && is_name(text) {
        let names: Vec<&str> = known.names().collect();
        let hint = if names.is_empty() { "a target, or a plimsoll.toml with [systems.NAME]".to_owned() } else { names.join(", ") };
        return Err(Problem::usage(format!("SYSTEM {text:?} is no target, and no system of that name is known"), hint));
    }
    let text = Some(text.to_owned());
    Ok((name, if is_command { Entry { start: text, ..Entry::default() } } else { Entry { url: text, ..Entry::default() } }))
}

/// The same as the flags of one target.
fn target_of(entry: &Entry, typed: &Compare) -> TargetArgs {
    let is_started = entry.start.is_some();
    TargetArgs {
        target: entry.url.clone().or_else(|| typed.path.clone().filter(|_| is_started)),
        start: entry.start.clone(),
        start_dir: entry.cwd.clone().filter(|_| is_started),
        // What a command is told means nothing to a system that runs already, or to one of the lab.
        started: if is_started { typed.started.clone() } else { StartedArgs { ready: None, ready_within: None, ..typed.started.clone() } },
        watch: None,
        side_path: None,
        no_watch: typed.no_watch,
    }
}

/// The name before an equals sign, where there is one, and the rest. An address has a colon before any equals sign.
fn named(text: &str) -> (Option<&str>, &str) {
    match text.split_once('=') {
        Some((name, target)) if is_name(name) => (Some(name), target),
        _ => (None, text),
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic()) && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// What a person would call it: the model of the lab, the program, or the address without its scheme.
fn shortened(setup: &Setup) -> String {
    if let Target::Started(start) = &setup.target {
        let program = start.command.first().map(String::as_str).unwrap_or_default();
        return program.rsplit('/').next().unwrap_or(program).to_owned();
    }
    let named = setup.named.as_str();
    let bare = named.strip_prefix("lab:").or_else(|| named.split_once("://").map(|(_, rest)| rest)).unwrap_or(named);
    bare.trim_end_matches('/').to_owned()
}

/// The name, numbered where it is taken.
fn unlike(name: &str, taken: &[Named]) -> String {
    let is_free = |name: &str| taken.iter().all(|other| other.name != name);
    if is_free(name) {
        return name.to_owned();
    }
    let numbered = (2..=MOST_SYSTEMS + 1).map(|n| format!("{name} ({n})")).find(|name| is_free(name));
    numbered.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_before_a_target_and_an_address_is_no_name() {
        assert_eq!(named("old=http://x/?a=b"), (Some("old"), "http://x/?a=b"));
        assert_eq!(named("http://x/?a=b"), (None, "http://x/?a=b"));
        assert_eq!(named("lab:pool?workers=4"), (None, "lab:pool?workers=4"));
        assert_eq!(named("four=lab:pool?workers=4"), (Some("four"), "lab:pool?workers=4"));
        assert_eq!(named("=lab:pool"), (None, "=lab:pool"));
    }

    #[test]
    fn a_command_has_a_place_for_its_port_and_a_bare_word_has_to_be_known() {
        let known = Systems::default();
        let (name, entry) = described("sync=gunicorn -b 127.0.0.1:{port} app", &known).unwrap();
        assert_eq!((name, entry.start.as_deref()), (Some("sync"), Some("gunicorn -b 127.0.0.1:{port} app")));
        let (name, entry) = described("lab:pool", &known).unwrap();
        assert_eq!((name, entry.start, entry.url.as_deref()), (None, None, Some("lab:pool")));
        assert!(described("sync", &known).unwrap_err().text.contains("\"sync\""));
    }
}
