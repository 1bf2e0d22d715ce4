//! One event loop for everything: hyper on a single-threaded tokio runtime.

mod body;
mod timers;

use super::{
    service::{GARBAGE, Hand, Service},
    spec::Model,
    work::{Decision, monotonic},
};
use body::Filler;
use hyper::{Request, Response, StatusCode, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    io, net,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use timers::Timers;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::Semaphore,
};

/// How many task polls pass between looks at sockets and timers. tokio's default of 61 is meant for polls of microseconds; with 1 ms of CPU time
/// burnt in each, timers would be seen 61 ms late.
const POLLS_BETWEEN_EVENTS: u32 = 2;
/// How much of a body is handed over at once.
const CHUNK: usize = 64 * 1024;
/// How much of a request is read where no HTTP is spoken.
const MOST_REQUEST: usize = 16 * 1024;
/// How long to leave the listener alone when it can't accept (no file descriptor left).
const BREATH: Duration = Duration::from_millis(10);

/// The state of the loop. The mutex is never contended: everything runs on one thread.
struct EventLoop {
    service: Service,
    hand: Mutex<Hand>,
    timers: Timers,
    lock: Semaphore,
    slots: Option<Semaphore>,
    chunk: Bytes,
}

/// Serves on the calling thread, for ever.
///
/// # Errors
/// When the runtime can't start or its timers fail.
pub fn serve_event_loop(listener: net::TcpListener, service: Service) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = Builder::new_current_thread().enable_io().event_interval(POLLS_BETWEEN_EVENTS).build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let state = Arc::new(EventLoop {
            hand: Mutex::new(service.hand()),
            timers: Timers::start()?,
            lock: Semaphore::new(1),
            slots: service.spec.slots.map(|slots| Semaphore::new(slots as usize)),
            chunk: Bytes::from(vec![b'x'; CHUNK]),
            service,
        });
        let acceptor = tokio::spawn(accept(listener, Arc::clone(&state)));
        let outcome = state.timers.run().await;
        acceptor.abort();
        outcome
    })
}

async fn accept(listener: TcpListener, state: Arc<EventLoop>) -> io::Result<()> {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    // What goes wrong on a connection is the client's to see.
                    drop(state.serve_connection(stream).await);
                });
            }
            Err(_) => state.timers.sleep(BREATH).await?,
        }
    }
}

impl EventLoop {
    async fn serve_connection(self: Arc<Self>, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        if self.service.spec.faults.garbage {
            // What the client sent must be read, or closing would reset the connection instead.
            stream.read_buf(&mut Vec::with_capacity(MOST_REQUEST)).await?;
            self.service.rhythm.request_arrived();
            let (_in_flight, decision) = self.service.admission.admit(monotonic());
            self.carry_out(decision).await?;
            return stream.write_all(GARBAGE).await;
        }
        let answer = service_fn(|request| self.answer(request));
        http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await.map_err(io::Error::other)
    }

    async fn answer(&self, _request: Request<Incoming>) -> io::Result<Response<Filler>> {
        self.service.rhythm.request_arrived();
        let (_in_flight, decision) = self.service.admission.admit(monotonic());
        let status = self.carry_out(decision).await?;
        let spec = &self.service.spec;
        let length = if decision == Decision::Serve { spec.faults.huge.unwrap_or(spec.body) } else { 0 };
        let mut response = Response::new(Filler::of(length, self.chunk.clone()));
        *response.status_mut() = StatusCode::from_u16(status).map_err(io::Error::other)?;
        Ok(response)
    }

    /// Does what was decided; returns the status of the answer.
    async fn carry_out(&self, decision: Decision) -> io::Result<u16> {
        match decision {
            Decision::Turn(status) => Ok(status),
            // hyper drops this when the client closes the connection.
            Decision::Hang => std::future::pending().await,
            Decision::Serve | Decision::Crash | Decision::Die => {
                self.work().await?;
                Ok(self.service.status())
            }
        }
    }

    /// The declared work: CPU time, the lock, the wait (holding a slot), none of it while everything pauses.
    async fn work(&self) -> io::Result<()> {
        let (spec, rhythm) = (&self.service.spec, &self.service.rhythm);
        let factor = rhythm.factor();
        rhythm.sit_out_pause();
        self.service.leak();
        let (lock, wait) = {
            let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
            let cpu = hand.draw.jitter(spec.cpu.mul_f64(factor));
            hand.burner.burn(cpu);
            (hand.draw.jitter(spec.lock), hand.draw.wait(spec.wait.mul_f64(factor)))
        };
        if !lock.is_zero() {
            let _held = self.lock.acquire().await.map_err(io::Error::other)?;
            self.timers.sleep(lock).await?;
        }
        let slot = match &self.slots {
            Some(slots) => Some(slots.acquire().await.map_err(io::Error::other)?),
            None => None,
        };
        if spec.model == Model::AsyncBlocking {
            // The classic mistake: nothing else moves meanwhile.
            std::thread::sleep(wait);
        } else {
            self.timers.sleep(wait).await?;
        }
        drop(slot);
        rhythm.sit_out_pause();
        Ok(())
    }
}
