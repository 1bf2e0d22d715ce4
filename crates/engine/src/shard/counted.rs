//! The request path by itself, for its instructions to be counted: a shard with one connection, whose events are given to it by hand.

use super::{Command, Shard, ShardLoad};
use crate::{config::EngineConfig, engine::shard_configs, error::EngineError, record::Borders, request::Request};
use rustix::event::{
    EventfdFlags,
    epoll::{Event, EventData, EventFlags},
    eventfd,
};
use std::{
    io::{self, Read, Write},
    net::TcpListener,
    sync::mpsc::channel,
    time::Duration,
};

/// Longer than any count takes, so that neither a border nor a time-out is on the path.
const LONG: Duration = Duration::from_secs(3600);

/// Why the path can't be counted.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// The engine can't go on.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The peer, which is this process too, can't.
    #[error("the peer can't go on: {0}")]
    Peer(#[from] io::Error),
}

/// Sends `requests` over one connection of a closed loop and gives each the next of `answers`, which are of HTTP/1.1. All that the engine does
/// for a request happens in [`turn`], and nothing else does.
///
/// # Errors
/// When a socket can't be used.
///
/// # Panics
/// When an answer is not the good end of its request.
pub fn request_path(answers: &[Vec<u8>], requests: u64) -> Result<(), CountError> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let request = Request::get("localhost", "/");
    let config = EngineConfig { timeout: LONG, ..EngineConfig::sending(request, vec![listener.local_addr()?]) };
    let wake = eventfd(0, EventfdFlags::CLOEXEC).map_err(EngineError::doing("create an eventfd"))?;
    let ((orders, commands), (messages, _news)) = (channel(), channel());
    let config = shard_configs(&config, 1)?.remove(0);
    let mut shard = Shard::prepared(config, &wake, commands, messages)?;
    let borders = Borders { start: shard.now, batch: LONG, batches: 1, limits: vec![Duration::from_millis(500)] };
    let load = ShardLoad::Users { users: 1, think: Duration::ZERO };
    // Both ends of the channel are in this function.
    drop(orders.send(Command::Load { step: 1, from: shard.now, load, borders: Some(borders), requests: None }));
    shard.obey()?;
    // The user starts at a moment of its own.
    shard.now = shard.timers.next();
    shard.due()?;
    let (mut peer, _) = listener.accept()?;
    let mut space = [0; 4096];
    let mut flags = EventFlags::OUT;
    for answer in answers.iter().cycle().take(requests as usize + 1) {
        let event = Event { flags, data: EventData::new_u64(shard.slots.get(0).token(0)) };
        turn(&mut shard, &event)?;
        // A request is far smaller than what a socket takes at once.
        let read = peer.read(&mut space)?;
        assert!(space[..read].ends_with(b"\r\n\r\n"), "each answer makes the next request");
        peer.write_all(answer)?;
        flags = EventFlags::IN | EventFlags::OUT;
    }
    Ok(())
}

/// What the engine does when an answer has come: all that is counted.
#[inline(never)]
fn turn(shard: &mut Shard, event: &Event) -> Result<(), EngineError> {
    shard.turn(std::slice::from_ref(event)).map(drop)
}
