//! Local ports: how many connections the source addresses leave room for.

use crate::{config::EngineConfig, endpoint::Endpoint, error::EngineError};
use std::{collections::HashSet, fs};

/// What the kernel takes local ports from, first and last (ip_sysctl, `ip_local_port_range`).
const RANGE: &str = "/proc/sys/net/ipv4/ip_local_port_range";

/// What the local ports leave room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PortRoom {
    /// Pairs of addresses, each with all ports to itself; `None` where no ports are used.
    pairs: Option<u32>,
    /// Ports of one pair; `None` where the kernel does not tell.
    ports: Option<u32>,
}

impl PortRoom {
    /// What the addresses of this configuration have.
    pub(crate) fn of(config: &EngineConfig) -> Self {
        Self { pairs: pairs(config), ports: fs::read_to_string(RANGE).ok().and_then(|text| parse(&text)) }
    }

    /// The most connections that there are ports for.
    pub(crate) fn most_connections(self) -> u32 {
        self.pairs.zip(self.ports).map_or(u32::MAX, |(pairs, ports)| pairs.saturating_mul(ports))
    }

    /// Checks that there are ports for this many connections.
    pub(crate) fn check(self, needed: u32) -> Result<(), EngineError> {
        let most = self.most_connections();
        if needed <= most {
            return Ok(());
        }
        let (pairs, ports) = (self.pairs.unwrap_or(1), self.ports.unwrap_or(most));
        Err(EngineError::TooFewPorts { needed, most, ports, more_sources: (needed.div_ceil(ports.max(1))).saturating_sub(pairs) })
    }
}

/// A port that is bound to a source address first is taken for all destinations; one that the kernel chooses on connecting is not.
fn pairs(config: &EngineConfig) -> Option<u32> {
    let addresses: HashSet<_> =
        config.endpoints.iter().filter_map(|endpoint| if let Endpoint::Tcp(address) = endpoint { Some(address) } else { None }).collect();
    let sources: HashSet<_> = config.sources.iter().collect();
    match (addresses.len(), sources.len()) {
        (0, _) => None,
        (addresses, 0) => u32::try_from(addresses).ok(),
        (_, sources) => u32::try_from(sources).ok(),
    }
}

fn parse(text: &str) -> Option<u32> {
    let mut ends = text.split_ascii_whitespace().map(|end| end.parse::<u32>().ok());
    let (first, last) = (ends.next()??, ends.next()??);
    last.checked_sub(first).map(|span| span + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;

    fn config(endpoints: &[&str], sources: &[&str]) -> EngineConfig {
        let addresses = endpoints.iter().map(|address| address.parse().unwrap()).collect();
        let sources = sources.iter().map(|address| address.parse().unwrap()).collect();
        EngineConfig { sources, ..EngineConfig::sending(Request::get("h", "/"), addresses) }
    }

    #[test]
    fn a_range_holds_both_its_ends() {
        assert_eq!(parse("32768\t60999\n"), Some(28_232));
        assert_eq!(parse("1024 1024"), Some(1));
        assert_eq!(parse("60999 32768"), None);
        assert_eq!(parse("many"), None);
    }

    #[test]
    fn each_source_has_its_own_ports_and_so_has_each_destination_of_none() {
        assert_eq!(pairs(&config(&["127.0.0.1:80"], &[])), Some(1));
        assert_eq!(pairs(&config(&["127.0.0.1:80", "127.0.0.1:81", "127.0.0.1:80"], &[])), Some(2));
        assert_eq!(pairs(&config(&["127.0.0.1:80", "127.0.0.1:81"], &["127.0.0.2", "127.0.0.3", "127.0.0.2"])), Some(2));
        let unix = EngineConfig { endpoints: vec![Endpoint::Unix("/run/socket".into())], ..config(&[], &[]) };
        assert_eq!(PortRoom { pairs: pairs(&unix), ports: Some(1) }.most_connections(), u32::MAX);
    }

    #[test]
    fn a_plan_beyond_the_ports_is_refused_with_the_numbers() {
        let room = PortRoom { pairs: Some(1), ports: Some(28_232) };
        assert_eq!(room.check(28_232), Ok(()));
        let error = room.check(60_000).unwrap_err();
        assert_eq!(error, EngineError::TooFewPorts { needed: 60_000, most: 28_232, ports: 28_232, more_sources: 2 });
        let text = error.to_string();
        for part in ["60000 connections", "28232", "2 more source addresses", "ip_local_port_range"] {
            assert!(text.contains(part), "{text:?} lacks {part:?}");
        }
        assert_eq!(PortRoom { pairs: Some(1), ports: None }.check(1_000_000), Ok(()));
    }
}
