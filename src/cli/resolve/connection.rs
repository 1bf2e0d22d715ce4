//! How requests get to the target, and what of it contradicts itself or the target.

use super::{Places, route, whole};
use crate::{
    cli::{args::ConnectionArgs, problem::Problem},
    session::{Connection, Family, IdentityFiles, Route, Target, Trust},
};
use std::{net::IpAddr, num::NonZeroU32, path::Path};

/// Each user is somebody else, with a connection of their own: a hundred of them on one connection would meet only one of a server's workers.
const STREAMS: u32 = 1;
const MOST_STREAMS: f64 = 10_000.0;
/// A path in `sockaddr_un` has room for so many bytes and the zero after them (unix(7)).
const LONGEST_SOCKET_PATH: usize = 107;

/// Checks the way to this target. `follow` says that redirects may lead to other hosts and schemes.
///
/// # Errors
/// What can't be read, and what contradicts itself, the target, or does nothing there.
pub fn connection(typed: &ConnectionArgs, places: &Places<'_>, target: &Target, follow: bool) -> Result<Connection, Problem> {
    fits_target(typed, places, target, follow)?;
    let sources = sources(typed, places)?;
    let route = Route {
        unix_socket: typed.unix_socket.clone(),
        connect_to: read_all(places, "connect_to", &typed.connect_to, "HOST:PORT:ADDR:PORT", route::connect_to)?,
        resolve: read_all(places, "resolve", &typed.resolve, "HOST:PORT:ADDRESS", route::resolve)?,
        family: family(typed, places, &sources)?,
    };
    if let (Target::Http(url), false) = (target, follow) {
        let host = url.host_str().unwrap_or_default();
        is_used(&route, places, host.trim_matches(['[', ']']), url.port_or_known_default().unwrap_or_default())?;
    }
    if let Some(path) = &route.unix_socket {
        socket_path(&places.of("unix_socket"), path)?;
    }
    Ok(Connection { trust: trust(typed, places)?, identity: identity(typed, places)?, streams: streams(typed, places)?, route, sources })
}

/// Checks that the path of a socket fits into an address.
///
/// # Errors
/// An empty path, and one that is too long.
pub fn socket_path(place: &str, path: &Path) -> Result<(), Problem> {
    match path.as_os_str().len() {
        0 => Err(Problem::usage(format!("{place} names no socket"), "the path of the socket that the server listens on")),
        1..=LONGEST_SOCKET_PATH => Ok(()),
        long => Err(Problem::usage(
            format!(
                "{place} {}: the path has {long} bytes, and the address of a socket has room for {LONGEST_SOCKET_PATH}",
                path.display()
            ),
            "a shorter path: a link to its directory, or a relative one",
        )),
    }
}

/// Flags that would do nothing with this target.
fn fits_target(typed: &ConnectionArgs, places: &Places<'_>, target: &Target, follow: bool) -> Result<(), Problem> {
    let tls =
        [("insecure", typed.insecure), ("cacert", typed.cacert.is_some()), ("cert", typed.cert.is_some()), ("key", typed.key.is_some())];
    let tcp =
        [("connect_to", !typed.connect_to.is_empty()), ("resolve", !typed.resolve.is_empty()), ("ipv4", typed.ipv4), ("ipv6", typed.ipv6)];
    let given = |flags: &[(&'static str, bool)]| flags.iter().find(|(_, given)| *given).map(|(id, _)| *id);
    let void = |id: &str, why: &str, hint: &str| Err(Problem::usage(format!("{} does nothing here: {why}", places.of(id)), hint));
    let is_plain = target.url().is_some_and(|url| url.scheme() == "http");
    match target {
        Target::Lab(_) => {
            let others = [("http2", typed.http2), ("unix_socket", typed.unix_socket.is_some()), ("location", follow)];
            match given(&tls).or_else(|| given(&tcp)).or_else(|| given(&others)) {
                Some(id) => void(
                    id,
                    "lab: servers speak HTTP/1.1 in plain text at a local address, and never redirect",
                    "leave it out, or name a server of yours",
                ),
                None => Ok(()),
            }
        }
        Target::Started(_) if typed.unix_socket.is_some() => {
            void("unix_socket", "a command that is started is asked over TCP", "leave it out, and give TARGET with its port")
        }
        Target::Unix { .. } if typed.unix_socket.is_some() => void("unix_socket", "the target is a socket itself", "only one of the two"),
        Target::Http(_) | Target::Started(_) if is_plain && !follow && given(&tls).is_some() => {
            let hint = "an https:// target; connections are kept alive without asking (ab's -k)";
            void(given(&tls).unwrap_or_default(), "http:// is plain text without certificates", hint)
        }
        Target::Unix { .. } if !follow && given(&tls).is_some() => {
            let hint = "https://HOST/ with --unix-socket PATH, for TLS over the socket";
            void(given(&tls).unwrap_or_default(), "a unix: target is asked in plain text", hint)
        }
        _ => {
            let over_socket = typed.unix_socket.is_some() || matches!(target, Target::Unix { .. });
            match given(&tcp).or((!typed.source.is_empty()).then_some("source")) {
                Some(id) if over_socket => void(id, "a Unix-domain socket has neither ports nor addresses", "leave it out"),
                _ => Ok(()),
            }
        }
    }
}

/// Entries that are for other hosts and ports than the target's.
fn is_used(route: &Route, places: &Places<'_>, host: &str, port: u16) -> Result<(), Problem> {
    let unused = |id: &str, host: &str, port: u16| {
        Err(Problem::usage(
            format!("{} does nothing here: no entry is for {host}:{port}, where requests go", places.of(id)),
            format!("{} {host}:{port}:...", places.of(id)),
        ))
    };
    if !route.connect_to.is_empty() && !route.connect_to.iter().any(|entry| entry.fits(host, port)) {
        return unused("connect_to", host, port);
    }
    let (host, port) = route.through(host, port);
    if !route.resolve.is_empty() && route.given(&host, port).is_none() {
        return unused("resolve", &host, port);
    }
    Ok(())
}

fn read_all<T>(
    places: &Places<'_>,
    id: &str,
    texts: &[String],
    form: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, Problem> {
    let one = |text: &String| {
        read(text).map_err(|why| Problem::usage(format!("{} {text:?}: {why}", places.of(id)), format!("{} {form}", places.of(id))))
    };
    texts.iter().map(one).collect()
}

fn sources(typed: &ConnectionArgs, places: &Places<'_>) -> Result<Vec<IpAddr>, Problem> {
    let all = read_all(places, "source", &typed.source, "127.0.0.2, or a range such as 127.0.0.2-9", |text| route::sources(text.trim()))?;
    let all: Vec<IpAddr> = all.into_iter().flatten().collect();
    match all.first().and_then(|first| all.iter().find(|other| Family::of(**other) != Family::of(*first)).map(|other| (first, other))) {
        Some((first, other)) => Err(Problem::usage(
            format!("{} {first} and {other} are of different families, and a connection has one", places.of("source")),
            "addresses of one family",
        )),
        None => Ok(all),
    }
}

/// The family that was asked for, or that the source addresses are of.
fn family(typed: &ConnectionArgs, places: &Places<'_>, sources: &[IpAddr]) -> Result<Option<Family>, Problem> {
    let asked = match (typed.ipv4, typed.ipv6) {
        (true, true) => {
            return Err(Problem::usage(
                format!("{} and {} contradict each other", places.of("ipv4"), places.of("ipv6")),
                "only one of the two, or neither for any address",
            ));
        }
        (true, false) => Some(Family::V4),
        (false, true) => Some(Family::V6),
        (false, false) => None,
    };
    let of_sources = sources.first().map(|source| (Family::of(*source), source));
    match (asked, of_sources) {
        (Some(asked), Some((other, source))) if asked != other => Err(Problem::usage(
            format!("{} {source} is no {} address, and only such were asked for", places.of("source"), asked.name()),
            format!("{} addresses of that family", places.of("source")),
        )),
        (asked, of_sources) => Ok(asked.or(of_sources.map(|(family, _)| family))),
    }
}

fn trust(typed: &ConnectionArgs, places: &Places<'_>) -> Result<Trust, Problem> {
    match &typed.cacert {
        Some(_) if typed.insecure => Err(Problem::usage(
            format!("{} checks certificates that {} leaves unchecked", places.of("cacert"), places.of("insecure")),
            "only one of the two",
        )),
        Some(file) => Ok(Trust::File(file.clone())),
        None if typed.insecure => Ok(Trust::Anybody),
        None => Ok(Trust::System),
    }
}

fn identity(typed: &ConnectionArgs, places: &Places<'_>) -> Result<Option<IdentityFiles>, Problem> {
    match (&typed.cert, &typed.key) {
        (None, Some(key)) => Err(Problem::usage(
            format!("{} {} is the key of no certificate", places.of("key"), key.display()),
            format!("{} FILE with the certificate", places.of("cert")),
        )),
        (None, None) => Ok(None),
        (Some(certificate), key) => {
            Ok(Some(IdentityFiles { certificate: certificate.clone(), key: key.clone().unwrap_or_else(|| certificate.clone()) }))
        }
    }
}

fn streams(typed: &ConnectionArgs, places: &Places<'_>) -> Result<Option<NonZeroU32>, Problem> {
    if !typed.http2 {
        return match &typed.streams {
            Some(_) => Err(Problem::usage(
                format!("{} are of HTTP/2, which was not asked for", places.of("streams")),
                format!("--http2 with it, or leave {} out", places.of("streams")),
            )),
            None => Ok(None),
        };
    }
    let streams = typed.streams.as_deref().map_or(Ok(f64::from(STREAMS)), |text| whole(places, "streams", text, MOST_STREAMS))?;
    Ok(NonZeroU32::new(streams as u32))
}
