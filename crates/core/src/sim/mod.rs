//! Simulated targets with known truth, in virtual time, behind the same [`Driver`](crate::step::Driver) as the load engine.
//!
//! A [`TargetModel`] is plain data: the stages a request passes, what the target turns away, how it slows as it fills, how it changes over
//! time, and how strong the generator is. A [`Simulation`] of it is a discrete-event simulation: the same model, seed and steps give the
//! same results to the last bit, and a minute of load takes some milliseconds.

mod admission;
pub mod cases;
mod crowding;
mod disturbance;
mod driving;
mod events;
mod generator;
mod lifecycle;
mod requests;
mod service;
mod simulation;
mod station;
mod steady;
mod tally;
mod target;
mod users;

pub use admission::Admission;
pub use crowding::Crowding;
pub use disturbance::Disturbance;
pub use generator::Generator;
pub use service::{Service, Spread, Tail};
pub use simulation::Simulation;
pub use steady::{measure_steady, steady_plan};
pub use target::{Stage, TargetModel};
