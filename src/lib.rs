//! Plimsoll as a library: finds how many requests a system handles at one time until it degrades.
//!
//! The search and its statistics are [`plimsoll_core`], the load engine is [`plimsoll_engine`]; this package is all that touches the world
//! around them. [`session::run`] puts a search and a driver together and gives a [`plimsoll_core::finding::Finding`], which [`report`] shows:
//! `examples/find_in_process.rs` does it in a few lines. [`session::find`] carries out a whole [`session::Plan`], as the command line does.

pub mod cli;
pub mod doctor;
pub mod lab;
pub mod launch;
pub mod limits;
pub mod proc;
pub mod repeat;
pub mod report;
pub mod session;
pub mod view;
pub mod watch;

/// The program of the README, which compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
