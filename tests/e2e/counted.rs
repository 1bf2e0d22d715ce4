//! Servers whose load line is a number of workers, or what one core and a wait make of it: how many, and why no more.

use super::truth::{Truth, twice};

/// The knee of a server on one core, and one of these causes for it.
fn knee(target: &str, time: &str, causes: &[&str]) {
    let Some(finding) = twice(target, &["--cpus", "1", "--time", time], Truth::of(target)) else { return };
    let cause = finding.cause.expect("its processes are on this machine");
    assert!(causes.contains(&cause.verdict.as_str()), "{target}: {cause:?}, not {causes:?}");
    if cause.verdict == "worker_pool" {
        let room = finding.headroom.expect("workers that wait leave the core idle");
        assert!(room.low > 3.0 * finding.load_line.value.unwrap() && room.low <= room.high, "{room:?}");
    }
}

#[test]
#[ignore = "puts load on a real process"]
fn one_worker() {
    knee("lab:pool?workers=1", "20s", &["worker_pool"]);
}

#[test]
#[ignore = "puts load on a real process"]
fn four_workers() {
    knee("lab:pool", "30s", &["worker_pool"]);
}

#[test]
#[ignore = "puts load on a real process"]
fn sixteen_workers() {
    knee("lab:pool?workers=16", "20s", &["worker_pool"]);
}

#[test]
#[ignore = "puts load on a real process"]
fn forty_workers() {
    knee("lab:pool?workers=40", "20s", &["worker_pool"]);
}

#[test]
#[ignore = "puts load on a real process"]
fn a_thread_for_each_connection_shares_one_core() {
    knee("lab:threads?wait=95ms&cpu=5ms", "30s", &["all_cpu"]);
}

#[test]
#[ignore = "puts load on a real process"]
fn forked_workers() {
    knee("lab:processes?workers=6", "20s", &["worker_pool"]);
}

#[test]
#[ignore = "puts load on a real process"]
fn an_event_loop_waits_for_many_and_computes_for_one() {
    knee("lab:async?wait=100ms&cpu=1ms", "30s", &["all_cpu"]);
}

#[test]
#[ignore = "puts load on a real process"]
fn ten_slots_downstream() {
    knee("lab:threads?slots=10&wait=40ms", "20s", &["lock", "in_process_pool", "hidden_limit"]);
}
