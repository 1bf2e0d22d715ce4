//! What a search is asked to find, and within which bounds.

use crate::{
    criterion::{Criterion, DEFAULT_ERROR_SHARE},
    finding::Axis,
    schedule::Arrivals,
    step::Load,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What to find.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Users at one time, or requests a second.
    pub axis: Axis,
    /// Mean pause of a user; zero for none. Only on the users axis.
    pub think: Duration,
    /// How arrivals are spread on the rate axis.
    pub arrivals: Arrivals,
    /// The objectives; an error limit of 1% is implied when none is named.
    pub criteria: Vec<Criterion>,
    /// Half width of the interval aimed at, as a share of the value.
    pub tolerance: f64,
    /// Time for the whole search.
    pub budget: Duration,
    /// The largest load that may be put on: users, or requests a second.
    pub ceiling: f64,
    /// The load to start with.
    pub start: f64,
    /// After how long a user gives a request up: so long may requests of one step weigh on the target in the next.
    #[serde(default = "usual_time_out")]
    pub time_out: Duration,
    /// Whether the target may be driven beyond its load line on purpose.
    pub overshoot: bool,
}

impl Default for Goal {
    fn default() -> Self {
        Self {
            axis: Axis::Users,
            think: Duration::ZERO,
            arrivals: Arrivals::Poisson,
            criteria: Vec::new(),
            tolerance: 0.05,
            budget: Duration::from_secs(60),
            ceiling: 10_000.0,
            start: 1.0,
            time_out: usual_time_out(),
            overshoot: true,
        }
    }
}

const fn usual_time_out() -> Duration {
    Duration::from_secs(10)
}

impl Goal {
    /// The same goal with the time that a search may take which is held against a baseline, where nobody says: of users twice the usual, and
    /// three times where they pause, because a tenth less is to be seen. It ends sooner where the line is known well enough. By rate longer would
    /// tell hardly more (docs/METHOD.md, "Gates").
    pub fn against_a_baseline(self) -> Self {
        let times = match self.axis {
            Axis::Users if self.think.is_zero() => 2,
            Axis::Users => 3,
            Axis::Rate => 1,
        };
        Self { budget: Self::default().budget * times, ..self }
    }

    /// All objectives, the implied error limit included.
    pub fn objectives(&self) -> Vec<Criterion> {
        let mut criteria = self.criteria.clone();
        if !criteria.iter().any(|criterion| matches!(criterion, Criterion::Errors { .. })) {
            criteria.push(Criterion::Errors { share: DEFAULT_ERROR_SHARE });
        }
        criteria
    }

    /// The load of this size on the goal's axis; users are rounded to a whole number, at least 1.
    pub fn load(&self, size: f64) -> Load {
        match self.axis {
            Axis::Users => Load::Users { users: size.round().clamp(1.0, f64::from(u32::MAX)) as u32, think: self.think },
            Axis::Rate => Load::Rate { per_s: size, arrivals: self.arrivals },
        }
    }
}
