//! A neighbour that takes all it can get.

use rustix::{
    process::Pid,
    thread::{CpuSet, sched_setaffinity},
};
use std::process::{Child, Command};

/// A process that never lets go of a core; it ends with this value.
pub struct Spinner(Child);

impl Spinner {
    /// One that spins on this core.
    pub fn on(core: usize) -> Self {
        let spinner = Self(Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a shell"));
        let mut one = CpuSet::new();
        one.set(core);
        sched_setaffinity(Some(Pid::from_child(&spinner.0)), &one).expect("a process of our own");
        spinner
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        // It can't have ended by itself, and a zombie needs no killing.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
