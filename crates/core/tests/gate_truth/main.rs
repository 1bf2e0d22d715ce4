//! The gate `--baseline FILE --max-drop 5%` against simulated targets, in virtual time: a baseline, then the same target again, and one whose load
//! line is a tenth lower. No drop may be called one in more than 5% of the runs, and a tenth must be caught in 80%.

mod pairs;

use pairs::Pair;
use plimsoll_core::{
    finding::{Finding, GateVerdict},
    gate::{Baseline, Gates},
    search::Goal,
    sim::TargetModel,
};
use std::ops::Range;

/// Half of what was lost.
const MAX_DROP: f64 = 0.05;

/// What came of many runs.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    runs: u32,
    /// No drop that was called one, and such that could not be told.
    false_alarms: u32,
    doubts: u32,
    /// Drops of a tenth that were called one, and such that could not be told.
    caught: u32,
    unsure: u32,
    /// Baselines that gave no line to hold anything against.
    useless: u32,
}

impl Tally {
    fn of(pair: &Pair, seeds: Range<u64>) -> Self {
        seeds.map(|seed| Self::one(pair, seed)).fold(Self::default(), Self::and)
    }

    fn one(pair: &Pair, seed: u64) -> Self {
        let gated = pair.goal.clone().against_a_baseline();
        let find = |model: &TargetModel, goal: &Goal, place: u64| pairs::find(model, goal, 3 * seed + place);
        let (was, again, worse) = (find(&pair.was, &pair.goal, 0), find(&pair.was, &gated, 1), find(&pair.worse, &gated, 2));
        let pause_s = pair.goal.think.as_secs_f64();
        let Ok(baseline) = Baseline::of(was, MAX_DROP, pair.goal.axis, &pair.goal.objectives(), pause_s) else {
            return Self { runs: 1, useless: 1, ..Self::default() };
        };
        let gates = Gates { fail_below: None, baseline: Some(baseline) };
        let verdict = |finding: &Finding| gates.judge(finding)[0].verdict;
        let is = |seen: GateVerdict, wanted: GateVerdict| u32::from(seen == wanted);
        let (no_drop, drop) = (verdict(&again), verdict(&worse));
        Self {
            runs: 1,
            false_alarms: is(no_drop, GateVerdict::Failed),
            doubts: is(no_drop, GateVerdict::CannotTell),
            caught: is(drop, GateVerdict::Failed),
            unsure: is(drop, GateVerdict::CannotTell),
            useless: 0,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            false_alarms: self.false_alarms + other.false_alarms,
            doubts: self.doubts + other.doubts,
            caught: self.caught + other.caught,
            unsure: self.unsure + other.unsure,
            useless: self.useless + other.useless,
        }
    }

    fn row(&self, name: &str) -> String {
        let share = |n: u32| 100.0 * f64::from(n) / f64::from(self.runs.max(1));
        format!(
            "{name:28} no drop: called one {:4.1}%, doubted {:4.1}% | a tenth: caught {:5.1}%, doubted {:4.1}% | baselines of no use {:4.1}%",
            share(self.false_alarms),
            share(self.doubts),
            share(self.caught),
            share(self.unsure),
            share(self.useless)
        )
    }
}

/// Kinds of target that the gate holds its promise for; the others are in the table alone, and docs/METHOD.md names them.
fn promised() -> impl Iterator<Item = Pair> {
    pairs::all().into_iter().filter(|pair| pair.class == pairs::Class::Promised)
}

#[test]
fn a_tenth_less_is_caught_and_no_drop_is_called_one() {
    let mut all = Tally::default();
    for pair in promised() {
        let tally = Tally::of(&pair, 501..509);
        assert!(tally.false_alarms <= 1, "{}", tally.row(&pair.name));
        all = all.and(tally);
    }
    assert!(all.runs >= 80 && all.caught * 100 >= all.runs * 80 && all.false_alarms * 100 <= all.runs * 5, "{}", all.row("all"));
}

#[test]
#[ignore = "a table for whoever works on the gate"]
#[allow(clippy::print_stdout)] // its output is its purpose
fn table() {
    let mut all = Tally::default();
    for pair in pairs::all() {
        let tally = Tally::of(&pair, 2001..2101);
        println!("{}", tally.row(&pair.name));
        if pair.class == pairs::Class::Promised {
            assert!(tally.caught * 100 >= tally.runs * 80 && tally.false_alarms * 100 <= tally.runs * 5, "a promise is broken");
            all = all.and(tally);
        }
    }
    println!("{}", all.row("all that are promised"));
}
