//! Load lines of an objective, for exponential service times: docs/METHOD.md, acceptance suite, the closed M/M/c.

use super::truth::{Truth, agreeing};

#[test]
#[ignore = "puts load on a real process"]
fn eight_workers_of_10_ms_and_p99_below_100_ms() {
    agreeing("lab:pool?workers=8&wait=10ms&dist=exp", &["--slo", "p99<100ms", "--time", "30s"], Truth::About(48.0));
}

#[test]
#[ignore = "puts load on a real process"]
fn four_workers_of_20_ms_and_p95_below_100_ms() {
    // At 11 the percentile is within 0.2 ms of the limit.
    agreeing("lab:pool?workers=4&wait=20ms&dist=exp", &["--slo", "p95<100ms", "--time", "30s"], Truth::Whole(10.0, 11.0));
}

#[test]
#[ignore = "puts load on a real process"]
fn sixteen_workers_of_40_ms_and_p95_below_250_ms() {
    agreeing("lab:pool?workers=16&wait=40ms&dist=exp", &["--slo", "p95<250ms", "--time", "30s"], Truth::About(66.0));
}
