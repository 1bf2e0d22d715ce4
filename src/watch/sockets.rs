//! Connections to a port, from the kernel's own list (sock_diag(7)): accepted or not, read or not, and who owes whom.

use super::space::Space;
use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::{
    SockDiagMessage,
    constants::{AF_INET, AF_INET6, IPPROTO_TCP, TCP_LISTEN},
    inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags, nlas::Nla},
};
use netlink_sys::{Socket, SocketAddr};
use std::{fs, io};

/// Longest message of a dump.
const MESSAGE_BYTES: usize = 64 << 10;
/// Where `struct tcp_info` holds the milliseconds since data was last sent and last received (linux/tcp.h).
const LAST_SENT: usize = 44;
const LAST_RECEIVED: usize = 52;

/// A socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// The port at its own end.
    pub port: u16,
    /// The port at the other end; 0 of a listener.
    pub peer_port: u16,
    /// Whether it listens.
    pub listens: bool,
    /// Its number; 0 for a connection that was not accepted yet.
    pub inode: u32,
    /// Bytes that the application has not read; of a listener, the connections that wait.
    pub unread: u32,
    /// Of a listener, how many may wait.
    pub backlog: u32,
    /// Whether it has received something since it last sent something. A tie of a millisecond counts: in a closed loop the next request follows
    /// the answer at once.
    pub owes: bool,
    /// Whether it has sent something since it last received something, ties included: it waits for a reply.
    pub asked: bool,
}

/// All sockets of a local port.
pub(super) fn of_port(space: &Space, port: u16) -> io::Result<Vec<Seen>> {
    all(space, &|id| id.source_port = port, &ExtensionFlags::INFO, &|seen| seen.port == port)
}

/// All connections to a port, at the end that has opened them.
pub(super) fn to_port(space: &Space, port: u16) -> io::Result<Vec<Seen>> {
    all(space, &|id| id.destination_port = port, &ExtensionFlags::INFO, &|seen| seen.peer_port == port)
}

/// All sockets of a network namespace, without what they last did.
pub(super) fn of_all(space: &Space) -> io::Result<Vec<Seen>> {
    all(space, &|_| {}, &ExtensionFlags::empty(), &|_| true)
}

/// The sockets that the kernel is asked for. Older kernels don't filter, so that `is_meant` does.
fn all(
    space: &Space,
    meant: &dyn Fn(&mut SocketId),
    extensions: &ExtensionFlags,
    is_meant: &dyn Fn(&Seen) -> bool,
) -> io::Result<Vec<Seen>> {
    let mut socket = space.list()?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut all = Vec::new();
    for (family, mut socket_id) in [(AF_INET, SocketId::new_v4()), (AF_INET6, SocketId::new_v6())] {
        meant(&mut socket_id);
        let request = InetRequest {
            family,
            protocol: IPPROTO_TCP,
            extensions: extensions.clone(),
            states: StateFlags::ESTABLISHED | StateFlags::CLOSE_WAIT | StateFlags::LISTEN,
            socket_id,
        };
        ask(&socket, request, &mut |response| all.extend(Some(seen(&response)).filter(is_meant)))?;
    }
    Ok(all)
}

/// The numbers of the sockets that a process has open.
pub(super) fn held_by(process: i32) -> impl Iterator<Item = u32> {
    let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read_link(file.path()).ok()?.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
}

/// Sends a request for a list, and takes in the answers.
fn ask(socket: &Socket, request: InetRequest, each: &mut dyn FnMut(InetResponse)) -> io::Result<()> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_DUMP;
    let mut packet = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
    packet.finalize();
    let mut bytes = vec![0; packet.buffer_len()];
    packet.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let mut received = vec![0; MESSAGE_BYTES];
    loop {
        let length = socket.recv(&mut &mut received[..], 0)?;
        let mut rest = received.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest).map_err(io::Error::other)?;
            match message.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => each(*response),
                NetlinkPayload::Done(_) => return Ok(()),
                NetlinkPayload::Error(error) => return Err(error.to_io()),
                _ => {}
            }
            // Messages are padded to four bytes.
            let taken = (message.header.length as usize).next_multiple_of(4).max(4);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }
}

fn seen(response: &InetResponse) -> Seen {
    let header = &response.header;
    let times = response.nlas.iter().find_map(|attribute| match attribute {
        Nla::TcpInfo(info) => Some((number(info, LAST_SENT)?, number(info, LAST_RECEIVED)?)),
        _ => None,
    });
    Seen {
        port: header.socket_id.source_port,
        peer_port: header.socket_id.destination_port,
        listens: header.state == TCP_LISTEN,
        inode: header.inode,
        unread: header.recv_queue,
        backlog: header.send_queue,
        owes: times.is_none_or(|(sent_ms_ago, received_ms_ago)| received_ms_ago <= sent_ms_ago),
        asked: times.is_some_and(|(sent_ms_ago, received_ms_ago)| sent_ms_ago <= received_ms_ago),
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::{TcpListener, TcpStream},
    };

    #[test]
    fn connections_are_told_apart_by_what_became_of_them() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut clients: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
        for client in &mut clients {
            client.write_all(b"question").unwrap();
        }
        let (mut reading, _) = listener.accept().unwrap();
        let (_ignoring, _) = listener.accept().unwrap();
        reading.read_exact(&mut [0; 8]).unwrap();
        let all = of_port(&Space::Own, address.port()).unwrap();
        let listening: Vec<&Seen> = all.iter().filter(|one| one.listens).collect();
        assert!(listening.len() == 1 && listening[0].unread == 1 && listening[0].backlog > 0, "{all:?}");
        let connections = || all.iter().filter(|one| !one.listens);
        assert_eq!(connections().filter(|one| one.inode == 0).count(), 1, "{all:?}");
        assert_eq!(connections().filter(|one| one.inode != 0 && one.unread == 8).count(), 1, "{all:?}");
        assert_eq!(connections().filter(|one| one.inode != 0 && one.unread == 0 && one.owes).count(), 1, "{all:?}");
    }
}
