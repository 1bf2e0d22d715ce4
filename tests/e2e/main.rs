//! The whole tool against real processes: each load line that it prints is held against the truth of a reference server.
//!
//! These tests measure, so they are built with optimization and run one at a time: `cargo xtask test`, or
//! `cargo test --release --test e2e -- --ignored --test-threads=1`.

#![allow(clippy::print_stdout)] // captured, and shown with a failure

mod budget;
mod compare;
mod container;
mod counted;
mod endings;
mod many;
mod objectives;
mod quiet;
mod quota;
mod readme;
mod run;
mod screen;
mod side;
mod spinner;
mod stall;
#[path = "../terminal/mod.rs"]
mod terminal;
mod truth;
mod tune;
mod turned_away;
mod unsteady;
mod watch_cost;
mod weak_generator;

#[path = "../pages/mod.rs"]
#[allow(dead_code)]
mod pages;
#[path = "../schema/mod.rs"]
#[allow(dead_code)] // what its own tests use, in tests/cli
mod schema;
