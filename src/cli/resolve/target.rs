//! What a target may be.

use super::Problem;
use crate::{lab::SpecError, session::Target};
use url::{ParseError, Url};

const EXAMPLE: &str = "http://127.0.0.1:8080/ or lab:pool?workers=4";

/// Reads a target without asking the system whether it is there.
///
/// # Errors
/// When the text is no target, or one of a kind that this version does not measure.
pub fn target(text: &str) -> Result<Target, Problem> {
    if text.starts_with("lab:") {
        // The error of a specification names the value, its place and what would be right there.
        return text.parse().map(Target::Lab).map_err(|error: SpecError| Problem::said(format!("TARGET: {error}")));
    }
    let shown = crate::session::redact_url(text);
    if let Some((scheme, _)) = text.split_once(':')
        && ["https", "ws", "wss", "unix"].contains(&scheme.to_ascii_lowercase().as_str())
    {
        return Err(Problem::usage(
            format!("TARGET {shown:?}: {scheme} is not in this version"),
            "an http:// address, past whatever ends TLS",
        ));
    }
    let url = Url::parse(text).map_err(|error| {
        let problem = Problem::usage(format!("TARGET {shown:?} is no address: {error}"), EXAMPLE);
        if error == ParseError::RelativeUrlWithoutBase { problem.hint(format!("http://{text}")) } else { problem }
    })?;
    if url.scheme() != "http" {
        // "localhost:8080" reads as an address with the scheme "localhost".
        return Err(Problem::usage(format!("TARGET {shown:?} has the scheme {:?}, which is not known", url.scheme()), EXAMPLE)
            .hint(format!("http://{text}")));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Problem::usage(format!("TARGET {shown:?} names no host"), EXAMPLE));
    }
    if url.port() == Some(0) {
        return Err(Problem::usage(format!("TARGET {shown:?}: port 0 can't be connected to"), EXAMPLE));
    }
    Ok(Target::Http(url))
}
