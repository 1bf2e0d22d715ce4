//! What Plimsoll knows: statistics, models, the search for the load line, and simulated targets with known truth.
//!
//! Everything here is pure. Nothing reads a clock, a file, a socket or the environment, starts a thread or prints; time comes in as an
//! argument and results go out as values. `clippy.toml` beside this package forbids the calls that would break that.
//!
//! The way through: a [`search::Search`] says which [`step::StepPlan`] it wants, a [`step::Driver`] (the load engine, or the simulation in
//! [`sim`]) carries it out, and the search takes the [`step::StepResult`] until it can conclude.

pub mod compare;
pub mod criterion;
pub mod diagnose;
pub mod evidence;
pub mod finding;
pub mod gate;
pub mod model;
pub mod outcome;
pub mod schedule;
pub mod search;
pub mod sim;
pub mod stat;
pub mod step;
pub mod tune;
pub mod units;
