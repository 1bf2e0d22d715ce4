//! What happens in a session, as it happens: the interface between the loop and whatever shows it.

use plimsoll_core::{
    criterion::Criterion,
    evidence::Waiting,
    finding::{Ending, Subject},
    search::{Estimate, Goal},
    step::{Signals, StepPlan, StepResult},
};
use std::time::Duration;

/// One thing that happened.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The target stands ready; no load was sent yet.
    Started {
        /// What is measured.
        subject: &'a Subject,
        /// What is sought.
        goal: &'a Goal,
    },
    /// Who sends the load has its cores; before `Started`.
    Placed {
        /// Those of the generator, where they are known: whoever shows progress keeps off them.
        generator: &'a [usize],
    },
    /// A step begins.
    StepBegun {
        /// What was asked.
        plan: &'a StepPlan,
        /// What was known before it.
        estimate: &'a Estimate,
        /// Since the session's start, pauses left out, as wherever it is told.
        elapsed: Duration,
    },
    /// A step goes on; at least every 0.2 s while settling, then after each batch.
    Measured {
        /// What was measured so far.
        so_far: &'a StepResult,
        /// Since the session's start.
        elapsed: Duration,
    },
    /// What is seen of the target while a step goes on; about once a second.
    Watched {
        /// Over the last seconds.
        signals: &'a Signals,
    },
    /// A step ended and the search took it.
    StepEnded {
        /// What it gave.
        result: &'a StepResult,
        /// What is known with it.
        estimate: &'a Estimate,
        /// Since the session's start.
        elapsed: Duration,
    },
    /// The user has it wait: no load is on the target, and the clock stands until the next step begins.
    Paused {
        /// Since the session's start.
        elapsed: Duration,
    },
    /// Something went wrong that does not end the run; it will stand in the finding too.
    Trouble {
        /// What, and what to do.
        text: &'a str,
    },
    /// No more steps follow.
    Ended {
        /// How.
        ending: Ending,
    },
}

/// One thing that happened while a load was held.
#[derive(Clone, Copy, Debug)]
pub enum HoldEvent<'a> {
    /// The target stands ready; no load was sent yet.
    Begun {
        /// What is measured.
        subject: &'a Subject,
        /// What is about to be put on.
        plan: &'a StepPlan,
        /// What the target is to keep under it.
        criteria: &'a [Criterion],
        /// How the generator waits for its sends.
        waiting: Waiting,
    },
    /// Who sends the load has its cores; before `Begun`.
    Placed {
        /// Those of the generator, where they are known: whoever shows progress keeps off them.
        generator: &'a [usize],
    },
    /// It goes on; at least every 0.2 s while settling, then after each batch.
    Measured {
        /// What was measured so far.
        so_far: &'a StepResult,
        /// Since the load was put on.
        elapsed: Duration,
    },
    /// Something went wrong that does not end the run; it will stand in the result too.
    Trouble {
        /// What.
        text: &'a str,
    },
    /// What is seen of the target meanwhile; about once a second.
    Watched {
        /// Over the last seconds.
        signals: &'a Signals,
    },
    /// Nothing more is sent.
    Ended {
        /// How it came to that.
        ending: Ending,
    },
}
