//! What each request is.

use super::{Places, Problem, body::body};
use crate::{
    cli::args::RequestArgs,
    session::{Request, basic_credentials},
};
use plimsoll_core::units::{parse_duration, show_duration};
use std::{ops::RangeInclusive, time::Duration};

const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(600);

/// The generator frames each request itself.
const OWN_HEADERS: [&str; 5] = ["content-length", "transfer-encoding", "connection", "upgrade", "te"];

/// Checks method, headers, credentials and time-out.
///
/// # Errors
/// What is no valid method, header or time-out, and what contradicts itself.
pub fn request(typed: &RequestArgs, places: &Places<'_>) -> Result<Request, Problem> {
    let timeout = places.unit("timeout", parse_duration(&typed.timeout))?;
    if !TIMEOUTS.contains(&timeout) {
        return Err(places.range("timeout", &typed.timeout, show_duration(*TIMEOUTS.start()), show_duration(*TIMEOUTS.end())));
    }
    let body = body(typed, places)?;
    let method = method(typed, places, if body.is_some() { "POST" } else { "GET" })?;
    let mut headers = Vec::new();
    for line in &typed.header {
        headers.push(header(line, places)?);
    }
    let holds = |name: &str| headers.iter().any(|(given, _): &(String, String)| given.eq_ignore_ascii_case(name));
    let (types, authorizes) = (holds("content-type"), holds("authorization"));
    if let Some(kind) = &typed.content_type {
        headers.push(content_type(kind, places, body.is_some(), types)?);
    }
    if let Some(pair) = &typed.basic_auth {
        headers.push(basic_auth(pair, places, authorizes)?);
    }
    if typed.no_keepalive && typed.connection.http2 {
        return Err(Problem::usage(
            format!("{} contradicts {}: connections of HTTP/2 are kept", places.of("no_keepalive"), places.of("http2")),
            "only one of the two",
        ));
    }
    Ok(Request { method, headers, body, timeout, keep_alive: !typed.no_keepalive, follow: typed.location })
}

fn method(typed: &RequestArgs, places: &Places<'_>, default: &str) -> Result<String, Problem> {
    let method = typed.method.as_deref().unwrap_or(default);
    if method.bytes().all(|byte| byte.is_ascii_digit()) {
        // h2load spells streams so.
        return Err(Problem::usage(
            format!("{} {method:?} is no method", places.of("method")),
            format!("one word, like GET or POST; requests at one time on a connection are --http2 --streams {method}"),
        ));
    }
    if !is_token(method) {
        return Err(Problem::usage(format!("{} {method:?} is no method", places.of("method")), "one word, like GET or POST"));
    }
    if method == "CONNECT" {
        return Err(Problem::usage(
            format!("{} CONNECT opens a tunnel and has no answer to measure", places.of("method")),
            "GET, POST or another method",
        ));
    }
    Ok(method.to_owned())
}

fn content_type(kind: &str, places: &Places<'_>, has_body: bool, is_given: bool) -> Result<(String, String), Problem> {
    if !has_body {
        // wrk spells the time-out so.
        let hint = match parse_duration(kind) {
            Ok(_) => format!("a body with -d, or --timeout {kind}"),
            Err(_) => "a body with -d, or leave it out".to_owned(),
        };
        return Err(Problem::usage(format!("{} {kind:?} describes a body, but there is none", places.of("content_type")), hint));
    }
    if is_given {
        return Err(Problem::usage(
            format!("{} and a Content-Type header both name the type of the body", places.of("content_type")),
            "only one of the two",
        ));
    }
    header(&format!("Content-Type: {kind}"), places)
}

/// The header of RFC 7617. The value is a secret and never shown.
fn basic_auth(pair: &str, places: &Places<'_>, is_given: bool) -> Result<(String, String), Problem> {
    let place = places.of("basic_auth");
    if !pair.contains(':') {
        return Err(Problem::usage(
            format!("{place} names a user without a password"),
            format!("{place} USER:PASSWORD, or USER: for an empty one"),
        ));
    }
    if is_given {
        return Err(Problem::usage(format!("{place} and an Authorization header both say who asks"), "only one of the two"));
    }
    Ok(("Authorization".to_owned(), basic_credentials(pair.as_bytes())))
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
