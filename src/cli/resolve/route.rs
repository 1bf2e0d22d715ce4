//! Hosts, ports and addresses, in the spellings of curl.

use crate::session::{ConnectTo, Given};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// More source addresses than this are a mistake: each has some 28,000 ports.
const MOST_SOURCES: usize = 1024;

/// Reads `HOST:PORT:ADDR:PORT`, or says what is wrong.
pub fn connect_to(text: &str) -> Result<ConnectTo, String> {
    let (host, rest) = split_host(text)?;
    let (from_port, rest) = rest.split_once(':').ok_or("it ends before the address to connect to")?;
    let (to_host, to_port) = split_host(rest)?;
    Ok(ConnectTo { host: some(host), port: port(from_port)?, to_host: some(to_host), to_port: port(to_port)? })
}

/// Reads `HOST:PORT:ADDRESS[,ADDRESS]...`, or says what is wrong.
pub fn resolve(text: &str) -> Result<Given, String> {
    let (host, rest) = split_host(text)?;
    let (from_port, addresses) = rest.split_once(':').ok_or("it ends before the address")?;
    let port = port(from_port)?.ok_or("it has no port")?;
    let addresses = addresses.split(',').map(|text| address(text.trim())).collect::<Result<Vec<_>, _>>()?;
    match host {
        "" => Err("it has no host (* is any)".to_owned()),
        "*" => Ok(Given { host: None, port, addresses }),
        host => Ok(Given { host: Some(host.to_owned()), port, addresses }),
    }
}

/// Reads local addresses: one, `127.0.0.2-9`, or `127.0.0.2-127.0.1.9`.
pub fn sources(text: &str) -> Result<Vec<IpAddr>, String> {
    let Some((first, last)) = text.split_once('-') else { return Ok(vec![address(text)?]) };
    let first = address(first)?;
    let last = match (first, last.parse::<u8>()) {
        (IpAddr::V4(first), Ok(last)) => {
            let [a, b, c, _] = first.octets();
            IpAddr::from([a, b, c, last])
        }
        _ => address(last)?,
    };
    let (low, high) = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => (u128::from(first.to_bits()), u128::from(last.to_bits())),
        (IpAddr::V6(first), IpAddr::V6(last)) => (first.to_bits(), last.to_bits()),
        _ => return Err(format!("{first} and {last} are of different families")),
    };
    let count = high.checked_sub(low).ok_or_else(|| format!("it ends before it begins: {last} comes before {first}"))?.saturating_add(1);
    if count > MOST_SOURCES as u128 {
        return Err(format!("it holds more than {MOST_SOURCES} addresses"));
    }
    let nth = |bits: u128| match first {
        // The sum stays between two IPv4 addresses.
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(bits as u32)),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(bits)),
    };
    Ok((low..=high).map(nth).collect())
}

/// Splits at the colon after a host, which may be an IPv6 address in brackets; the brackets are taken off.
fn split_host(text: &str) -> Result<(&str, &str), String> {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once("]:").ok_or_else(|| "a bracket is not closed, or no colon follows it".to_owned());
    }
    text.split_once(':').ok_or_else(|| format!("no colon follows {text:?}"))
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn port(text: &str) -> Result<Option<u16>, String> {
    match text.parse() {
        _ if text.is_empty() => Ok(None),
        Ok(0) | Err(_) => Err(format!("{text:?} is no port")),
        Ok(port) => Ok(Some(port)),
    }
}

fn address(text: &str) -> Result<IpAddr, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().map_err(|_| format!("{text:?} is no IP address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_is_read_with_its_gaps_and_brackets() {
        let read = |text: &str| connect_to(text).map(|entry| (entry.host, entry.port, entry.to_host, entry.to_port));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(read("a.org:80:b.org:81"), Ok((text("a.org"), Some(80), text("b.org"), Some(81))));
        assert_eq!(read("::127.0.0.1:8443"), Ok((None, None, text("127.0.0.1"), Some(8443))));
        assert_eq!(read("[::1]:80:[fe80::2]:"), Ok((text("::1"), Some(80), text("fe80::2"), None)));
        assert_eq!(read(":::"), Ok((None, None, None, None)));
        for wrong in ["", "a.org", "a.org:80", "a.org:80:b.org", "a.org:http:b.org:80", "[::1:80:b.org:1", "a.org:0:b.org:1"] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn given_addresses_are_read() {
        let read = |text: &str| resolve(text).map(|entry| (entry.host, entry.port, entry.addresses));
        let addresses = |all: &[&str]| all.iter().map(|one| one.parse::<IpAddr>().unwrap()).collect::<Vec<_>>();
        assert_eq!(read("a.org:80:10.0.0.1"), Ok((Some("a.org".to_owned()), 80, addresses(&["10.0.0.1"]))));
        assert_eq!(read("*:443:10.0.0.1,[::1],::2"), Ok((None, 443, addresses(&["10.0.0.1", "::1", "::2"]))));
        for wrong in ["a.org:80", "a.org::10.0.0.1", ":80:10.0.0.1", "a.org:80:b.org", "a.org:80:", "a.org:80:10.0.0.1,"] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_range_of_sources_holds_both_its_ends() {
        let read = |text: &str| sources(text).map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        assert_eq!(read("127.0.0.2").as_deref(), Ok("127.0.0.2"));
        assert_eq!(read("127.0.0.2-4").as_deref(), Ok("127.0.0.2 127.0.0.3 127.0.0.4"));
        assert_eq!(read("10.0.0.255-10.0.1.1").as_deref(), Ok("10.0.0.255 10.0.1.0 10.0.1.1"));
        assert_eq!(read("fe80::f-fe80::10").as_deref(), Ok("fe80::f fe80::10"));
        assert_eq!(sources("10.0.0.0-10.0.3.255").unwrap().len(), 1024);
        for wrong in ["eth0", "127.0.0.4-2", "127.0.0.2-::1", "127.0.0.2-300", "10.0.0.0-10.0.4.0", "::-ffff::", ""] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
