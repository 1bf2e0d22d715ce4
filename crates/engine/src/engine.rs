//! The engine's threads: started, spoken to, and ended.

use crate::{
    clock::{Moment, whole_ns},
    config::{EngineConfig, Protocol},
    error::EngineError,
    files::FileRoom,
    http2::{Blocks, SessionConfig},
    ports::PortRoom,
    selfcheck::SelfCheck,
    shard::{Command, Message, News, Shard, ShardConfig},
};
use plimsoll_core::schedule::share_of_users;
use rustix::{
    event::{EventfdFlags, eventfd},
    fd::OwnedFd,
    thread::CpuSet,
};
use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

/// How often a wait for news looks whether all threads are alive.
const LIVENESS: Duration = Duration::from_millis(100);

/// A load generator, ready for steps ([`plimsoll_core::step::Driver`]). Between steps the last load goes on; dropping the engine ends it.
#[derive(Debug)]
pub struct Engine {
    pub(crate) shards: Vec<ShardHandle>,
    pub(crate) messages: Receiver<Message>,
    /// When time began, as far as it counts.
    pub(crate) started: Moment,
    /// Since when no load was on between two steps.
    pub(crate) rests_since: Option<Moment>,
    pub(crate) step: u64,
    pub(crate) seed: u64,
    pub(crate) selfcheck: SelfCheck,
    files: FileRoom,
    ports: PortRoom,
    /// Requests that a connection carries at one time.
    streams: u32,
    max_in_flight: Option<u32>,
}

/// The coordinator's end of one shard.
#[derive(Debug)]
pub(crate) struct ShardHandle {
    commands: Sender<Command>,
    wake: OwnedFd,
    thread: Option<JoinHandle<()>>,
}

impl ShardHandle {
    /// Hands a command over and wakes the shard.
    pub(crate) fn order(&self, command: Command) -> Result<(), EngineError> {
        // A shard that ended is found out, with its reason, when its news is awaited.
        drop(self.commands.send(command));
        rustix::io::write(&self.wake, &1u64.to_ne_bytes()).map(drop).map_err(EngineError::doing("wake a thread"))
    }

    fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Engine {
    /// Starts the threads; no connection is opened before the first step.
    ///
    /// # Errors
    /// When the request is no HTTP, there is no address, the limit on file descriptors leaves no room, or the system refuses a thread or epoll.
    pub fn start(config: EngineConfig) -> Result<Self, EngineError> {
        if config.endpoints.is_empty() {
            return Err(EngineError::NoAddress);
        }
        if let Some(&cpu) = config.cpus.iter().flatten().find(|&&cpu| cpu >= CpuSet::MAX_CPU) {
            return Err(EngineError::NoSuchCpu(cpu));
        }
        if matches!(config.protocol, Protocol::Http2 { .. }) && !config.request.keep_alive {
            return Err(EngineError::ClosesSharedConnections);
        }
        let ports = PortRoom::of(&config);
        let streams = config.protocol.streams();
        let threads = config.threads.get();
        let files = FileRoom::claim(threads)?;
        let connections = config.max_in_flight.map_or(1, |most| most.div_ceil(streams));
        files.check(connections)?;
        ports.check(connections)?;
        let room = files.most_connections().min(ports.most_connections()).saturating_mul(streams);
        let (to_us, messages) = channel();
        let mut shards = Vec::new();
        for shard in shard_configs(&config, room)? {
            shards.push(spawn(shard, to_us.clone())?);
        }
        let selfcheck = SelfCheck::default();
        let mut engine = Self {
            shards,
            messages,
            started: Moment::now(),
            rests_since: None,
            step: 0,
            seed: config.seed,
            selfcheck,
            files,
            ports,
            streams,
            max_in_flight: config.max_in_flight,
        };
        engine.meet_threads()?;
        engine.started = Moment::now();
        Ok(engine)
    }

    /// The most users, or requests of an open loop at one time, that the limits on file descriptors and ports leave room for.
    pub fn max_users(&self) -> u32 {
        self.files.most_connections().min(self.ports.most_connections()).saturating_mul(self.streams)
    }

    /// Whether ports, rather than file descriptors, are what limits [`Engine::max_users`].
    pub fn is_limited_by_ports(&self) -> bool {
        self.ports.most_connections() < self.files.most_connections()
    }

    /// The most requests that an open loop will have in flight.
    pub fn max_in_flight(&self) -> u32 {
        self.max_in_flight.unwrap_or_else(|| self.max_users())
    }

    /// Checks that there are file descriptors and ports for this many users.
    pub(crate) fn check_room(&self, users: u32) -> Result<(), EngineError> {
        let connections = users.div_ceil(self.streams);
        self.files.check(connections)?;
        self.ports.check(connections)
    }

    fn meet_threads(&mut self) -> Result<(), EngineError> {
        let mut threads = Vec::new();
        while threads.len() < self.shards.len() {
            if let Some(Message { news: News::Ready(thread), .. }) = self.news(LIVENESS)? {
                threads.push(thread);
            }
        }
        self.selfcheck = SelfCheck::of_threads(threads);
        Ok(())
    }

    /// The next message of a shard, or `None` when `patience` runs out first.
    pub(crate) fn news(&self, patience: Duration) -> Result<Option<Message>, EngineError> {
        match self.messages.recv_timeout(patience.min(LIVENESS)) {
            Ok(Message { news: News::Failed(error), .. }) => Err(error),
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => match self.shards.iter().position(ShardHandle::has_ended) {
                Some(dead) => Err(EngineError::ShardDied(dead as u32)),
                None => Ok(None),
            },
            Err(RecvTimeoutError::Disconnected) => Err(EngineError::ShardDied(0)),
        }
    }

    /// Gives each shard the command that `command` makes for its number.
    pub(crate) fn order_all(&self, mut command: impl FnMut(u32) -> Command) -> Result<(), EngineError> {
        (0u32..).zip(&self.shards).try_for_each(|(index, shard)| shard.order(command(index)))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for shard in &self.shards {
            // A wake-up that fails leaves the sender to be dropped below, which ends the loop at its next event.
            drop(shard.order(Command::Stop));
        }
        for shard in &mut self.shards {
            if let Some(thread) = shard.thread.take() {
                drop(thread.join());
            }
        }
    }
}

/// What each shard needs to know, where `room` requests of an open loop may be in flight.
pub(crate) fn shard_configs(config: &EngineConfig, room: u32) -> Result<Vec<ShardConfig>, EngineError> {
    let request: Arc<[u8]> = config.request.encode()?.into();
    let session = Arc::new(SessionConfig {
        blocks: Blocks::of(&config.request, config.tls.is_some())?,
        body: config.request.body.clone(),
        answers_head: config.request.method == "HEAD",
        limits: config.limits,
        streams: config.protocol.streams(),
    });
    let threads = config.threads.get();
    let of_shard = |index: u32| ShardConfig {
        index,
        shards: threads,
        endpoints: config.endpoints.clone(),
        sources: config.sources.clone(),
        tls: config.tls.clone(),
        protocol: config.protocol,
        request: Arc::clone(&request),
        session: Arc::clone(&session),
        method: config.request.method.clone(),
        keep_alive: config.request.keep_alive,
        timeout_ns: whole_ns(config.timeout),
        limits: config.limits,
        max_in_flight: share_of_users(config.max_in_flight.unwrap_or(room), index, threads).max(1),
        spin_ns: whole_ns(config.spin),
        cpu: config.cpus.as_ref().and_then(|cpus| cpus.get(index as usize % cpus.len().max(1)).copied()),
        seed: config.seed.wrapping_add(u64::from(index) << 32),
    };
    Ok((0..threads).map(of_shard).collect())
}

fn spawn(config: ShardConfig, messages: Sender<Message>) -> Result<ShardHandle, EngineError> {
    let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(EngineError::doing("create an eventfd"))?;
    let (commands, orders) = channel();
    let name = format!("plimsoll-load-{}", config.index);
    let shard = Shard::prepared(config, &wake, orders, messages)?;
    let thread = std::thread::Builder::new().name(name).spawn(move || shard.run()).map_err(|error| EngineError::System {
        action: "start a thread",
        errno: rustix::io::Errno::from_io_error(&error).unwrap_or(rustix::io::Errno::AGAIN),
    })?;
    Ok(ShardHandle { commands, wake, thread: Some(thread) })
}
