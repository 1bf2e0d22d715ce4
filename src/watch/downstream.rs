//! Connections that the target itself has opened to others (a database, a cache, another service), and how many of them owe it a reply.

use super::{
    sockets::{self, Seen},
    space::Space,
};
use plimsoll_core::step::Downstream;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Which connections are the target's own is found out again after so many looks: that reads the names of all its open files.
const LOOKS: u32 = 4;
/// Nor are the files of a target read that has more of them than this.
const MOST_FILES: usize = 20_000;
/// Peers that are asked for, by port.
const MOST_PEERS: usize = 8;

/// Follows the connections of one target.
#[derive(Debug, Default)]
pub(super) struct Pools {
    /// Sockets that the target has open.
    own: HashSet<u32>,
    /// Ports of others to which some of them lead.
    peers: BTreeSet<u16>,
    looks: u32,
}

impl Pools {
    /// The connections of these processes, which serve at `port` of their network namespace, to the peer that owes most replies; `None` where
    /// there are none, or they can't be seen.
    pub fn look(&mut self, processes: &[i32], port: Option<u16>, space: &Space) -> Option<Downstream> {
        if self.looks.is_multiple_of(LOOKS) {
            self.find(processes, port, space);
        }
        self.looks = self.looks.wrapping_add(1);
        let each = self.peers.iter().filter_map(|&peer| {
            let all = sockets::to_port(space, peer).ok()?;
            counted(peer, all.iter().filter(|one| self.own.contains(&one.inode) && Some(one.port) != port))
        });
        each.max_by(|a, b| a.awaiting.total_cmp(&b.awaiting).then(a.open.total_cmp(&b.open)))
    }

    fn find(&mut self, processes: &[i32], port: Option<u16>, space: &Space) {
        self.own.clear();
        self.peers.clear();
        for &process in processes {
            self.own.extend(sockets::held_by(process).take(MOST_FILES.saturating_sub(self.own.len())));
        }
        let Ok(all) = sockets::of_all(space) else { return };
        let serving: BTreeSet<u16> = all.iter().filter(|one| one.listens && self.own.contains(&one.inode)).map(|one| one.port).collect();
        let mut peers: BTreeMap<u16, usize> = BTreeMap::new();
        for one in all.iter().filter(|one| !one.listens && self.own.contains(&one.inode)) {
            if Some(one.port) != port && !serving.contains(&one.port) {
                *peers.entry(one.peer_port).or_default() += 1;
            }
        }
        let mut by_number: Vec<(usize, u16)> = peers.into_iter().map(|(peer, number)| (number, peer)).collect();
        by_number.sort_unstable_by(|a, b| b.cmp(a));
        self.peers.extend(by_number.into_iter().take(MOST_PEERS).map(|(_, peer)| peer));
    }
}

fn counted<'s>(port: u16, all: impl Iterator<Item = &'s Seen>) -> Option<Downstream> {
    let (mut open, mut awaiting) = (0.0, 0.0);
    for one in all {
        open += 1.0;
        // What it has not read is no longer owed.
        awaiting += f64::from(u8::from(one.asked && one.unread == 0));
    }
    (open > 0.0).then_some(Downstream { port, open, awaiting })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::{TcpListener, TcpStream},
    };

    #[test]
    fn connections_to_a_database_are_told_apart_by_who_owes_a_reply() {
        // This process is the target and its database at once: the ends of the listener's port are the database's.
        let database = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = database.local_addr().unwrap().port();
        let mut own: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(database.local_addr().unwrap()).unwrap()).collect();
        let mut theirs: Vec<TcpStream> = (0..3).map(|_| database.accept().unwrap().0).collect();
        for (mine, other) in own.iter_mut().zip(&mut theirs) {
            mine.write_all(b"query").unwrap();
            other.read_exact(&mut [0; 5]).unwrap();
        }
        theirs[0].write_all(b"reply").unwrap();
        let mut pools = Pools::default();
        let processes = [std::process::id().cast_signed()];
        pools.find(&processes, None, &Space::Own);
        pools.peers = BTreeSet::from([port]);
        pools.looks = 1;
        // A reply that has come is no longer owed, read or not.
        assert_eq!(pools.look(&processes, None, &Space::Own), Some(Downstream { port, open: 3.0, awaiting: 2.0 }));
        // At its own port nobody is downstream.
        pools.peers = BTreeSet::from([own[0].local_addr().unwrap().port()]);
        assert_eq!(pools.look(&processes, Some(port), &Space::Own), None);
    }
}
