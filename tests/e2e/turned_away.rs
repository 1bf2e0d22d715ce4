//! Servers that turn requests away, or fall over, beyond a number.

use super::{
    quiet,
    truth::{Truth, twice},
};
use plimsoll_core::finding::{LadderRung, Rung};

fn line(target: &str) {
    twice(target, &["--time", "20s"], Truth::of(target));
}

#[test]
#[ignore = "puts load on a real process"]
fn status_503_above_100() {
    line("lab:threads?wait=100ms&refuse_above=100");
}

#[test]
#[ignore = "puts load on a real process"]
fn a_crash_above_120() {
    line("lab:threads?wait=100ms&crash_above=120");
}

#[test]
#[ignore = "puts load on a real process"]
fn status_429_above_300_a_second() {
    line("lab:threads?wait=40ms&limit_rate=300");
}

#[test]
#[ignore = "puts load on a real process"]
fn each_way_of_degrading_stands_on_its_own_rung() {
    for (target, rung, kind) in [
        ("lab:threads?wait=100ms&refuse_above=30", Rung::Refusals, "http_503"),
        ("lab:threads?wait=40ms&limit_rate=300", Rung::Refusals, "http_429"),
    ] {
        let Some(run) = quiet::find(target, &["--time", "10s"]) else { return };
        let ladder = run.finding().ladder;
        let seen = |step: &&LadderRung| step.rung == rung && step.seen && step.kind.as_deref() == Some(kind);
        assert_eq!(ladder.iter().filter(seen).count(), 1, "{run}\n{ladder:?}");
    }
}
