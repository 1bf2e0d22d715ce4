//! Measuring needs a core: whether somebody else used the generator's meanwhile, by the kernel's own account.

use super::run::Run;
use plimsoll_engine::CoreTime;
use rustix::thread::{CpuSet, sched_getaffinity};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Runs that are made to find one that nothing else disturbed.
const TRIES: usize = 3;
/// The generator itself uses less of its core than this in every run that is judged here, and a neighbour for a tenth of the run is enough to
/// spoil it.
const BUSY: f64 = 0.1;
/// How long to wait for a quiet core before each.
const PATIENCE: Duration = Duration::from_secs(15);

/// The core that the generator takes of those that may be used: the last.
pub fn generators_core() -> usize {
    cores().next_back().expect("a core")
}

/// The core that a target is given: the first.
pub fn first_core() -> usize {
    cores().next().expect("a core")
}

fn cores() -> impl DoubleEndedIterator<Item = usize> {
    let cores = sched_getaffinity(None).expect("the cores of this process");
    (0..CpuSet::MAX_CPU).filter(move |&core| cores.is_set(core))
}

/// `plimsoll find TARGET FLAGS`, undisturbed.
pub fn find(target: &str, flags: &[&str]) -> Option<Run> {
    undisturbed(|| Run::find(target, flags))
}

/// A run whose answer is about the target. Where the tool says that its generator was the limit, and the core was indeed taken by other programs,
/// the run is made again; `None`, with the reason printed, when that never ends.
pub fn undisturbed(make: impl Fn() -> Run) -> Option<Run> {
    for _ in 0..TRIES {
        wait_for_quiet();
        let (run, busy) = watched(&make);
        println!("{run}\n    generator's core busy for {busy:.2} of the time");
        if !is_busy(busy) || !run.is_limited() {
            return Some(run);
        }
    }
    println!("not measured: other programs keep core {} busy", generators_core());
    None
}

/// What a call gives, and the share of its time in which the generator's core was busy.
pub fn watched<T>(make: impl FnOnce() -> T) -> (T, f64) {
    let before = time();
    let made = make();
    (made, busy_since(before))
}

/// Whether a core that was busy for this share of the time had more to do than the generator.
pub fn is_busy(share: f64) -> bool {
    share >= BUSY
}

/// Waits until nothing runs on the generator's core, or patience ends: most neighbours are passing ones.
pub fn wait_for_quiet() {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let before = time();
        thread::sleep(Duration::from_secs(1));
        if busy_since(before) < BUSY {
            return;
        }
    }
}

/// The share of time in which the generator's core was busy since an earlier reading.
fn busy_since(before: CoreTime) -> f64 {
    // Without a tick since then it was as good as idle.
    time().busy_share_since(before).unwrap_or(0.0)
}

/// What the generator's core has done so far.
fn time() -> CoreTime {
    CoreTime::of(&[generators_core()]).expect("/proc/stat")
}
