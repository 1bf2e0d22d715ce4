//! How requests get to a target, as it was asked for: nothing here has been read or resolved.

use std::{net::IpAddr, num::NonZeroU32, path::PathBuf};

/// The way to a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Whose certificates are taken, over TLS.
    pub trust: Trust,
    /// The client's own certificate, over TLS.
    pub identity: Option<IdentityFiles>,
    /// Most requests at one time on a connection of HTTP/2; `None` for HTTP/1.1.
    pub streams: Option<NonZeroU32>,
    /// How the address is found.
    pub route: Route,
    /// Local addresses of one family that connections come from, in turn; none for the kernel's choice.
    pub sources: Vec<IpAddr>,
}

/// Whose certificates are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those of authorities that the system trusts.
    #[default]
    System,
    /// Those of authorities in this PEM file, and no other.
    File(PathBuf),
    /// Anybody's.
    Anybody,
}

/// The client's own certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityFiles {
    /// A PEM file with the certificate.
    pub certificate: PathBuf,
    /// A PEM file with its key; it may be the same.
    pub key: PathBuf,
}

/// How the address of a host is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The Unix-domain socket that all connections go to.
    pub unix_socket: Option<PathBuf>,
    /// Hosts and ports that others stand in for; the first that fits counts.
    pub connect_to: Vec<ConnectTo>,
    /// Hosts whose addresses are given; the first that fits counts.
    pub resolve: Vec<Given>,
    /// The family that an address must be of.
    pub family: Option<Family>,
}

/// `HOST:PORT:ADDR:PORT`: what another host and port stand in for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    /// The host that is meant, without brackets; `None` for any.
    pub host: Option<String>,
    /// The port that is meant; `None` for any.
    pub port: Option<u16>,
    /// The host or address that stands in for it, without brackets; `None` for the same.
    pub to_host: Option<String>,
    /// The port that stands in for it; `None` for the same.
    pub to_port: Option<u16>,
}

/// `HOST:PORT:ADDRESS[,ADDRESS]...`: the addresses of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The host, without brackets; `None` for any.
    pub host: Option<String>,
    /// The port.
    pub port: u16,
    /// Its addresses; at least one.
    pub addresses: Vec<IpAddr>,
}

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }
}

impl Route {
    /// Whether connections may go elsewhere than the address says.
    pub fn leads_elsewhere(&self) -> bool {
        !self.connect_to.is_empty() || !self.resolve.is_empty()
    }

    /// The host and port that stand in for these, before names are resolved.
    pub fn through(&self, host: &str, port: u16) -> (String, u16) {
        match self.connect_to.iter().find(|entry| entry.fits(host, port)) {
            Some(entry) => (entry.to_host.clone().unwrap_or_else(|| host.to_owned()), entry.to_port.unwrap_or(port)),
            None => (host.to_owned(), port),
        }
    }

    /// The addresses that were given for a host and port; `None` where none were.
    pub fn given(&self, host: &str, port: u16) -> Option<&[IpAddr]> {
        self.resolve.iter().find(|entry| entry.fits(host, port)).map(|entry| entry.addresses.as_slice())
    }
}

impl ConnectTo {
    /// Whether it is meant for this host and port.
    pub fn fits(&self, host: &str, port: u16) -> bool {
        self.host.as_ref().is_none_or(|mine| mine.eq_ignore_ascii_case(host)) && self.port.is_none_or(|mine| mine == port)
    }
}

impl Given {
    /// Whether it is meant for this host and port.
    pub fn fits(&self, host: &str, port: u16) -> bool {
        self.host.as_ref().is_none_or(|mine| mine.eq_ignore_ascii_case(host)) && self.port == port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instead(host: Option<&str>, port: Option<u16>, to_host: Option<&str>, to_port: Option<u16>) -> ConnectTo {
        ConnectTo { host: host.map(str::to_owned), port, to_host: to_host.map(str::to_owned), to_port }
    }

    #[test]
    fn the_first_entry_that_fits_stands_in_and_what_it_leaves_open_stays() {
        let route = Route {
            connect_to: vec![
                instead(Some("a.org"), Some(80), Some("b.org"), None),
                instead(Some("A.org"), None, None, Some(8443)),
                instead(None, Some(99), Some("::1"), Some(1)),
            ],
            ..Route::default()
        };
        for (host, port, want) in
            [("A.ORG", 80, ("b.org", 80)), ("a.org", 443, ("a.org", 8443)), ("c.org", 99, ("::1", 1)), ("c.org", 98, ("c.org", 98))]
        {
            assert_eq!(route.through(host, port), (want.0.to_owned(), want.1), "{host}:{port}");
        }
    }

    #[test]
    fn given_addresses_are_for_one_port() {
        let entry = |host: Option<&str>, port, address: &str| Given {
            host: host.map(str::to_owned),
            port,
            addresses: vec![address.parse().unwrap()],
        };
        let route = Route { resolve: vec![entry(Some("a.org"), 80, "10.0.0.1"), entry(None, 80, "10.0.0.2")], ..Route::default() };
        let first = |host, port| route.given(host, port).map(|addresses| addresses[0].to_string());
        assert_eq!(first("A.org", 80).as_deref(), Some("10.0.0.1"));
        assert_eq!(first("b.org", 80).as_deref(), Some("10.0.0.2"));
        assert_eq!(first("a.org", 443), None);
    }
}
