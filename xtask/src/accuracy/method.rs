//! The methods that are measured.

use super::{Answer, plimsoll};
use crate::rivals;
use plimsoll_core::sim::{Simulation, cases::Case};

/// A way to find the load line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A 60 s linear ramp.
    Ramp,
    /// Bisection with 3 s trials.
    Bisection,
    /// A search after RFC 9971.
    Mlr,
    /// This tool's search.
    Plimsoll,
}

impl Method {
    pub const ALL: [Self; 4] = [Self::Ramp, Self::Bisection, Self::Mlr, Self::Plimsoll];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ramp => "60 s linear ramp",
            Self::Bisection => "bisection, 3 s trials",
            Self::Mlr => "MLRsearch-like (RFC 9971)",
            Self::Plimsoll => "Plimsoll",
        }
    }

    /// A name for narrow columns.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Ramp => "ramp",
            Self::Bisection => "bisection",
            Self::Mlr => "mlr",
            Self::Plimsoll => "plimsoll",
        }
    }

    /// One run on a fresh simulation: the answer, and how many events it took to simulate.
    pub fn run(self, case: &Case, seed: u64, trace: bool) -> (Answer, u64) {
        let mut simulation = Simulation::start(case.target.clone(), seed);
        let answer = match self {
            Self::Ramp => rivals::linear_ramp(case, &mut simulation),
            Self::Bisection => rivals::bisection(case, &mut simulation),
            Self::Mlr => rivals::mlr(case, &mut simulation),
            Self::Plimsoll => plimsoll::search(case, seed, &mut simulation, trace),
        };
        (answer, simulation.events())
    }
}
