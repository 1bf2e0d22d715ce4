//! How the load line is found elsewhere: the measure for Plimsoll's search. All drive the same simulation.

mod bisection;
mod mlr;
mod ramp;
mod trial;

pub use bisection::bisection;
pub use mlr::mlr;
pub use ramp::linear_ramp;
