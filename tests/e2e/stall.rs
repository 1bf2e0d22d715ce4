//! A server that stalls for a second every ten: response time shows it for every request that should have been sent meanwhile, service time only for
//! those that were (coordinated omission). Both are held against arithmetic.

use super::{quiet, schema};
use plimsoll_core::finding::Hold;
use rustix::time::{ClockId, clock_gettime};
use std::{
    process::{Command, Stdio},
    thread,
    time::Duration,
};

const STALL_S: f64 = 1.0;
const EVERY_S: f64 = 10.0;
const RATE_PER_S: f64 = 200.0;
/// Few connections, so that requests queue at the generator while the server stalls.
const CONNECTIONS: f64 = 4.0;
/// What one stall may be off: a few requests at its edges, and the queue that drains in some milliseconds.
const OFF: f64 = 5.0;

/// The server stalls by the machine's clock, at the start of each ten seconds. Waits, four seconds at the most, until ten seconds from here hold
/// one whole stall and no part of another.
fn between_two_stalls() {
    let now = clock_gettime(ClockId::Monotonic);
    let phase_s = (now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9) % EVERY_S;
    let (first_s, last_s) = (1.5, 8.0);
    let wait_s = if phase_s < first_s {
        first_s - phase_s
    } else if phase_s > last_s {
        EVERY_S + first_s - phase_s
    } else {
        0.0
    };
    thread::sleep(Duration::from_secs_f64(wait_s));
}

fn hold() -> Hold {
    between_two_stalls();
    let home = tempfile::tempdir().expect("a directory");
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["hold", "lab:threads?wait=0&pause=1s/10s", "--cpus", "1", "-q", "200", "-c", "4", "-z", "10s", "--json"])
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .expect("the tool runs");
    schema::read(&String::from_utf8_lossy(&output.stdout))
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
#[ignore = "puts load on a real process"]
fn a_stall_is_seen_by_every_request_that_was_due_in_it() {
    let Some(hold) = undisturbed() else { return };
    let stalled = RATE_PER_S * STALL_S;
    assert!((hold.offered as f64 - RATE_PER_S * EVERY_S).abs() <= 1.0, "{} offered", hold.offered);
    assert_eq!((hold.errors.total(), hold.not_sent.total()), (0, 0));
    println!("{:>8} {:>16} {:>16} {:>16}", "above", "truth", "response time", "service time");
    for share in [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] {
        let limit = Duration::from_secs_f64(share * STALL_S);
        let (response, service) = (hold.histogram.count_above(limit) as f64, hold.service_histogram.count_above(limit) as f64);
        // Requests that are due evenly in the stall wait for what is left of it: evenly from all of it to nothing.
        let truth = stalled * (1.0 - share);
        println!("{:>6.2} s {truth:>16.0} {response:>16.0} {service:>16.0}", share * STALL_S);
        assert!((response - truth).abs() <= OFF, "{response} requests took over {limit:?}, not {truth}");
        // Those that were on the way when it began; the first few due in it find the connections that were idle.
        assert!(service <= CONNECTIONS, "{service} service times over {limit:?} with {CONNECTIONS} connections");
    }
    // One request in ten was due in the stall, so that the percentiles are those of its last parts.
    let latency = &hold.latency;
    println!("response time: {latency:?}\nservice time: {:?}", hold.service);
    for (name, seen_ms, quantile) in [("p95", latency.p95_ms, 0.95), ("p99", latency.p99_ms, 0.99), ("p99.9", latency.p999_ms, 0.999)] {
        let truth_ms = 1e3 * STALL_S * (1.0 - (1.0 - quantile) * EVERY_S / STALL_S);
        let off_ms = 1e3 * STALL_S * OFF / stalled;
        assert!(seen_ms.is_some_and(|seen_ms| (seen_ms - truth_ms).abs() <= off_ms), "{name}: {seen_ms:?}, not {truth_ms}");
    }
    assert!(latency.p75_ms < Some(20.0) && hold.service.p99_ms < Some(20.0), "{:?}", hold.service);
    // The mean over all is half the stall for a tenth of the requests.
    let truth_ms = 1e3 * STALL_S / 2.0 * STALL_S / EVERY_S;
    assert!(latency.mean_ms.is_some_and(|mean_ms| (mean_ms - truth_ms).abs() < 3.0), "{:?}, not {truth_ms}", latency.mean_ms);
}

/// A hold whose figures are the target's; `None`, with the reason printed, where other programs take the generator's core.
fn undisturbed() -> Option<Hold> {
    for _ in 0..2 {
        let (hold, busy) = quiet::watched(hold);
        if !hold.generator.summary.limited {
            return Some(hold);
        }
        println!("generator's core busy for {busy:.2} of the time: {:?}", hold.generator.summary.findings);
        assert!(quiet::is_busy(busy), "{:?}", hold.generator.summary.findings);
    }
    println!("not measured: other programs keep the generator's core busy");
    None
}
