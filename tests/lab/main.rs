//! Reference servers, each as a process of its own.

mod client;
mod faults;
mod models;

use plimsoll::{
    lab::{LabSpec, READY_PREFIX, command_for},
    launch::{Launch, Ready, Target},
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Starts a reference server.
fn serve(spec: &str) -> Target {
    let spec: LabSpec = spec.parse().expect("a specification");
    let launch = Launch::of(env!("CARGO_BIN_EXE_plimsoll"), command_for(&spec), Ready::Line(READY_PREFIX.to_owned()));
    Target::start(&launch).expect("the server starts")
}

/// Looks until `condition` holds; a test that has to wait too long has failed.
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "still not: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
