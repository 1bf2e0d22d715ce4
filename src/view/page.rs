//! What a screen can show: the state of a run of each kind.

use super::{Status, compare::CompareStatus, hold::HoldStatus, tune::TuneStatus};

/// The state of a run.
#[derive(Clone, Debug)]
pub enum Page {
    /// A search.
    Find(Status),
    /// A load that is held.
    Hold(HoldStatus),
    /// Systems side by side.
    Compare(CompareStatus),
    /// Settings one after the other.
    Tune(TuneStatus),
}
