//! The only loop: it asks the search for a step, has the driver carry it out, and shows the result to the search again. It resolves the target,
//! tells a sink what happens as [`Event`]s, and writes the journal.

mod address;
mod broken;
mod compare;
mod connection;
mod cores;
pub mod event;
mod files;
mod find;
mod generator;
mod hold;
mod hold_journal;
mod interrupt;
mod journal;
mod link;
mod pause;
mod plan;
mod probe;
mod redact;
mod redirect;
mod replay;
mod run;
mod save;
mod shown;
mod side;
mod stage;
mod start;
mod target;
#[cfg(test)]
mod tests;
mod tune;

pub use address::{AddressError, basic_credentials};
pub use broken::Broken;
pub use compare::{CompareError, CompareEvent, ComparePlan, Compared, Named, compare};
pub use connection::{ConnectTo, Connection, Family, Given, IdentityFiles, Route, Trust};
pub use cores::PlacementError;
pub use event::{Event, HoldEvent};
pub use files::FileError;
pub use find::{Found, SessionError, find, subject};
pub use hold::{Held, hold};
pub use interrupt::{INTERRUPTED, Interrupt};
pub use journal::{Journal, JournalError, JournalPlace};
pub use link::LinkError;
pub use plan::{Body, HoldPlan, Plan, Request, Setup, Target, Watching};
pub use redact::{command_line, url as redact_url};
pub use redirect::RedirectError;
pub use replay::{LoadError, Loaded, load};
pub use run::{Run, run};
pub use save::{SaveError, rescue, save};
pub use start::{PORT, Start, is_command};
pub use target::TargetError;
pub use tune::{TuneEvent, TunePlan, Tuned, tune};
