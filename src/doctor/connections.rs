//! How many connections there can be, and how quickly they can come.

use super::Check;
use plimsoll_core::units::{show_count, show_number};

/// What a search goes up to unless it is told otherwise: below this the machine sets the limit.
const MANY: u32 = 10_000;
/// A listener with a shorter queue drops connections that come in one burst.
const SHORT_QUEUE: u64 = 1024;
/// How long a closed connection keeps its port (TCP_TIMEWAIT_LEN of the kernel), in seconds.
const TIME_WAIT_S: f64 = 60.0;

/// File descriptors: one for each connection. `connections` is what the hard limit leaves room for.
pub fn files(soft: Option<u64>, hard: Option<u64>, connections: Option<u32>) -> Check {
    const NAME: &str = "file_descriptors";
    let (Some(soft), Some(hard), Some(connections)) = (soft, hard, connections) else {
        return Check::unknown(NAME, "each connection takes one");
    };
    let limit = |limit: u64| if limit == u64::MAX { "unlimited".to_owned() } else { show_count(limit) };
    let value = format!("soft {}, hard {}", limit(soft), limit(hard));
    let means = format!("{} connections at one time; the soft limit is raised at the start", show_count(u64::from(connections)));
    let remedy = "prlimit --pid $$ --nofile=1048576:1048576 (as root), or LimitNOFILE=1048576 of a service";
    match connections {
        0 => Check::blocked(NAME, value, "no connection can be opened", remedy),
        few if few < MANY => Check::short(NAME, value, means, remedy),
        _ => Check::good(NAME, value, means),
    }
}

/// Local ports, first and last: one for each connection from one address to another.
pub fn ports(range: Option<(u16, u16)>) -> Check {
    const NAME: &str = "local_ports";
    let Some((first, last)) = range else { return Check::unknown(NAME, "each connection takes one of its source address") };
    let (ports, value) = (count(first, last), format!("{first} to {last}"));
    let means = format!("{} connections from each source address to one target address", show_count(u64::from(ports)));
    if ports < MANY {
        Check::short(NAME, value, means, "sysctl -w net.ipv4.ip_local_port_range='1024 65535'")
    } else {
        Check::good(NAME, value, means)
    }
}

/// Whether ports of closed connections are used again (`tcp_tw_reuse`: 0 no, 1 yes, 2 on loopback).
pub fn reuse(tw_reuse: Option<u64>, range: Option<(u16, u16)>) -> Check {
    const NAME: &str = "time_wait_reuse";
    let lasting = range.map(|(first, last)| f64::from(count(first, last)) / TIME_WAIT_S);
    let lasting = lasting.map_or_else(|| "a few hundred".to_owned(), show_number);
    let elsewhere = format!("not more than {lasting} connections opened and closed a second");
    match tw_reuse {
        None => Check::unknown(NAME, "it limits how many connections can be opened and closed a second"),
        Some(0) => Check::short(NAME, "off", elsewhere, "sysctl -w net.ipv4.tcp_tw_reuse=1"),
        Some(1) => Check::good(NAME, "on", "ports of closed connections are used again after a second"),
        Some(_) => Check::good(NAME, "on loopback", format!("to another machine, {elsewhere}; connections that are kept cost nothing")),
    }
}

/// How long the queue of a listener on this machine may be (`somaxconn`).
pub fn listen_backlog(somaxconn: Option<u64>) -> Check {
    queue("listen_backlog", somaxconn, "connections wait to be accepted by a server on this machine", "net.core.somaxconn")
}

/// How many connections may be half open (`tcp_max_syn_backlog`).
pub fn syn_backlog(length: Option<u64>) -> Check {
    queue("syn_backlog", length, "connections may be half open at a server on this machine", "net.ipv4.tcp_max_syn_backlog")
}

fn queue(name: &'static str, length: Option<u64>, what: &str, setting: &str) -> Check {
    let Some(length) = length else { return Check::unknown(name, format!("so many {what}")) };
    let value = show_count(length);
    if length < SHORT_QUEUE {
        Check::short(name, value, format!("so few {what}: a burst of new ones is dropped"), format!("sysctl -w {setting}=4096"))
    } else {
        Check::good(name, value, format!("so many {what}"))
    }
}

fn count(first: u16, last: u16) -> u32 {
    (u32::from(last) + 1).saturating_sub(u32::from(first))
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn file_descriptors_carry_connections() {
        for (hard, connections, state, part) in [
            (20_000, 19_970, State::Good, "19,970 connections"),
            (u64::MAX, u32::MAX, State::Good, "4,294,967,295 connections"),
            (4_096, 4_066, State::Short, "4,066 connections"),
            (16, 0, State::Blocked, "no connection"),
        ] {
            let check = files(Some(1024), Some(hard), Some(connections));
            assert_eq!(check.state, state, "{check:?}");
            assert!(check.means.contains(part) && check.value.starts_with("soft 1,024, hard "), "{check:?}");
        }
        assert_eq!(files(None, Some(9), Some(9)).state, State::Unknown);
    }

    #[test]
    fn a_range_of_ports_holds_both_its_ends() {
        for (range, state, part) in [
            ((32_768, 60_999), State::Good, "28,232 connections"),
            ((0, 65_535), State::Good, "65,536 connections"),
            ((40_000, 49_998), State::Short, "9,999 connections"),
            ((50_000, 40_000), State::Short, "0 connections"),
        ] {
            let check = ports(Some(range));
            assert_eq!(check.state, state, "{check:?}");
            assert!(check.means.contains(part), "{check:?}");
        }
    }

    #[test]
    fn ports_that_wait_limit_new_connections() {
        let range = Some((32_768, 60_999));
        for (setting, state, part) in
            [(0, State::Short, "471 connections"), (1, State::Good, "again after a second"), (2, State::Good, "another machine")]
        {
            let check = reuse(Some(setting), range);
            assert_eq!(check.state, state, "{check:?}");
            assert!(check.means.contains(part), "{check:?}");
        }
        assert!(reuse(Some(0), None).means.contains("a few hundred"));
    }

    #[test]
    fn short_queues_name_the_setting() {
        assert_eq!((listen_backlog(Some(4_096)).state, syn_backlog(Some(1_024)).state), (State::Good, State::Good));
        for (check, setting) in
            [(listen_backlog(Some(128)), "net.core.somaxconn"), (syn_backlog(Some(128)), "net.ipv4.tcp_max_syn_backlog")]
        {
            assert_eq!(check.state, State::Short);
            assert!(check.remedy.unwrap().contains(setting));
        }
    }
}
