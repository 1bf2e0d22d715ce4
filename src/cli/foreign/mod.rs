//! Flags of other load generators: a wrong spelling is answered with the right one.

mod table;

use super::{Exit, Problem, args::LOADING};
use clap::{
    Command,
    error::{ContextKind, ContextValue, ErrorKind},
};
use plimsoll_core::units::parse_duration;
use std::ffi::OsString;
use table::{ROWS, Row, Where};

/// What whoever asks for a table of latencies is told.
pub const LATENCY: &str = "--latency can be left out: the percentiles are always shown";

/// A body may begin with a dash, so what follows these is no flag.
const BODY_FLAGS: [&str; 5] = ["-d", "--body", "--data", "--data-ascii", "--data-binary"];

/// The answer to a long flag with a single dash, as hey and vegeta spell them. The parser would read it as several short ones, or as one with a
/// value. `None` when there is none.
pub fn single_dash(typed: &[OsString], root: &Command) -> Option<Problem> {
    let (command, arguments) = loading(typed)?;
    let known = root.find_subcommand(command)?;
    let is_long = |name: &str| {
        known.get_arguments().any(|one| one.get_long() == Some(name) || one.get_all_aliases().is_some_and(|all| all.contains(&name)))
    };
    let mut before = "";
    for argument in arguments.iter().take_while(|argument| **argument != "--") {
        let name = argument.split('=').next().unwrap_or_default();
        if !BODY_FLAGS.contains(&before) && name.len() > 2 && name.starts_with('-') && !name.starts_with("--") {
            if let Some(row) = row(command, name).or_else(|| row(command, &format!("-{name}"))) {
                return Some(answer(row, name, value_of(&arguments, name)));
            }
            if is_long(&name[1..]) {
                return Some(Problem::usage(format!("{name}: long flags begin with two dashes"), format!("-{argument}")));
            }
        }
        before = argument;
    }
    None
}

/// The answer to a flag that the parser does not know; `None` where another tool does not know it either.
pub fn unknown(typed: &[OsString], error: &clap::Error) -> Option<Problem> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(spelled)) = error.get(ContextKind::InvalidArg) else { return None };
    let (command, arguments) = loading(typed)?;
    let name = spelled.split('=').next().unwrap_or_default();
    Some(answer(row(command, name)?, name, value_of(&arguments, name)))
}

/// The command, when it is one that puts on load, and what follows it.
fn loading(typed: &[OsString]) -> Option<(&'static str, Vec<&str>)> {
    let mut typed = typed.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default());
    let first = typed.next()?;
    Some((LOADING.iter().find(|loading| **loading == first)?, typed.collect()))
}

fn row(command: &str, spelled: &str) -> Option<&'static Row> {
    let is_here = |place| match place {
        Where::Everywhere => true,
        Where::Only(one) => one == command,
    };
    ROWS.iter().find(|row| row.spelled.contains(&spelled) && is_here(row.place))
}

/// The value that was given with a flag: attached, after an equals sign, or as the next argument.
fn value_of<'a>(arguments: &[&'a str], name: &str) -> Option<&'a str> {
    let place = arguments.iter().position(|argument| argument.starts_with(name))?;
    let attached = arguments[place][name.len()..].trim_start_matches('=');
    let value = if attached.is_empty() { arguments.get(place + 1).copied()? } else { attached };
    // An address is the target, and a word with a colon can be a secret.
    (!value.is_empty() && !value.starts_with('-') && !value.contains(':')).then_some(value)
}

fn answer(row: &Row, spelled: &str, value: Option<&str>) -> Problem {
    Problem {
        exit: Exit::Usage,
        text: format!("{spelled} {}", row.says),
        source: None,
        hints: row.instead.iter().map(|hint| filled(hint, value)).collect(),
    }
}

/// A hint with the value in its places, or with what belongs there.
fn filled(hint: &str, value: Option<&str>) -> String {
    let mut out = String::new();
    let mut rest = hint;
    while let Some((text, place, after)) = rest.split_once('{').and_then(|(text, after)| {
        let (place, after) = after.split_once('}')?;
        Some((text, place, after))
    }) {
        out.push_str(text);
        out.push_str(&match value {
            Some(value) if place == "DURATION" => duration(value),
            Some(value) => value.to_owned(),
            None => place.to_owned(),
        });
        rest = after;
    }
    out + rest
}

/// Others count in bare seconds.
fn duration(value: &str) -> String {
    let seconds = format!("{value}s");
    if parse_duration(value).is_err() && parse_duration(&seconds).is_ok() { seconds } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Arguments;
    use clap::CommandFactory;

    fn typed(line: &str) -> Vec<OsString> {
        ["plimsoll"].into_iter().chain(line.split(' ')).map(OsString::from).collect()
    }

    /// What is answered to a command line.
    fn answered(line: &str) -> Option<String> {
        let typed = typed(line);
        let found = single_dash(&typed, &Arguments::command()).or_else(|| {
            let error = Arguments::command().try_get_matches_from(&typed).err()?;
            unknown(&typed, &error)
        });
        found.map(|problem| problem.lines())
    }

    #[test]
    fn a_wrong_spelling_is_answered_with_the_right_one() {
        for (line, parts) in [
            ("find http://h/ -t 10", &["-t is", "threads in wrk", "time-out in hey", "--threads 10", "--timeout 10s", "--time 10s"][..]),
            ("find http://h/ -t4", &["--threads 4"]),
            ("find -c 64 http://h/", &["find seeks it", "--max-users 64", "plimsoll hold TARGET -c 64"]),
            ("find http://h/ -z 30s", &["--time 30s", "hold TARGET -z 30s"]),
            ("find http://h/ --duration=30", &["--duration sets", "--time 30s"]),
            ("find http://h/ -R 2000", &["--by rate", "--max-rate 2000", "-q 2000"]),
            ("find http://h/ -n 500", &["plimsoll hold TARGET -n 500"]),
            ("hold http://h/ --vus 10", &["-c 10"]),
            ("hold http://h/ --time 30s", &["-z 30s"]),
            ("hold http://h/ --max-users 9", &["plimsoll find TARGET"]),
            ("hold http://h/ -s script.lua", &["script", "not in this version"]),
            ("hold http://h/ -p 10", &["--http2 --streams 10", "-D 10"]),
            ("hold http://h/ --redirect 0", &["before the load", "-L"]),
            ("hold http://h/ -x localhost:3128", &["proxies are not in this version", "--connect-to"]),
            ("hold http://h/ -A text/html", &["-H 'Accept: TYPE'"]),
            ("hold http://h/ --host a.org", &["-H 'Host: a.org'"]),
            ("hold http://h/ -cpus 4", &["-cpus is", "--threads 4"]),
            ("hold http://h/ -h2", &["--http2"]),
            ("hold -disable-keepalive http://h/", &["two dashes", "--disable-keepalive"]),
            ("hold -disable-redirects http://h/", &["unless asked", "without it"]),
            ("hold -duration=5s http://h/", &["two dashes", "--duration=5s"]),
            ("find -insecure https://h/", &["two dashes", "--insecure"]),
            ("hold -host a.org http://h/", &["-H 'Host: a.org'"]),
            ("hold http://h/ --http3", &["not in this version"]),
            ("hold http://h/ -I", &["-m HEAD"]),
        ] {
            let said = answered(line).unwrap_or_else(|| panic!("{line}: no answer"));
            assert!(said.contains("\n  try: "), "{line}: {said}");
            for part in parts {
                assert!(said.contains(part), "{line}: {part:?} is not in {said}");
            }
        }
    }

    #[test]
    fn no_secret_is_said_again() {
        for line in ["hold http://h/ -A ann:s3cret", "hold http://h/ --cookie s3cret", "hold http://h/ --oauth2-bearer s3cret"] {
            let said = answered(line).unwrap();
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn what_is_right_is_let_through() {
        for line in [
            "find http://h/ -d -host",
            "find http://h/ --body -duration",
            "find http://h/ -kL4",
            "hold http://h/ -H Accept:a",
            "hold http://h/ -c8 -z5s -R 10",
            "hold http://h/ --request PUT --data x --user a:b --max-time 1s --disable-keepalive --latency",
            "lab pool",
            "report -cpus",
            "find",
        ] {
            assert_eq!(answered(line), None, "{line}");
        }
        assert_eq!(answered("find http://h/ --no-such-flag"), None);
    }

    #[test]
    fn every_row_is_needed_and_no_spelling_has_two() {
        let root = Arguments::command();
        for command in LOADING {
            let known = root.find_subcommand(command).unwrap();
            let rows = ROWS.iter().filter(|row| matches!(row.place, Where::Everywhere) || row.place == Where::Only(command));
            let mut seen = Vec::new();
            for spelled in rows.flat_map(|row| row.spelled) {
                assert!(!seen.contains(spelled), "{command} {spelled} twice");
                seen.push(spelled);
                let accepted = known.get_arguments().any(|one| match spelled.strip_prefix("--") {
                    Some(long) => one.get_long() == Some(long) || one.get_all_aliases().is_some_and(|all| all.contains(&long)),
                    None => {
                        let shorts: Vec<char> = one.get_short_and_visible_aliases().unwrap_or_default();
                        spelled.len() == 2 && shorts.iter().any(|short| spelled.ends_with(*short))
                    }
                });
                assert!(!accepted, "{command} takes {spelled} itself");
            }
        }
    }
}
