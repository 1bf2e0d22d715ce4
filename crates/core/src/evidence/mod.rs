//! What one step is evidence of: that an objective is kept or broken, how long a user's round takes, and that the generator, not the target, was the limit.
//!
//! The search weighs many steps against each other; a hold has one. Both read a single step in the same way, here.

mod generator;
mod objective;
mod round;
mod verdict;

pub use generator::{Assessment, Waiting, assess};
pub use objective::{Evidence, evidence_of_each, limits_of, position_of};
pub(crate) use round::response_sums;
pub use round::{PerRequest, per_request, starving_share};
pub use verdict::{Verdict, verdict_of};
