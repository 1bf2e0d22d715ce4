//! The engine's threads: started, spoken to, and ended.

use crate::{
    clock::{Moment, whole_ns},
    config::EngineConfig,
    error::EngineError,
    files::FileRoom,
    selfcheck::SelfCheck,
    shard::{Command, Message, News, Shard, ShardConfig},
};
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

/// Descriptors that a shard needs besides its connections: epoll and eventfd.
const FILES_PER_SHARD: u32 = 2;
/// How often a wait for news looks whether all threads are alive.
const LIVENESS: Duration = Duration::from_millis(100);

/// A load generator, ready for steps ([`plimsoll_core::step::Driver`]). Between steps the last load goes on; dropping the engine ends it.
#[derive(Debug)]
pub struct Engine {
    pub(crate) shards: Vec<ShardHandle>,
    pub(crate) messages: Receiver<Message>,
    pub(crate) started: Moment,
    pub(crate) step: u64,
    pub(crate) seed: u64,
    pub(crate) selfcheck: SelfCheck,
    files: FileRoom,
    max_connections: Option<u32>,
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
        if config.addresses.is_empty() {
            return Err(EngineError::NoAddress);
        }
        if let Some(&cpu) = config.cpus.iter().flatten().find(|&&cpu| cpu >= CpuSet::MAX_CPU) {
            return Err(EngineError::NoSuchCpu(cpu));
        }
        let request: Arc<[u8]> = config.request.encode()?.into();
        let files = FileRoom::claim()?;
        let threads = config.threads.get();
        files.check(FILES_PER_SHARD.saturating_mul(threads).saturating_add(config.max_connections.unwrap_or(1)))?;
        let room = files.most_connections().saturating_sub(FILES_PER_SHARD * threads);
        let (to_us, messages) = channel();
        let mut shards = Vec::new();
        for index in 0..threads {
            let shard = ShardConfig {
                index,
                shards: threads,
                addresses: config.addresses.clone(),
                request: Arc::clone(&request),
                method: config.request.method.clone(),
                keep_alive: config.request.keep_alive,
                timeout_ns: whole_ns(config.timeout),
                limits: config.limits,
                max_connections: plimsoll_core::schedule::share_of_users(config.max_connections.unwrap_or(room), index, threads).max(1),
                cpu: config.cpus.as_ref().and_then(|cpus| cpus.get(index as usize % cpus.len().max(1)).copied()),
                seed: config.seed.wrapping_add(u64::from(index) << 32),
            };
            shards.push(spawn(shard, to_us.clone())?);
        }
        let selfcheck = SelfCheck::default();
        let mut engine = Self {
            shards,
            messages,
            started: Moment::now(),
            step: 0,
            seed: config.seed,
            selfcheck,
            files,
            max_connections: config.max_connections,
        };
        engine.meet_threads()?;
        engine.started = Moment::now();
        Ok(engine)
    }

    /// The most users, or connections of an open loop, that the limit on file descriptors leaves room for.
    pub fn max_users(&self) -> u32 {
        self.files.most_connections().saturating_sub(FILES_PER_SHARD * self.shards.len() as u32)
    }

    /// The most connections that an open loop will use.
    pub fn max_connections(&self) -> u32 {
        self.max_connections.unwrap_or_else(|| self.max_users())
    }

    /// Checks that there are file descriptors for this many users.
    pub(crate) fn check_files(&self, users: u32) -> Result<(), EngineError> {
        if users <= self.max_users() {
            return Ok(());
        }
        self.files.check(users.saturating_add(FILES_PER_SHARD * self.shards.len() as u32))
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
