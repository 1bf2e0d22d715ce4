//! A server of one thread on epoll that answers whatever ends like a request.

use super::{Answers, BUFFER_BYTES, EVENTS, NO_CONNECTION, answers::Writer, doing, new_epoll};
use rustix::{
    buffer::spare_capacity,
    event::epoll::{self, EventData, EventFlags},
    fd::OwnedFd,
    io::Errno,
    net::{RecvFlags, SendFlags, SocketFlags, accept_with, recv, send},
};
use std::{collections::HashMap, io::Write, net::TcpListener, os::fd::AsRawFd};

/// Connections that may wait to be accepted; the kernel takes less where net.core.somaxconn is lower.
const BACKLOG: i32 = 65_535;

#[derive(clap::Args)]
pub struct Arguments {
    /// What it answers
    #[arg(long, value_enum)]
    answers: Answers,
    /// The port on 127.0.0.1; 0 for a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
}

/// Prints its address, then serves until it is ended.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).map_err(|error| format!("can't listen: {error}"))?;
    rustix::net::listen(&listener, BACKLOG).map_err(doing("widen the backlog"))?;
    listener.set_nonblocking(true).map_err(|error| format!("can't listen without blocking: {error}"))?;
    let address = listener.local_addr().map_err(|error| format!("can't tell the address: {error}"))?;
    println!("{address}");
    std::io::stdout().flush().map_err(|error| format!("can't tell the address: {error}"))?;
    Server::on(&listener, arguments.answers)?.serve()
}

struct Server<'l> {
    listener: &'l TcpListener,
    epoll: OwnedFd,
    connections: HashMap<u64, OwnedFd>,
    answers: Writer,
    buffer: Vec<u8>,
}

impl<'l> Server<'l> {
    fn on(listener: &'l TcpListener, answers: Answers) -> Result<Self, String> {
        let epoll = new_epoll()?;
        epoll::add(&epoll, listener, EventData::new_u64(NO_CONNECTION), EventFlags::IN).map_err(doing("watch the listener"))?;
        Ok(Self { listener, epoll, connections: HashMap::new(), answers: Writer::of(answers), buffer: vec![0; BUFFER_BYTES] })
    }

    fn serve(&mut self) -> Result<(), String> {
        let mut events = Vec::with_capacity(EVENTS);
        loop {
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(doing("wait")(errno)),
            }
            for event in &events {
                match event.data.u64() {
                    NO_CONNECTION => self.accept()?,
                    number => self.answer(number),
                }
            }
        }
    }

    fn accept(&mut self) -> Result<(), String> {
        loop {
            match accept_with(self.listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
                Ok(socket) => {
                    let number = socket.as_raw_fd() as u64;
                    epoll::add(&self.epoll, &socket, EventData::new_u64(number), EventFlags::IN).map_err(doing("watch a connection"))?;
                    self.connections.insert(number, socket);
                }
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                Err(errno) => return Err(doing("accept a connection")(errno)),
            }
        }
    }

    /// Answers a request that arrived whole, as small ones do; a connection that ended, or on which an answer does not fit, is closed.
    fn answer(&mut self, number: u64) {
        let Some(socket) = self.connections.get(&number) else { return };
        let stays = match recv(socket, &mut self.buffer[..], RecvFlags::empty()) {
            Ok((0, _)) => false,
            Ok((bytes, _)) if self.buffer[..bytes].ends_with(b"\r\n\r\n") => {
                let answer = self.answers.next();
                send(socket, answer, SendFlags::NOSIGNAL).is_ok_and(|sent| sent == answer.len())
            }
            Ok(_) | Err(Errno::AGAIN | Errno::INTR) => true,
            Err(_) => false,
        };
        if !stays {
            self.connections.remove(&number);
        }
    }
}
