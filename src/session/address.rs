//! From a URL to the address that connections go to, and to the parts of the request that the URL holds.

use super::{Family, Route};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    io,
    net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs},
    time::{Duration, Instant},
};
use url::Url;

/// A name with more addresses than this is tried only so far.
const MOST_ADDRESSES: usize = 8;
/// How long one of several addresses may take to accept.
const TRIAL: Duration = Duration::from_secs(1);

/// Why a host gives no address to connect to.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The name does not resolve.
    #[error("the name {host:?} can't be resolved to an address: {source}")]
    Name {
        /// The name.
        host: String,
        /// What the resolver says.
        source: io::Error,
    },
    /// It resolves, but not to what was asked for.
    #[error("{host} has no {} address", family.name())]
    Family {
        /// The name or address.
        host: String,
        /// The family that was asked for.
        family: Family,
    },
}

/// Where a URL's host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Its address.
    pub address: SocketAddr,
    /// How long the resolver took; `None` where it was not asked.
    pub took: Option<Duration>,
}

/// The address of a URL's host, by the route that was asked for. Of several (`localhost` often has two) it is the first that accepts a
/// connection, because a server that listens on one of them would refuse every second user; where none accepts it is the first.
///
/// # Errors
/// When the name does not resolve, or not to the family that was asked for.
pub fn resolve(url: &Url, route: &Route) -> Result<Resolved, AddressError> {
    let (found, took) = all(url, route)?;
    let first = found[0];
    let address = if found.len() == 1 {
        first
    } else {
        found.into_iter().find(|address| TcpStream::connect_timeout(address, TRIAL).is_ok()).unwrap_or(first)
    };
    Ok(Resolved { address, took })
}

/// The addresses of a URL's host, at least one and at most a few, and how long the resolver took, by the route that was asked for.
///
/// # Errors
/// As for [`resolve`].
pub fn all(url: &Url, route: &Route) -> Result<(Vec<SocketAddr>, Option<Duration>), AddressError> {
    let (host, port) = route.through(bare_host(url), url.port_or_known_default().unwrap_or_default());
    let (found, took) = match (route.given(&host, port), host.parse::<IpAddr>()) {
        (Some(addresses), _) => (addresses.iter().map(|&address| (address, port).into()).collect(), None),
        (None, Ok(address)) => (vec![(address, port).into()], None),
        (None, Err(_)) => {
            let begun = Instant::now();
            (look_up(&host, port)?, Some(begun.elapsed()))
        }
    };
    let fits = |address: &SocketAddr| route.family.is_none_or(|family| family == Family::of(address.ip()));
    let found: Vec<SocketAddr> = found.into_iter().filter(fits).take(MOST_ADDRESSES).collect();
    match (found.is_empty(), route.family) {
        (false, _) => Ok((found, took)),
        (true, Some(family)) => Err(AddressError::Family { host, family }),
        (true, None) => Err(AddressError::Name { host, source: io::ErrorKind::NotFound.into() }),
    }
}

fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, AddressError> {
    match (host, port).to_socket_addrs() {
        Ok(found) => Ok(found.collect()),
        Err(source) => Err(AddressError::Name { host: host.to_owned(), source }),
    }
}

/// The host without the brackets of an IPv6 address.
pub fn bare_host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_matches(['[', ']'])
}

/// The request target in origin form: path and query.
pub fn origin_form(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// The value of the `Host` header: the port only where it is not the usual one.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The `Authorization` value for a URL with user information (RFC 7617), or `None` without.
pub fn basic_authorization(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    Some(basic_credentials(&[decoded(url.username()), b":".to_vec(), decoded(url.password().unwrap_or_default())].concat()))
}

/// The `Authorization` value for `user:password` (RFC 7617).
pub fn basic_credentials(pair: &[u8]) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

fn decoded(text: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{ConnectTo, Given};
    use std::net::TcpListener;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_parts_of_a_request() {
        let with_all = url("http://ann:p%40ss@example.org:8080/a/b?c=d#e");
        assert_eq!(origin_form(&with_all), "/a/b?c=d");
        assert_eq!(host(&with_all), "example.org:8080");
        // "ann:p@ss"
        assert_eq!(basic_authorization(&with_all).as_deref(), Some("Basic YW5uOnBAc3M="));
        let bare = url("http://example.org:80");
        assert_eq!((origin_form(&bare).as_str(), host(&bare).as_str(), basic_authorization(&bare)), ("/", "example.org", None));
        assert_eq!(host(&url("http://[::1]:81/")), "[::1]:81");
        assert_eq!(bare_host(&url("https://[::1]/")), "::1");
    }

    #[test]
    fn of_several_addresses_the_one_that_accepts_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let resolved = resolve(&url(&format!("http://localhost:{}/", address.port())), &Route::default()).unwrap();
        assert!(resolved.address == address && resolved.took.is_some(), "{resolved:?}");
        assert_eq!(resolve(&url("http://127.0.0.1:9/"), &Route::default()).unwrap().took, None);
    }

    #[test]
    fn a_name_that_does_not_resolve_is_named() {
        // RFC 6761: names under .invalid never resolve.
        let error = resolve(&url("http://nowhere.invalid/"), &Route::default()).unwrap_err().to_string();
        assert!(error.contains("nowhere.invalid"), "{error}");
    }

    #[test]
    fn the_usual_port_goes_with_the_scheme_and_the_route_leads_elsewhere() {
        let route = |connect_to, resolve| Route { connect_to, resolve, ..Route::default() };
        let at = |text: &str, route: &Route| resolve(&url(text), route).unwrap().address.to_string();
        assert_eq!(at("http://127.0.0.1/", &Route::default()), "127.0.0.1:80");
        assert_eq!(at("https://[::1]/", &Route::default()), "[::1]:443");
        let given = Given { host: Some("nowhere.invalid".to_owned()), port: 443, addresses: vec![[10, 0, 0, 1].into()] };
        assert_eq!(at("https://nowhere.invalid/", &route(Vec::new(), vec![given.clone()])), "10.0.0.1:443");
        let instead = ConnectTo { host: None, port: Some(80), to_host: Some("nowhere.invalid".to_owned()), to_port: Some(443) };
        assert_eq!(at("http://other.invalid/", &route(vec![instead], vec![given])), "10.0.0.1:443");
    }

    #[test]
    fn an_address_of_the_other_family_is_none() {
        let only = |family| Route { family: Some(family), ..Route::default() };
        assert!(resolve(&url("http://127.0.0.1/"), &only(Family::V4)).is_ok());
        let error = resolve(&url("http://127.0.0.1/"), &only(Family::V6)).unwrap_err().to_string();
        assert_eq!(error, "127.0.0.1 has no IPv6 address");
    }
}
