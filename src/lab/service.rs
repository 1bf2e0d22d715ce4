//! One serving process: what it was asked to be and the state that its requests share.

use super::{
    LabSpec,
    work::{Admission, Burner, Draw, Rhythm},
};
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Bytes that `leak=` may keep in all. There the process ends as if the kernel had killed it for want of memory, so that a reference server
/// can't take the machine with it.
pub const LEAK_CEILING: u64 = 1 << 30;

/// The state that the requests of one serving process share.
pub struct Service {
    pub(super) spec: LabSpec,
    pub(super) admission: Admission,
    pub(super) rhythm: Rhythm,
    kept: Mutex<Vec<Vec<u8>>>,
    hands: AtomicU64,
}

/// What one thread needs to carry out work: its own random numbers and its own CPU clock.
pub struct Hand {
    pub(super) draw: Draw,
    pub(super) burner: Burner,
}

impl Service {
    pub(super) fn of(spec: &LabSpec) -> Self {
        Self {
            spec: spec.clone(),
            admission: Admission::of(&spec.faults),
            rhythm: Rhythm::of(&spec.faults),
            kept: Mutex::new(Vec::new()),
            hands: AtomicU64::new(0),
        }
    }

    /// A hand for the calling thread, with random numbers unlike those of any other thread or worker process.
    pub(super) fn hand(&self) -> Hand {
        let seed = u64::from(std::process::id()) << 32 | self.hands.fetch_add(1, Relaxed);
        Hand { draw: Draw::seeded(self.spec.spread, seed), burner: Burner::start() }
    }

    /// Keeps `leak` bytes for one request, touched so that they count as resident.
    pub(super) fn leak(&self) {
        if self.spec.leak == 0 {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(vec![1; self.spec.leak as usize]);
        if kept.len() as u64 * self.spec.leak > LEAK_CEILING {
            std::process::abort();
        }
    }

    /// The status of an answer after the work was done.
    pub(super) fn status(&self) -> u16 {
        self.spec.faults.status.unwrap_or(200)
    }
}

/// What is answered where `speak=garbage`: a greeting of quite another protocol.
pub const GARBAGE: &[u8] = b"+OK this port speaks no HTTP\r\n";
