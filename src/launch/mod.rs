//! Starting a target as processes of its own, waiting until it is ready, holding it to a budget, and always stopping all of it.
//!
//! A [`Launch`] says what to start; [`Target`] is what runs, and stops its whole tree when it is dropped. A target that Plimsoll did not write is
//! started under a ward ([`Launch::warded`]), which stops it even when this process is killed with no chance to tidy up, and which may hold it to a
//! [`Budget`]: by control groups of version 2 or 1, or else by its cores and a limit on each process.

mod budget;
mod enter;
mod groups;
mod keeper;
mod output;
mod plan;
mod target;
mod tree;
mod ward;

pub use budget::Budget;
pub use enter::EnterArgs;
pub use plan::{Launch, LaunchError, Ready, Ward};
pub use target::Target;
pub use tree::{Process, tree_of, trees_of};
pub use ward::WardArgs;
