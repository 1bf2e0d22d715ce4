//! Where the body of each request comes from.

use super::{Places, Problem};
use crate::{cli::args::RequestArgs, session::Body};
use plimsoll_core::units::{parse_duration, show_duration};
use std::path::Path;

/// Reads what was said of a body; files are read later.
///
/// # Errors
/// Two bodies, and what is rather the length of a run than a body.
pub fn body(typed: &RequestArgs, places: &Places<'_>) -> Result<Option<Body>, Problem> {
    match (&typed.body, &typed.body_file) {
        (Some(_), Some(file)) => Err(Problem::usage(
            format!("{} and {} {} are two bodies", places.of("body"), places.of("body_file"), file.display()),
            "only one of the two",
        )),
        (Some(text), None) => match text.strip_prefix('@') {
            Some(file) => Ok(Some(file_or_stdin(Path::new(file)))),
            None => duration_or(typed, places, text).map(|()| Some(Body::Text(text.clone()))),
        },
        (None, Some(file)) => match file.to_str() {
            Some(text) => duration_or(typed, places, text).map(|()| Some(file_or_stdin(file))),
            None => Ok(Some(file_or_stdin(file))),
        },
        (None, None) => Ok(None),
    }
}

fn file_or_stdin(file: &Path) -> Body {
    if file == Path::new("-") { Body::Stdin } else { Body::File(file.to_owned()) }
}

/// wrk and h2load spell the length of a run `-d 10s` and `-D 10s`. Whoever means a body says so with the method.
fn duration_or(typed: &RequestArgs, places: &Places<'_>, text: &str) -> Result<(), Problem> {
    let id = if typed.body.is_some() { "body" } else { "body_file" };
    match parse_duration(text) {
        Ok(duration) if typed.method.is_none() => Err(Problem::usage(
            format!("{} {text} is the body of each request, and this looks like {}", places.of(id), show_duration(duration)),
            format!("--time {text} with find or -z {text} with hold for the length of a run; -m POST with it where a body is meant"),
        )),
        _ => Ok(()),
    }
}
