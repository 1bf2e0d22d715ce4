//! Laws of queueing and scaling: Little, the soft hinge, the Universal Scalability Law, Erlang C, the machine repairman.
//!
//! Every law here is held against the known values of docs/METHOD.md, section 4.

pub mod erlang;
pub mod hinge;
pub mod little;
pub mod repairman;
pub mod usl;
