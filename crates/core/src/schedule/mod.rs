//! When requests are due: open schedules, think times, the share of each shard.

mod open;
mod share;

pub use open::{Arrivals, OpenSchedule};
pub use share::{share_of_rate, share_of_requests, share_of_users};
