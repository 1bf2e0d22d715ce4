//! Starting a target as processes of its own, waiting until it is ready, and always stopping all of them.
//!
//! A [`Launch`] says what to start; [`Target`] is what runs, and stops its whole tree when it is dropped. A target that Plimsoll did not write is
//! started under a ward ([`Launch::warded`]), which stops it even when this process is killed with no chance to tidy up.

mod keeper;
mod output;
mod plan;
mod target;
mod tree;
mod ward;

pub use plan::{Launch, LaunchError, Ready};
pub use target::Target;
pub use tree::{Process, tree_of, trees_of};
pub use ward::WardArgs;
