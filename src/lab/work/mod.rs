//! The declared work of one request, and who may do it: shared by the blocking servers and the event loop.

mod admission;
mod burn;
mod draw;
mod lock;
mod rhythm;
mod tokens;

pub(super) use admission::{Admission, Decision};
pub(super) use burn::Burner;
pub(super) use draw::Draw;
pub(super) use lock::Lock;
pub(super) use rhythm::Rhythm;
pub(super) use tokens::Tokens;

use std::time::Duration;

/// The status with which a process ends for good, so that its supervisor does not bring it back.
pub(super) const ENDED_FOR_GOOD: i32 = 77;

/// Nanoseconds on CLOCK_MONOTONIC: one clock for all processes of a server, so that they pause together.
pub(super) fn monotonic() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::try_from(now).expect("the kernel's clocks do not stand below 0")
}
