//! What a reference server is asked to be: its model, the work of one request, its limits and its faults.

use std::time::Duration;

/// How a reference server carries out requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// One request at a time.
    Single,
    /// Blocking workers that accept a connection, answer one request and close; whoever comes on top waits unaccepted in the listen queue.
    Pool,
    /// A thread for each connection, kept alive.
    Threads,
    /// Pre-forked worker processes that share a listener, each like a worker of a pool.
    Processes,
    /// One event loop.
    Async,
    /// One event loop whose handler waits without giving way.
    AsyncBlocking,
}

impl Model {
    /// Every model.
    pub const ALL: [Self; 6] = [Self::Single, Self::Pool, Self::Threads, Self::Processes, Self::Async, Self::AsyncBlocking];

    /// The name in a specification.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Pool => "pool",
            Self::Threads => "threads",
            Self::Processes => "processes",
            Self::Async => "async",
            Self::AsyncBlocking => "async-blocking",
        }
    }

    /// Whether one thread serves everything from an event loop.
    pub const fn is_event_loop(self) -> bool {
        matches!(self, Self::Async | Self::AsyncBlocking)
    }
}

/// What a request that waits for the global lock does meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// It sleeps until it is its turn.
    Mutex,
    /// It sleeps, and every release wakes all who do.
    Herd,
    /// It looks again and again.
    Spin,
}

impl LockKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Mutex, Self::Herd, Self::Spin];

    /// The name in a specification.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mutex => "mutex",
            Self::Herd => "herd",
            Self::Spin => "spin",
        }
    }

    /// Whether the one that holds the lock computes meanwhile, rather than sleep.
    pub const fn is_held_computing(self) -> bool {
        matches!(self, Self::Spin)
    }
}

/// How the wait of one request is spread around its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Uniform within 5% of the mean: an exactly constant server locks into phases with a closed loop (docs/METHOD.md, acceptance suite).
    Constant,
    /// Exponential.
    Exponential,
    /// Lognormal with this coefficient of variation.
    Lognormal {
        /// Standard deviation over mean, above 0 and up to 10.
        cv: f64,
    },
}

/// Everything stops for a while, again and again, as under a collector that stops the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// How long a pause lasts; below `every`.
    pub length: Duration,
    /// From the start of one pause to the start of the next.
    pub every: Duration,
}

/// Wait and CPU time are multiplied by a factor from some moment on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedStep {
    /// The factor, above 0.
    pub factor: f64,
    /// When it sets in, counted from the first request.
    pub after: Duration,
}

/// What a reference server does wrong, on purpose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Status 503 when more than this many requests are in flight.
    pub refuse_above: Option<u32>,
    /// The serving process aborts when more than this many requests are in flight.
    pub crash_above: Option<u32>,
    /// How long a crashed server stays away; `None` is for good.
    pub restart: Option<Duration>,
    /// Requests that find more than this many in flight are never answered.
    pub hang_above: Option<u32>,
    /// Status 429 beyond this many requests a second (a token bucket with a burst of [`BURST`]).
    pub limit_rate: Option<f64>,
    /// Everything stalls, again and again.
    pub pause: Option<Pause>,
    /// The server becomes slower (or faster) in mid run.
    pub step: Option<SpeedStep>,
    /// Every answer is something other than HTTP.
    pub garbage: bool,
    /// Every answer has this status.
    pub status: Option<u16>,
    /// The process ends for good instead of answering more than this many requests.
    pub die_after: Option<u64>,
    /// The process ends for good this long after its first request.
    pub die_at: Option<Duration>,
    /// Every answer has a body of this many bytes, streamed.
    pub huge: Option<u64>,
}

impl Faults {
    /// Whether a fault depends on how many requests are in flight.
    pub fn counts_in_flight(&self) -> bool {
        [self.refuse_above, self.crash_above, self.hang_above].iter().any(Option::is_some)
    }
}

/// Requests that `limit_rate` lets through at once after a quiet time.
pub const BURST: f64 = 10.0;

/// A reference server, fully described.
///
/// Parsed from `lab:MODEL?name=value&...` or the same without `lab:`; printed in the same form.
#[derive(Clone, Debug, PartialEq)]
pub struct LabSpec {
    /// How it carries out requests.
    pub model: Model,
    /// Blocking workers of `pool` and `processes`; 1 in the other models.
    pub workers: u32,
    /// Mean time a request waits on something outside this machine.
    pub wait: Duration,
    /// CPU time a request burns. In the event-loop models, and on any thread that stays, it includes the server's own handling.
    pub cpu: Duration,
    /// Time a request holds the one global lock.
    pub lock: Duration,
    /// What requests of `threads` that wait for it do.
    pub lock_kind: LockKind,
    /// Permits of a downstream pool: the wait happens while holding one. `None` is no such pool.
    pub slots: Option<u32>,
    /// Bytes of the answer's body.
    pub body: u64,
    /// How the wait is spread.
    pub spread: Spread,
    /// Listen backlog asked for; Linux caps it at `net.core.somaxconn`.
    pub backlog: u32,
    /// File descriptors the serving process may hold (RLIMIT_NOFILE); `None` leaves the limit alone.
    pub fds: Option<u64>,
    /// Bytes kept, and never given back, for each request.
    pub leak: u64,
    /// What it does wrong.
    pub faults: Faults,
}

impl LabSpec {
    /// A model with its default work: 4 workers where there are workers, 50 ms of waiting, 1 ms of CPU time in the event-loop models.
    pub fn of(model: Model) -> Self {
        Self {
            model,
            workers: if matches!(model, Model::Pool | Model::Processes) { 4 } else { 1 },
            wait: Duration::from_millis(50),
            cpu: if model.is_event_loop() { Duration::from_millis(1) } else { Duration::ZERO },
            lock: Duration::ZERO,
            lock_kind: LockKind::Mutex,
            slots: None,
            body: 100,
            spread: Spread::Constant,
            backlog: 4096,
            fds: None,
            leak: 0,
            faults: Faults { restart: Some(Duration::from_secs(1)), ..Faults::default() },
        }
    }

    /// The most requests that can be in the server's hands at one time; `None` where only the load bounds them.
    pub fn most_in_flight(&self) -> Option<u32> {
        match self.model {
            Model::Single | Model::Pool | Model::Processes => Some(self.workers),
            Model::AsyncBlocking => Some(1),
            Model::Threads | Model::Async => None,
        }
    }

    /// Whether a crash is followed by a restart.
    pub fn restarts(&self) -> bool {
        self.faults.crash_above.is_some() && self.faults.restart.is_some()
    }
}
