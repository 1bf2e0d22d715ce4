//! Servers whose load line is a number of workers, or what one core and a wait make of it.

use super::truth::{Truth, twice};

fn knee(target: &str, time: &str) {
    twice(target, &["--cpus", "1", "--time", time], Truth::of(target));
}

#[test]
#[ignore = "puts load on a real process"]
fn one_worker() {
    knee("lab:pool?workers=1", "20s");
}

#[test]
#[ignore = "puts load on a real process"]
fn four_workers() {
    knee("lab:pool", "30s");
}

#[test]
#[ignore = "puts load on a real process"]
fn sixteen_workers() {
    knee("lab:pool?workers=16", "20s");
}

#[test]
#[ignore = "puts load on a real process"]
fn forty_workers() {
    knee("lab:pool?workers=40", "20s");
}

#[test]
#[ignore = "puts load on a real process"]
fn a_thread_for_each_connection_shares_one_core() {
    knee("lab:threads?wait=95ms&cpu=5ms", "20s");
}

#[test]
#[ignore = "puts load on a real process"]
fn forked_workers() {
    knee("lab:processes?workers=6", "20s");
}

#[test]
#[ignore = "puts load on a real process"]
fn an_event_loop_waits_for_many_and_computes_for_one() {
    knee("lab:async?wait=100ms&cpu=1ms", "30s");
}

#[test]
#[ignore = "puts load on a real process"]
fn ten_slots_downstream() {
    knee("lab:threads?slots=10&wait=40ms", "20s");
}
