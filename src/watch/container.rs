//! A target in a container: behind a port of this machine whose listener only passes connections on, or at an address of its own.
//!
//! docker-proxy says in its arguments where it leads. What holds a port for podman has the container, or a part of itself in the container's network
//! namespace, among its children. Where the kernel passes connections on, one that is opened for a moment is looked for in all other namespaces.

use super::{
    sockets,
    space::{self, Space},
    whom::{Found, families},
};
use crate::{launch::Process, proc};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    net::{IpAddr, SocketAddr, TcpStream},
    path::PathBuf,
    time::Duration,
};

/// How long the connection may take that shows where others lead.
const TRIAL: Duration = Duration::from_millis(500);
/// States of a socket in the kernel's tables (include/net/tcp_states.h).
const TIME_WAIT: u8 = 6;
const LISTEN: u8 = 10;

/// Who listens in the container for which this process holds a port of the machine; `None` where it leads elsewhere, or that can't be seen.
pub(super) fn behind(relay: i32, port: u16) -> Option<Found> {
    let name = proc::text(&format!("/proc/{relay}/comm"))?;
    match name.trim() {
        "docker-proxy" => {
            let to = destination(&proc::text(&format!("/proc/{relay}/cmdline"))?)?;
            let mut at = spaces().into_iter().filter(|space| space.owns(to.ip()));
            at.find_map(|space| space.serving(Some(to.port()), format!("docker-proxy leads to {to}")))
        }
        name @ ("conmon" | "rootlessport") => {
            let family = Inhabited::family(&[relay]);
            let space = spaces().into_iter().find(|space| space.0.iter().any(|process| family.0.contains(process)))?;
            space.serving(inside(&space.ports(), port), format!("{name} holds port {port} for it"))
        }
        _ => None,
    }
}

/// Who listens where connections to this address end, once the kernel has passed them on into another network namespace. Unless the address is this
/// machine's own, it has to be one of that namespace: the same address may be another machine's.
pub(super) fn reached(address: SocketAddr, is_own: bool) -> Option<Found> {
    let mut spaces = spaces();
    spaces.retain(|space| is_own || space.owns(address.ip()));
    if spaces.is_empty() {
        return None;
    }
    let trial = TcpStream::connect_timeout(&address, TRIAL).ok()?;
    let from = trial.local_addr().ok()?.port();
    let mut ends = spaces.iter().filter_map(|space| Some((space, space.end_of(from)?)));
    let (space, port) = ends.next()?;
    // Another connection from a port of the same number: which of them it is can't be told.
    if ends.next().is_some() {
        return None;
    }
    space.serving(Some(port), if is_own { format!("{address} leads to its port {port}") } else { format!("at {address}") })
}

/// The only port at which these processes of one container and their descendants listen.
pub(super) fn only_port(roots: &[i32]) -> Option<u16> {
    let ports = Inhabited::family(roots).ports();
    ports.first().copied().filter(|_| ports.len() == 1)
}

/// Where docker-proxy leads, by its arguments, each of which ends with a zero.
fn destination(arguments: &str) -> Option<SocketAddr> {
    let after = |flag: &str| arguments.split('\0').skip_while(|word| word.trim_start_matches('-') != flag).nth(1);
    Some(SocketAddr::new(after("container-ip")?.parse().ok()?, after("container-port")?.parse().ok()?))
}

/// The port in a container that a port of the machine leads to: its only one, or that of the same number.
fn inside(ports: &BTreeSet<u16>, outside: u16) -> Option<u16> {
    if ports.len() == 1 { ports.first().copied() } else { ports.get(&outside).copied() }
}

/// Processes of a network namespace, those with the lowest ids first.
#[derive(Debug)]
struct Inhabited(Vec<i32>);

/// Those of all namespaces but this process's own, as far as they may be seen.
fn spaces() -> Vec<Inhabited> {
    let own = space::own();
    let mut by_name: BTreeMap<PathBuf, Vec<i32>> = BTreeMap::new();
    for process in proc::all() {
        if let Some(name) = space::name(process).filter(|name| Some(name) != own.as_ref()) {
            by_name.entry(name).or_default().push(process);
        }
    }
    let sorted = |mut processes: Vec<i32>| {
        processes.sort_unstable();
        Inhabited(processes)
    };
    by_name.into_values().map(sorted).collect()
}

impl Inhabited {
    /// These processes and their descendants.
    fn family(roots: &[i32]) -> Self {
        Self(families(roots).iter().map(Process::id).collect())
    }

    /// Those that listen at a port; all of them where it is not known. `None` where there are none.
    fn serving(&self, port: Option<u16>, container: String) -> Option<Found> {
        let roots = port.map_or_else(|| self.0.clone(), |port| self.listeners(port));
        let space = Space::of(*roots.first()?);
        Some(Found { roots, port, space, container: Some(container) })
    }

    fn listeners(&self, port: u16) -> Vec<i32> {
        let at_port: HashSet<u32> = self.rows().iter().filter(|row| row.listens_at(port)).map(|row| row.inode).collect();
        self.0.iter().copied().filter(|process| sockets::held_by(*process).any(|inode| at_port.contains(&inode))).collect()
    }

    /// The ports at which they listen themselves: dockerd answers to names in a container's namespace.
    fn ports(&self) -> BTreeSet<u16> {
        let held: HashSet<u32> = self.0.iter().flat_map(|process| sockets::held_by(*process)).collect();
        self.rows().iter().filter(|row| row.state == LISTEN && held.contains(&row.inode)).map(|row| row.port).collect()
    }

    /// The port here of a connection from a port elsewhere.
    fn end_of(&self, from: u16) -> Option<u16> {
        let rows = self.rows();
        let mut ends = rows.iter().filter(|row| row.peer_port == from && row.state != TIME_WAIT && row.state != LISTEN);
        ends.next().map(|row| row.port)
    }

    fn owns(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(_) => in_trie(&self.table("fib_trie"), address),
            IpAddr::V6(_) => in_interfaces(&self.table("if_inet6"), address),
        }
    }

    fn rows(&self) -> Vec<Row> {
        ["tcp", "tcp6"].iter().flat_map(|name| rows(&self.table(name))).collect()
    }

    /// A file of the namespace, by the first of its processes that still runs.
    fn table(&self, name: &str) -> String {
        self.0.iter().find_map(|process| fs::read_to_string(format!("/proc/{process}/net/{name}")).ok()).unwrap_or_default()
    }
}

/// A socket in /proc/PID/net/tcp or tcp6 (proc_pid_net(5)), which anybody may read who sees the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    port: u16,
    peer_port: u16,
    state: u8,
    inode: u32,
}

impl Row {
    fn listens_at(self, port: u16) -> bool {
        self.state == LISTEN && self.port == port
    }
}

fn rows(table: &str) -> Vec<Row> {
    let port = |end: &str| u16::from_str_radix(end.rsplit_once(':')?.1, 16).ok();
    let row = |line: &str| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (own, peer, state) = (fields.next()?, fields.next()?, fields.next()?);
        let inode = fields.nth(5)?.parse().ok()?;
        Some(Row { port: port(own)?, peer_port: port(peer)?, state: u8::from_str_radix(state, 16).ok()?, inode })
    };
    table.lines().filter_map(row).collect()
}

/// Whether /proc/PID/net/fib_trie lists an address of IPv4 as the namespace's own: among the lines below its leaf.
fn in_trie(trie: &str, address: IpAddr) -> bool {
    let address = address.to_string();
    let mut is_its = false;
    trie.lines().map(str::trim).any(|line| match line.strip_prefix("|-- ") {
        Some(leaf) => {
            is_its = leaf == address;
            false
        }
        None => is_its && line == "/32 host LOCAL",
    })
}

/// The same of IPv6, in /proc/PID/net/if_inet6.
fn in_interfaces(interfaces: &str, address: IpAddr) -> bool {
    let IpAddr::V6(address) = address else { return false };
    let digits = format!("{:032x}", u128::from(address));
    interfaces.lines().any(|line| line.split_ascii_whitespace().next() == Some(digits.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a namespace at the end of a pair of interfaces.
    const TRIE: &str = "Main:
  +-- 0.0.0.0/0 2 0 2
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 172.17.0.0/30 2 0 1
        |-- 172.17.0.0
           /30 link UNICAST
        |-- 172.17.0.2
           /32 link UNICAST
           /32 host LOCAL
        |-- 172.17.0.3
           /32 link BROADCAST
";

    #[test]
    fn an_address_is_a_namespaces_own_where_the_kernel_says_so() {
        let own = |address: &str| in_trie(TRIE, address.parse().unwrap());
        assert!(own("172.17.0.2") && own("127.0.0.1"));
        assert!(!own("172.17.0.3") && !own("172.17.0.0") && !own("172.17.0.20") && !own("72.17.0.2"));
        let interfaces = "fd000000000000000000000000000002 02 40 00 80     eth0\n00000000000000000000000000000001 01 80 10 80       lo\n";
        let own = |address: &str| in_interfaces(interfaces, address.parse().unwrap());
        assert!(own("fd00::2") && own("::1") && !own("fd00::20") && !own("172.17.0.2"));
    }

    #[test]
    fn sockets_in_the_kernels_tables() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1478 1 00000000a0607437 100 0 0 10 0
   1: 020011AC:0050 010011AC:9AD9 01 00000000:00000010 00:00000000 00000000    33        0 75943 1 000000006ff7b192 20 4 30 10 -1
   2: 0000000000000000FFFF0000020011AC:0050 0000000000000000FFFF0000010011AC:9ADA 03 00000000:00000000 01:00000064 00000000     0        0 0 1 0
  torn";
        let row = |peer_port, state, inode| Row { port: 80, peer_port, state, inode };
        assert_eq!(rows(table), [row(0, LISTEN, 1478), row(0x9AD9, 1, 75943), row(0x9ADA, 3, 0)]);
        assert!(rows(table)[0].listens_at(80) && !rows(table)[0].listens_at(81) && !rows(table)[1].listens_at(80));
    }

    #[test]
    fn where_docker_proxy_leads_stands_in_its_arguments() {
        let before = "/usr/bin/docker-proxy\0-proto\0tcp\0-host-ip\x000.0.0.0\0-host-port\x008080\0";
        let led = |after: &str| destination(&format!("{before}{after}"));
        let v4 = "-container-ip\x00172.17.0.2\0-container-port\x0080\0-use-listen-fd\0";
        assert_eq!(led(v4), Some(SocketAddr::from(([172, 17, 0, 2], 80))));
        assert_eq!(led("-container-ip\0fd00::2\0-container-port\x0080\0"), Some("[fd00::2]:80".parse().unwrap()));
        for wrong in
            ["", "-container-ip\x00172.17.0.2\0", "-container-ip\0web\0-container-port\x0080\0", "-container-port\x0080\0-container-ip"]
        {
            assert_eq!(led(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn of_several_ports_that_of_the_same_number_is_meant() {
        let inside = |ports: &[u16]| inside(&ports.iter().copied().collect(), 8080);
        assert_eq!((inside(&[80]), inside(&[80, 8080]), inside(&[80, 443]), inside(&[])), (Some(80), Some(8080), None, None));
    }
}
