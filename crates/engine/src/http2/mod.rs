//! HTTP/2 without I/O (RFC 9113): what one connection says and understands, and the request of one of its streams.
//!
//! The `h2` crate was tried first: its header maps, copies and tasks cost twice the instructions a request that nghttp2's client needs, where
//! this, which keeps of an answer only its status and its length, needs a fraction of them (`cargo xtask bench` measures it).

mod blocks;
mod fields;
mod frame;
mod huffman;
mod lane;
mod receive;
mod session;

#[cfg(test)]
mod fields_tests;
#[cfg(test)]
mod session_tests;

pub(crate) use blocks::Blocks;
pub(crate) use lane::Lane;
pub(crate) use session::{Event, Session, SessionConfig};
