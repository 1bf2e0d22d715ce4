//! What the user asks for while a session runs: to stop, or to wait a while.
//!
//! The first Ctrl-C lets the session drain, report and save; the second leaves at once.

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
    low_level,
};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// The exit code of an interrupted run.
pub const INTERRUPTED: u8 = 130;

/// Whether the user asked to stop, or to pause. Clones share one answer.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<Wishes>);

#[derive(Debug, Default)]
struct Wishes {
    stop: AtomicBool,
    pause: AtomicBool,
    paused_ns: AtomicU64,
}

impl Interrupt {
    /// Listens to SIGINT and SIGTERM: the first asks to stop, the second ends the process with 130, after `last`, which must not wait for anybody:
    /// it puts a terminal back as it was.
    ///
    /// # Errors
    /// When the handlers can't be installed, or there is no thread to be had.
    pub fn on_signals(last: fn()) -> io::Result<Self> {
        let interrupt = Self::default();
        // What comes second is told by a flag of its own: `q` may have asked to stop before the first signal.
        let (asked, signalled) = (interrupt.clone(), AtomicBool::new(false));
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let listen = move || {
            for _ in signals.forever() {
                asked.set();
                if signalled.swap(true, Ordering::Relaxed) {
                    last();
                    low_level::exit(i32::from(INTERRUPTED));
                }
            }
        };
        thread::Builder::new().name("plimsoll-signals".to_owned()).spawn(listen)?;
        Ok(interrupt)
    }

    /// Asks to stop.
    pub fn set(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_set(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }

    /// Asks to wait where the measurement allows it, or to go on.
    pub fn pause(&self, wanted: bool) {
        self.0.pause.store(wanted, Ordering::Relaxed);
    }

    /// A pause of this length has ended.
    pub(super) fn has_paused(&self, time: Duration) {
        self.0.paused_ns.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// All pauses together.
    pub(super) fn paused(&self) -> Duration {
        Duration::from_nanos(self.0.paused_ns.load(Ordering::Relaxed))
    }

    /// Whether the session is to wait; one that is to stop is not.
    pub fn pauses(&self) -> bool {
        self.0.pause.load(Ordering::Relaxed) && !self.is_set()
    }
}
