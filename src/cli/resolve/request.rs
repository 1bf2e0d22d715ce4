//! What each request is.

use super::{Places, Problem};
use crate::{cli::args::RequestArgs, session::Request};
use plimsoll_core::units::{parse_duration, show_duration};
use std::{ops::RangeInclusive, time::Duration};

const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(600);

/// The generator frames each request itself.
const OWN_HEADERS: [&str; 5] = ["content-length", "transfer-encoding", "connection", "upgrade", "te"];

/// Checks method, headers, body and time-out.
///
/// # Errors
/// What is no valid method, header or time-out, and what contradicts itself.
pub fn request(typed: &RequestArgs, places: &Places<'_>) -> Result<Request, Problem> {
    let timeout = places.unit("timeout", parse_duration(&typed.timeout))?;
    if !TIMEOUTS.contains(&timeout) {
        return Err(places.range("timeout", &typed.timeout, show_duration(*TIMEOUTS.start()), show_duration(*TIMEOUTS.end())));
    }
    let default_method = if typed.body.is_some() { "POST" } else { "GET" };
    let method = typed.method.as_deref().unwrap_or(default_method).to_owned();
    if !is_token(&method) {
        return Err(Problem::usage(format!("{} {method:?} is no method", places.of("method")), "one word, like GET or POST"));
    }
    if method == "CONNECT" {
        return Err(Problem::usage(
            format!("{} CONNECT opens a tunnel and has no answer to measure", places.of("method")),
            "GET, POST or another method",
        ));
    }
    let mut headers = Vec::new();
    for line in &typed.header {
        headers.push(header(line, places)?);
    }
    if let Some(kind) = &typed.content_type {
        if typed.body.is_none() {
            return Err(Problem::usage(
                format!("{} {kind:?} describes a body, but there is none", places.of("content_type")),
                "a body with -d, or leave it out",
            ));
        }
        if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            return Err(Problem::usage(
                format!("{} and a Content-Type header both name the type of the body", places.of("content_type")),
                "only one of the two",
            ));
        }
        headers.push(header(&format!("Content-Type: {kind}"), places)?);
    }
    Ok(Request { method, headers, body: typed.body.clone().map(String::into_bytes), timeout })
}

fn header(line: &str, places: &Places<'_>) -> Result<(String, String), Problem> {
    let place = places.of("header");
    // A value can be a secret, so only the name is ever shown.
    let Some((name, value)) = line.split_once(':') else {
        let seen = line.split_whitespace().next().unwrap_or_default();
        return Err(Problem::usage(format!("{place} {seen:?}... is no header"), "'Name: value'"));
    };
    let (name, value) = (name.trim(), value.trim());
    if !is_token(name) {
        return Err(Problem::usage(format!("{place}: {name:?} is no name of a header"), "'Name: value'"));
    }
    if value.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f) {
        return Err(Problem::usage(format!("{place}: the value of {name} holds a control character"), "a value of one line"));
    }
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Problem::usage(format!("{place}: {name} is set by the tool itself"), "leave it out"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// A token of RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
