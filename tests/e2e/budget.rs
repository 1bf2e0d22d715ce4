//! A budget binds: what a target gets is read from outside, from the kernel's account of its processes.

use plimsoll::launch::{Budget, Launch, LaunchError, Ready, Target, tree_of};
use std::{
    fs, thread,
    time::{Duration, Instant},
};

/// Two busy loops that would use two cores, and a line that says so.
const BURNERS: &str = "while :; do :; done & echo listening on 127.0.0.1:1; while :; do :; done";
const WATCHED: Duration = Duration::from_secs(3);
const TICKS_PER_S: f64 = 100.0;

/// CPU time so far of all processes below a ward, in seconds.
fn cpu_s(target: &Target) -> f64 {
    let root = target.pid().cast_signed();
    let below = tree_of(root).expect("/proc").into_iter().filter(|process| process.id() != root);
    let ticks = below.filter_map(|process| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", process.id())).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields[11].parse::<f64>().ok()? + fields[12].parse::<f64>().ok()?)
    });
    ticks.sum::<f64>() / TICKS_PER_S
}

#[test]
#[ignore = "burns the cores for some seconds"]
fn two_busy_loops_get_what_they_were_given() {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    for (cpus, on, given) in
        [(None, None, 2.0_f64.min(cores as f64)), (Some(1.0), Some(vec![0]), 1.0), (Some(0.5), Some(vec![0]), 0.5), (Some(0.5), None, 0.5)]
    {
        let launch = Launch::warded(env!("CARGO_BIN_EXE_plimsoll"), ["sh", "-c", BURNERS], Ready::Line("listening on ".to_owned()));
        let launch = Launch { cpus: on, ..launch }.within(Budget { cpus, memory: None });
        let target = match Target::start(&launch) {
            Err(LaunchError::Share { why, .. }) => return println!("skipped: {why}"),
            started => started.expect("a target"),
        };
        let (begun, before) = (Instant::now(), cpu_s(&target));
        thread::sleep(WATCHED);
        let used = (cpu_s(&target) - before) / begun.elapsed().as_secs_f64();
        println!("{cpus:?}: {used:.3} cores, held by {:?}", target.enforced());
        assert!(used <= given * 1.05, "{used} of {given}: {:?}", target.enforced());
        assert!(used >= given * 0.7, "{used} of {given}: they were to be busy");
    }
}
