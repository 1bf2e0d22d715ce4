//! A client that sends when something has arrived, and knows nothing of what arrived: the floor under every load generator on epoll.

use super::{BUFFER_BYTES, EVENTS, doing, new_epoll};
use rustix::{
    buffer::spare_capacity,
    event::epoll::{self, EventData, EventFlags},
    io::Errno,
    net::{RecvFlags, SendFlags, recv, send},
};
use std::{
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Waits between two looks at the clock, which no request pays for.
const WAITS_PER_LOOK: u32 = 64;

#[derive(clap::Args)]
pub struct Arguments {
    /// Where to send
    address: SocketAddr,
    /// How many connections
    #[arg(long)]
    connections: usize,
    /// For how many seconds
    #[arg(long)]
    seconds: f64,
    /// The request as it goes over the wire
    #[arg(long)]
    request: String,
}

/// Sends until the time is over, and prints how many answers came and how many that is a second.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let epoll = new_epoll()?;
    let mut sockets = Vec::new();
    for number in 0..arguments.connections {
        let socket = TcpStream::connect(arguments.address).map_err(|error| format!("can't connect: {error}"))?;
        socket.set_nonblocking(true).map_err(|error| format!("can't go on without blocking: {error}"))?;
        let interest = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        epoll::add(&epoll, &socket, EventData::new_u64(number as u64), interest).map_err(doing("watch a connection"))?;
        sockets.push(socket);
    }
    let end = Instant::now() + Duration::from_secs_f64(arguments.seconds);
    let request = arguments.request.as_bytes();
    let mut answers = 0u64;
    for socket in &sockets {
        send(socket, request, SendFlags::NOSIGNAL).map_err(doing("send"))?;
    }
    let mut events = Vec::with_capacity(EVENTS);
    let mut buffer = vec![0; BUFFER_BYTES];
    while Instant::now() < end {
        for _ in 0..WAITS_PER_LOOK {
            events.clear();
            match epoll::wait(&epoll, spare_capacity(&mut events), None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(doing("wait")(errno)),
            }
            for event in &events {
                let socket = &sockets[event.data.u64() as usize];
                match recv(socket, &mut buffer[..], RecvFlags::empty()) {
                    Ok((0, _)) => return Err("the server closed a connection".to_owned()),
                    Ok(_) => {
                        answers += 1;
                        send(socket, request, SendFlags::NOSIGNAL).map_err(doing("send"))?;
                    }
                    // Before the first answer, the socket only says that it can be written.
                    Err(Errno::AGAIN | Errno::INTR) => {}
                    Err(errno) => return Err(doing("receive")(errno)),
                }
            }
        }
    }
    println!("{answers} {}", answers as f64 / arguments.seconds);
    Ok(())
}
