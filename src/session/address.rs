//! From a URL to the address that connections go to, and to the parts of the request that the URL holds.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::{Duration, Instant},
};
use url::{Host, Url};

/// A name with more addresses than this is tried only so far.
const MOST_ADDRESSES: usize = 8;
/// How long one of several addresses may take to accept.
const TRIAL: Duration = Duration::from_secs(1);
const HTTP_PORT: u16 = 80;

/// A name that has no address.
#[derive(Debug, thiserror::Error)]
#[error("the name {host:?} can't be resolved to an address: {source}")]
pub struct NameError {
    /// The name.
    pub host: String,
    /// What the resolver says.
    pub source: io::Error,
}

/// Where a URL's host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Its address.
    pub address: SocketAddr,
    /// How long the resolver took; `None` for a host that is an address already.
    pub took: Option<Duration>,
}

/// The address of a URL's host. Of several (`localhost` often has two) it is the first that accepts a connection, because a server that
/// listens on one of them would refuse every second user; where none accepts it is the first.
///
/// # Errors
/// When the name does not resolve.
pub fn resolve(url: &Url) -> Result<Resolved, NameError> {
    let port = url.port().unwrap_or(HTTP_PORT);
    let failed = |host: &str, source| NameError { host: host.to_owned(), source };
    let name = match url.host() {
        Some(Host::Ipv4(address)) => return Ok(Resolved { address: (address, port).into(), took: None }),
        Some(Host::Ipv6(address)) => return Ok(Resolved { address: (address, port).into(), took: None }),
        Some(Host::Domain(name)) => name,
        None => return Err(failed("", io::ErrorKind::InvalidInput.into())),
    };
    let begun = Instant::now();
    let found: Vec<SocketAddr> = (name, port).to_socket_addrs().map_err(|source| failed(name, source))?.take(MOST_ADDRESSES).collect();
    let took = Some(begun.elapsed());
    let first = *found.first().ok_or_else(|| failed(name, io::ErrorKind::NotFound.into()))?;
    if found.len() == 1 {
        return Ok(Resolved { address: first, took });
    }
    let accepts = found.into_iter().find(|address| TcpStream::connect_timeout(address, TRIAL).is_ok());
    Ok(Resolved { address: accepts.unwrap_or(first), took })
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
    let bytes = [decoded(url.username()), b":".to_vec(), decoded(url.password().unwrap_or_default())].concat();
    Some(format!("Basic {}", STANDARD.encode(bytes)))
}

fn decoded(text: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
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
    }

    #[test]
    fn of_several_addresses_the_one_that_accepts_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let resolved = resolve(&url(&format!("http://localhost:{}/", address.port()))).unwrap();
        assert!(resolved.address == address && resolved.took.is_some(), "{resolved:?}");
        assert_eq!(resolve(&url("http://127.0.0.1:9/")).unwrap().took, None);
    }

    #[test]
    fn a_name_that_does_not_resolve_is_named() {
        // RFC 6761: names under .invalid never resolve.
        let error = resolve(&url("http://nowhere.invalid/")).unwrap_err().to_string();
        assert!(error.contains("nowhere.invalid"), "{error}");
    }
}
