//! The loop of one thread: events of its connections, sends that are due, time-outs, and the borders of batches.

mod arrivals;
mod bell;
mod carrier_io;
mod carrier_life;
mod carriers;
mod command;
mod counted;
mod opening;
mod openings;
mod orders;
mod quota;
mod slots;
mod traffic;
mod unread;
mod users;

pub(crate) use command::{Command, Message, News, ShardLoad};
#[doc(hidden)]
pub use counted::{CountError, request_path};

use crate::{
    clock::Moment,
    config::Protocol,
    endpoint::Endpoint,
    error::EngineError,
    http1::{AnswerLimits, HeadReader},
    http2::SessionConfig,
    record::Recorder,
    timers::{Alarm, Timers},
    tls::Tls,
};
use arrivals::OpenLoop;
use bell::{BELL, Bell};
use carriers::Carriers;
use openings::Openings;
use orders::Life;
use plimsoll_core::outcome::NotSent;
use quota::Quota;
use rand::{SeedableRng, rngs::StdRng};
use rustix::{
    buffer::spare_capacity,
    event::epoll,
    fd::OwnedFd,
    io::Errno,
    thread::{CpuSet, gettid, sched_setaffinity, set_current_timer_slack},
};
use slots::{Role, Slots};
use std::{
    net::IpAddr,
    num::NonZeroU64,
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
    time::Duration,
};
use unread::Unread;
use users::Users;

/// Events taken from the kernel at one time.
const EVENTS: usize = 256;
/// The scratch buffer that all reads of a shard share.
const SCRATCH_BYTES: usize = 64 << 10;
/// The kernel ends most waits about so much late, so that it is asked for that much early. What is left is spent awake: a fifth of a core at
/// 10,000 sends a second, at the most.
const LEAD_NS: u64 = 20_000;
/// What epoll says for the eventfd of the coordinator; no slot gets this far.
const WAKE: u64 = u64::MAX;

/// What a shard needs to know to run.
#[derive(Debug)]
pub(crate) struct ShardConfig {
    pub(crate) index: u32,
    pub(crate) shards: u32,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) sources: Vec<IpAddr>,
    pub(crate) tls: Option<Tls>,
    pub(crate) protocol: Protocol,
    /// The request as HTTP/1.1 writes it; every user sends the same.
    pub(crate) request: Arc<[u8]>,
    /// The request as HTTP/2 has it.
    pub(crate) session: Arc<SessionConfig>,
    pub(crate) method: String,
    /// Whether our side uses a connection again, whatever the server says.
    pub(crate) keep_alive: bool,
    pub(crate) timeout_ns: u64,
    pub(crate) limits: AnswerLimits,
    pub(crate) max_in_flight: u32,
    /// How long before it is due a send keeps the thread awake.
    pub(crate) spin_ns: u64,
    pub(crate) cpu: Option<usize>,
    pub(crate) seed: u64,
}

/// One shard, owned by its thread.
#[derive(Debug)]
pub(crate) struct Shard {
    config: ShardConfig,
    epoll: OwnedFd,
    bell: Bell,
    commands: Receiver<Command>,
    messages: Sender<Message>,
    step: u64,
    /// The latest reading of the clock.
    now: Moment,
    /// When the kernel last handed out events: what they bring had arrived by then.
    woken: Moment,
    slots: Slots,
    carriers: Carriers,
    timers: Timers,
    openings: Openings,
    /// Connections that had more to read than one turn takes.
    unread: Unread,
    heads: HeadReader,
    scratch: Box<[u8]>,
    recorder: Recorder,
    measuring_cpu: Duration,
    users: Users,
    open_loop: Option<OpenLoop>,
    /// What the step may still send, where it is a number of requests.
    quota: Option<Quota>,
    next_endpoint: usize,
    rng: StdRng,
}

impl Shard {
    /// Prepares a shard whose coordinator wakes it through `wake`.
    pub(crate) fn prepared(
        config: ShardConfig,
        wake: &OwnedFd,
        commands: Receiver<Command>,
        messages: Sender<Message>,
    ) -> Result<Self, EngineError> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(EngineError::doing("create an epoll instance"))?;
        epoll::add(&epoll, wake, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN | epoll::EventFlags::ET)
            .map_err(EngineError::doing("register with epoll"))?;
        let now = Moment::now();
        Ok(Self {
            openings: Openings::shared_by(config.shards),
            heads: HeadReader::answering(&config.method, config.limits),
            rng: StdRng::seed_from_u64(config.seed),
            next_endpoint: config.index as usize,
            slots: Slots::over(config.protocol),
            config,
            bell: Bell::on(&epoll)?,
            epoll,
            commands,
            messages,
            step: 0,
            now,
            woken: now,
            carriers: Carriers::default(),
            timers: Timers::default(),
            unread: Unread::default(),
            scratch: vec![0; SCRATCH_BYTES].into_boxed_slice(),
            recorder: Recorder::off(),
            measuring_cpu: Duration::ZERO,
            users: Users::default(),
            open_loop: None,
            quota: None,
        })
    }

    /// Runs until told to stop; a failure goes to the coordinator as a message.
    pub(crate) fn run(mut self) {
        if let Err(error) = self.settle_in().and_then(|()| self.serve()) {
            self.tell(News::Failed(error));
        }
    }

    /// What concerns the thread itself.
    fn settle_in(&mut self) -> Result<(), EngineError> {
        if let Some(cpu) = self.config.cpu {
            let mut set = CpuSet::new();
            set.set(cpu);
            sched_setaffinity(None, &set).map_err(EngineError::doing("pin a thread to its processor"))?;
        }
        // The default slack lets the kernel end every wait up to 50 us late.
        set_current_timer_slack(Some(NonZeroU64::MIN)).map_err(EngineError::doing("ask for exact waits"))?;
        self.tell(News::Ready(gettid()));
        Ok(())
    }

    fn tell(&self, news: News) {
        // A coordinator that is gone no longer wants to know; its Stop is on the way.
        drop(self.messages.send(Message { shard: self.config.index, step: self.step, news }));
    }

    fn serve(&mut self) -> Result<(), EngineError> {
        let mut events: Vec<epoll::Event> = Vec::with_capacity(EVENTS);
        loop {
            let mut awake_from = self.awake_from();
            // A closed loop has nothing due for long: for that the latest reading of the clock, a few microseconds old, is good enough.
            if !Bell::is_far(awake_from, self.now) {
                self.now = Moment::now();
                self.due()?;
                awake_from = self.awake_from();
            }
            let timeout = self.bell.time_out(awake_from, self.now)?;
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), timeout.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::NOSYS) => return Err(EngineError::OldKernel),
                Err(errno) => return Err(EngineError::System { action: "wait for events", errno }),
            }
            if self.turn(&events)? == Life::Ends {
                return Ok(());
            }
        }
    }

    /// Takes in what the kernel has just handed out, and sends what falls due meanwhile.
    fn turn(&mut self, events: &[epoll::Event]) -> Result<Life, EngineError> {
        self.now = Moment::now();
        self.woken = self.now;
        for (position, event) in events.iter().enumerate() {
            if position > 0 {
                self.now = Moment::now();
            }
            self.pass_borders();
            let (token, flags) = (event.data.u64(), event.flags);
            if token == WAKE {
                if self.obey()? == Life::Ends {
                    return Ok(Life::Ends);
                }
            } else if token == BELL {
                self.bell.rang();
            } else if let Some(carrier) = Carriers::of_token(token) {
                self.carrier_ready(carrier, token, flags)?;
            } else if let Some(slot) = self.slots.of_token(token) {
                self.ready(slot, flags)?;
            }
            self.send_arrivals()?;
            self.flush_carriers()?;
        }
        self.read_on()?;
        Ok(Life::GoesOn)
    }

    /// When a wait for events must end at the latest.
    fn awake_from(&self) -> Moment {
        // The kernel ends a wait some microseconds late: who spins asks it again and again instead, from shortly before the moment.
        if self.unread.is_empty() { self.next_due().minus_ns(self.config.spin_ns.max(LEAD_NS)) } else { self.now }
    }

    /// The earliest moment at which something is to be done without an event.
    fn next_due(&self) -> Moment {
        let arrival = self.open_loop.as_ref().map_or(Moment::NEVER, OpenLoop::next_due);
        self.timers.next().min(self.recorder.border()).min(self.openings.next()).min(arrival)
    }

    /// Does everything that is due at present.
    fn due(&mut self) -> Result<(), EngineError> {
        self.pass_borders();
        let until = self.now;
        while let Some((when, alarm, slot)) = self.timers.pop_due(until) {
            match alarm {
                Alarm::Send => self.user_due(slot, when)?,
                Alarm::TimeOut => self.check_time(slot, when)?,
            }
            self.now = Moment::now();
            self.pass_borders();
        }
        while let Some(number) = self.openings.pop(self.now) {
            match self.config.protocol {
                Protocol::Http1 => self.open_if_waiting(number)?,
                Protocol::Http2 { .. } => self.open_carrier(number)?,
            }
            self.now = Moment::now();
        }
        self.send_arrivals()?;
        self.flush_carriers()
    }

    /// A request that was due can't be sent for want of something on our side.
    fn cannot_send(&mut self, slot: u32, kind: NotSent) -> Result<(), EngineError> {
        self.slots.get(slot).abandon();
        match self.slots.get(slot).role {
            Role::User => {
                self.recorder.not_sent(kind);
                self.fallen_due_is_over();
                self.pause(slot);
            }
            Role::Pooled => {
                self.recorder.not_sent(kind);
                self.fallen_due_is_over();
                self.release(slot);
            }
            Role::Leaving | Role::Free => self.slots.give_back(slot),
        }
        Ok(())
    }
}
