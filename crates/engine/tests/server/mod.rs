//! What the end-to-end tests share: a server in this process whose behaviour is one function of a connection, and plans for it.
#![allow(dead_code, reason = "each test binary uses its part")]

pub mod http2;

use plimsoll_core::step::{Driver, Flow, Load, Purpose, Settle, StepPlan, StepResult};
use plimsoll_engine::{Engine, EngineConfig, Request};
use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

pub const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

pub struct Server {
    pub address: SocketAddr,
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicU64,
    requests: AtomicU64,
    open: AtomicU64,
    ending: AtomicBool,
}

/// One connection on the server's side.
pub struct Peer {
    pub stream: TcpStream,
    counts: Arc<Counts>,
    bytes: Vec<u8>,
}

impl Server {
    pub fn start(serve: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound socket has an address");
        let counts = Arc::new(Counts::default());
        let serve = Arc::new(serve);
        let all = Arc::clone(&counts);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if all.ending.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                all.connections.fetch_add(1, Ordering::SeqCst);
                all.open.fetch_add(1, Ordering::SeqCst);
                let (serve, counts) = (Arc::clone(&serve), Arc::clone(&all));
                std::thread::spawn(move || {
                    let mut peer = Peer { stream, counts: Arc::clone(&counts), bytes: Vec::new() };
                    serve(&mut peer);
                    drop(peer);
                    counts.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, counts, thread: Some(thread) }
    }

    /// A keep-alive server that gives each request this answer.
    pub fn answering(answer: &'static [u8]) -> Self {
        Self::start(move |peer| while peer.request() && peer.say(answer) {})
    }

    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> u64 {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// Connections that are served at present.
    pub fn open(&self) -> u64 {
        self.counts.open.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.counts.ending.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the listener's thread ends in good order");
        }
    }
}

impl Peer {
    /// Reads one request without a body; `false` when the client has closed.
    pub fn request(&mut self) -> bool {
        let mut buffer = [0; 4096];
        loop {
            if let Some(end) = self.bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                self.bytes.drain(..end + 4);
                self.count_request();
                return true;
            }
            match self.stream.read(&mut buffer) {
                Ok(read @ 1..) => self.bytes.extend_from_slice(&buffer[..read]),
                _ => return false,
            }
        }
    }

    /// A request was read.
    pub fn count_request(&self) {
        self.counts.requests.fetch_add(1, Ordering::SeqCst);
    }

    /// Bytes read beyond the last request, which are forgotten.
    pub fn take_buffered(&mut self) -> usize {
        std::mem::take(&mut self.bytes).len()
    }

    /// Writes; `false` when the client has closed.
    pub fn say(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Reads until the client closes.
    pub fn wait_for_close(&mut self) {
        let mut buffer = [0; 4096];
        while matches!(self.stream.read(&mut buffer), Ok(1..)) {}
    }

    /// Waits for so long; `false` when the client has closed by then. What it said is forgotten.
    pub fn is_there_after(&mut self, wait: Duration) -> bool {
        self.stream.set_read_timeout(Some(wait)).expect("a socket takes a time-out");
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(bytes) => bytes > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        }
    }

    /// Closes with a reset.
    pub fn reset(&mut self) {
        rustix::net::sockopt::set_socket_linger(&self.stream, Some(Duration::ZERO)).expect("a socket takes SO_LINGER");
    }
}

pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub fn config(address: SocketAddr) -> EngineConfig {
    EngineConfig::sending(Request::get("localhost", "/"), vec![address])
}

/// A plan that discards nothing, in five batches.
pub fn plan(load: Load, measure: Duration) -> StepPlan {
    let settle = Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 };
    StepPlan { purpose: Purpose::Ramp, load, settle, measure, batches: 5, limits: vec![ms(1), Duration::from_secs(30)], requests: None }
}

pub fn users(users: u32) -> Load {
    Load::Users { users, think: Duration::ZERO }
}

pub fn run(engine: &mut Engine, plan: &StepPlan) -> StepResult {
    engine.drive(plan, &mut |_| Flow::Continue).expect("the engine goes on")
}

/// One step of an engine of its own.
pub fn run_once(config: EngineConfig, plan: &StepPlan) -> StepResult {
    run(&mut Engine::start(config).expect("the engine starts"), plan)
}

/// Every request of a step that began with nothing in flight is accounted for.
pub fn assert_accounted(result: &StepResult) {
    let (ended, not_sent) = (result.ended(), result.not_sent().total());
    assert_eq!(result.offered(), ended + not_sent + result.pending.count(), "offered = ended + not sent + pending: {result:?}");
    assert_eq!(result.response.count(), result.good());
    assert_eq!(result.service.count(), result.good());
    assert_eq!(result.batches.iter().map(|batch| batch.response.count()).sum::<u64>(), result.good());
}

/// Waits for what another thread is about to do.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "not in ten seconds: {what}");
        std::thread::yield_now();
    }
}
