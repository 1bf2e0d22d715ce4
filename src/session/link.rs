//! How a connection to the host of a URL is made: its address, its TLS, its protocol, and the local addresses that it comes from.

use super::{AddressError, Connection, FileError, address, files::Papers};
use plimsoll_engine::{Endpoint, Protocol, Tls};
use rustix::{
    io::Errno,
    net::{AddressFamily, SocketType, bind, socket},
};
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use url::Url;

/// A way to a server.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Where connections go.
    pub endpoint: Endpoint,
    /// TLS around each, over `https`.
    pub tls: Option<Tls>,
    /// How requests go over them.
    pub protocol: Protocol,
    /// Local addresses that they come from, in turn.
    pub sources: Vec<IpAddr>,
    /// How long the name took to resolve; `None` where there was none to resolve.
    pub resolved: Option<Duration>,
}

/// Why there is no way to a server.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It has no address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A file can't be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A local address is none of this machine's.
    #[error("no connection can come from {address} (--source): {errno}")]
    Source {
        /// The address.
        address: IpAddr,
        /// What the kernel says.
        errno: Errno,
    },
}

impl Link {
    /// The way to the host of `url`.
    ///
    /// # Errors
    /// When it has no address, or TLS can't be set up for it.
    pub(super) fn to(url: &Url, connection: &Connection, papers: &Papers) -> Result<Self, LinkError> {
        let protocol = connection.streams.map_or(Protocol::Http1, |streams| Protocol::Http2 { streams });
        let (endpoint, resolved) = match &connection.route.unix_socket {
            Some(path) => (Endpoint::Unix(path.clone()), None),
            None => {
                let found = address::resolve(url, &connection.route)?;
                (Endpoint::Tcp(found.address), found.took)
            }
        };
        let tls = (url.scheme() == "https").then(|| papers.tls(address::bare_host(url), protocol)).transpose()?;
        Ok(Self { endpoint, tls, protocol, sources: connection.sources.clone(), resolved })
    }

    /// The ways for a single request that goes before the load, to be tried in turn: what leads to a server of HTTP/2, or says that it is up,
    /// need not speak it.
    ///
    /// # Errors
    /// As [`Link::to`].
    pub(super) fn in_turn(url: &Url, connection: &Connection, papers: &Papers) -> Result<Vec<Self>, LinkError> {
        let mut ways = vec![Self::to(url, connection, papers)?];
        if connection.streams.is_some() {
            ways.push(Self::to(url, &Connection { streams: None, ..connection.clone() }, papers)?);
        }
        Ok(ways)
    }

    /// A plain one to an address.
    pub(super) fn plain(address: SocketAddr, sources: Vec<IpAddr>) -> Self {
        Self { endpoint: Endpoint::Tcp(address), tls: None, protocol: Protocol::Http1, sources, resolved: None }
    }
}

/// Checks that connections can come from these addresses: otherwise every one of them would fail, and look like the target's failure.
///
/// # Errors
/// The first that none can come from.
pub(super) fn check_sources(sources: &[IpAddr]) -> Result<(), LinkError> {
    sources.iter().try_for_each(|&address| {
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let bound = socket(family, SocketType::STREAM, None).and_then(|socket| bind(&socket, &SocketAddr::new(address, 0)));
        bound.map_err(|errno| LinkError::Source { address, errno })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_sources() {
        // 127.0.0.0/8 is all local (RFC 1122), 192.0.2.0/24 is nobody's (RFC 5737).
        let all: Vec<IpAddr> = ["127.0.0.1", "127.0.0.9", "192.0.2.1"].map(|text| text.parse().unwrap()).into();
        assert!(check_sources(&all[..2]).is_ok());
        let error = check_sources(&all).unwrap_err().to_string();
        assert!(error.contains("192.0.2.1") && error.contains("--source"), "{error}");
    }
}
