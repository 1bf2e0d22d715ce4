//! Reference servers with declared work and known truth, each run as a process of its own.
//!
//! `lab:pool?workers=8&wait=20ms` is read into a [`LabSpec`], whose [`LabSpec::truth`] is the load line that a measurement must find.
//! [`LabArgs`] is the command `plimsoll lab`; [`command_for`] gives the arguments with which a session starts it,
//! [`words_for`] those with which anybody else may.

mod args;
mod blocking;
mod conflicts;
mod describe;
mod event_loop;
mod listen;
mod parameters;
mod parse;
mod process;
mod serve;
mod service;
mod spec;
mod supervise;
mod truth;
mod work;

pub use args::{LabArgs, command_for, words_for};
pub use parameters::{PARAMETERS, Parameter};
pub use parse::SpecError;
pub use serve::LabError;
pub use service::LEAK_CEILING;
pub use spec::{BURST, Faults, LabSpec, LockKind, Model, Pause, SpeedStep, Spread};
pub use truth::Truth;

/// What stands before the address in the line that a server prints once it is ready.
pub const READY_PREFIX: &str = "listening on ";
