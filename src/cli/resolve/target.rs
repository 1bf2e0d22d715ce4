//! What a target may be.

use super::{Problem, connection::socket_path};
use crate::{lab::SpecError, session::Target};
use std::path::PathBuf;
use url::{ParseError, Url};

const EXAMPLE: &str = "http://127.0.0.1:8080/, https://example.org/, unix:/run/app.sock or lab:pool?workers=4";

/// Reads a target without asking the system whether it is there.
///
/// # Errors
/// When the text is no target, or one of a kind that this version does not measure.
pub fn target(text: &str) -> Result<Target, Problem> {
    if text.starts_with("lab:") {
        // The error of a specification names the value, its place and what would be right there.
        return text.parse().map(Target::Lab).map_err(|error: SpecError| Problem::said(format!("TARGET: {error}")));
    }
    if let Some(rest) = text.strip_prefix("unix:") {
        return unix(text, rest);
    }
    let shown = crate::session::redact_url(text);
    if let Some((scheme, _)) = text.split_once(':')
        && ["ws", "wss"].contains(&scheme.to_ascii_lowercase().as_str())
    {
        return Err(Problem::usage(format!("TARGET {shown:?}: {scheme} is not in this version"), "an http:// or https:// address"));
    }
    let url = Url::parse(text).map_err(|error| {
        let problem = Problem::usage(format!("TARGET {shown:?} is no address: {error}"), EXAMPLE);
        if error == ParseError::RelativeUrlWithoutBase { problem.hint(format!("http://{text}")) } else { problem }
    })?;
    if !["http", "https"].contains(&url.scheme()) {
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

/// `unix:SOCKET[:/PATH]`, or `unix://` before an absolute path.
fn unix(text: &str, rest: &str) -> Result<Target, Problem> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (socket, path) = match rest.split_once(":/") {
        Some((socket, path)) => (socket, path),
        None => (rest, ""),
    };
    socket_path(&format!("TARGET {:?}", crate::session::redact_url(text)), &PathBuf::from(socket))?;
    let url = Url::parse(&format!("http://localhost/{path}"))
        .map_err(|error| Problem::usage(format!("TARGET: /{path} is no path to ask for: {error}"), "unix:/run/app.sock:/path"))?;
    Ok(Target::Unix { socket: socket.into(), url })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_and_what_is_asked_of_it() {
        for (text, socket, url) in [
            ("unix:/run/app.sock", "/run/app.sock", "http://localhost/"),
            ("unix:/run/app.sock:/shop?a=b:/c", "/run/app.sock", "http://localhost/shop?a=b:/c"),
            ("unix:///run/app.sock", "/run/app.sock", "http://localhost/"),
            ("unix:app.sock:/", "app.sock", "http://localhost/"),
        ] {
            match target(text) {
                Ok(Target::Unix { socket: read, url: asked }) => assert_eq!((read.to_str(), asked.as_str()), (Some(socket), url), "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(target("unix:").is_err() && target("unix::/a").is_err());
        assert!(target(&format!("unix:/{}", "a".repeat(107))).is_err());
    }
}
