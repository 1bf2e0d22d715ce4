//! The word beside the number: firm, rough, unstable, at least, withheld, each with its reasons.

use super::{
    drift::Drift,
    facts::{Facts, Line},
    generator,
    pauses::{self, Still},
    refine_line::is_proven,
};
use crate::{
    finding::{Axis, LoadLine, Word},
    units::{show_duration, show_number, show_share},
};

/// Half interval, as a share of the value, up to which (or the tolerance asked for) a line is firm (docs/METHOD.md).
const FIRM: f64 = 0.075;
/// Loads on the wrong side with this much evidence contradict the line.
const CONTRADICTION_Z: f64 = 2.5;
/// No interval is narrower than this on either side (in ln load) while a side is undecided.
const UNDECIDED: f64 = 0.11;
/// Loads within this factor of the line have the same pauses.
const NEAR: f64 = 2.0;

/// The load line with its word.
pub(crate) fn load_line(facts: &Facts) -> LoadLine {
    if let Some(broken) = &facts.broken {
        return withheld(facts, broken.clone());
    }
    if let Some(limit) = generator::limit(facts) {
        return withheld(facts, format!("the generator was the limit: {limit}"));
    }
    match facts.line() {
        None => not_failed(facts),
        Some(line) => judged(facts, &line),
    }
}

fn withheld(facts: &Facts, reason: String) -> LoadLine {
    LoadLine {
        axis: facts.goal.axis,
        value: None,
        low: None,
        high: None,
        confidence: 0.95,
        word: Word::Withheld,
        binding: "none".to_owned(),
        reasons: vec![reason],
    }
}

/// Nothing failed: the highest load that passed is a lower bound.
fn not_failed(facts: &Facts) -> LoadLine {
    let Some(pass) = facts.highest_pass() else {
        return withheld(facts, "nothing was measured".to_owned());
    };
    // Without a latency objective the knee counts too: where it seems to lie below, only its lower end is certain.
    let knee = facts.knee().filter(|knee| !facts.has_latency_objective() && knee.estimate.value < pass);
    let pass = knee.map_or(pass, |knee| pass.min(facts.whole(knee.estimate.low)));
    let reason = facts.at_least.clone().unwrap_or_else(|| "the search ended before anything failed".to_owned());
    LoadLine {
        axis: facts.goal.axis,
        value: Some(pass),
        low: Some(pass),
        high: None,
        confidence: 0.95,
        word: Word::AtLeast,
        binding: "none".to_owned(),
        reasons: vec![reason],
    }
}

fn judged(facts: &Facts, line: &Line) -> LoadLine {
    let estimate = &line.estimate;
    let binding = estimate.binding.map_or_else(|| "knee".to_owned(), |index| facts.criteria[index].to_string());
    let unstable = reasons_for_unstable(facts, line);
    let rough = reasons_for_rough(facts, line);
    let (word, reasons) = if !unstable.is_empty() {
        (Word::Unstable, unstable)
    } else if !rough.is_empty() {
        (Word::Rough, rough)
    } else {
        (Word::Firm, Vec::new())
    };
    let (value, low, high) = ends(facts, line);
    let high = high.is_finite().then_some(high);
    LoadLine { axis: facts.goal.axis, value: Some(value), low: Some(low), high, confidence: 0.95, word, binding, reasons }
}

/// Users are whole, and so are the ends of the interval.
fn ends(facts: &Facts, line: &Line) -> (f64, f64, f64) {
    let mut estimate = line.estimate.clone();
    if is_undecided(facts, line) {
        estimate.low = estimate.low.min(estimate.value * (-UNDECIDED).exp());
        estimate.high = estimate.high.max(estimate.value * UNDECIDED.exp());
    }
    match facts.goal.axis {
        Axis::Rate => (estimate.value, estimate.low, estimate.high),
        Axis::Users => {
            let value = facts.whole(estimate.value);
            // A bracket ends at a load that fails: one less may still be carried.
            let is_bracket = !line.at_knee && !estimate.fitted;
            let high = if is_bracket { estimate.high - 1.0 } else { estimate.high };
            // A knee is one whole number where only one is in question; where several are, rounding must not narrow the interval. What bends
            // back has no slots to count at all.
            let has_no_slots = line.at_knee && facts.knee().is_some_and(|knee| knee.retrograde.is_some());
            let is_one = facts.whole(estimate.low) == facts.whole(high) && !has_no_slots;
            let (low, high) =
                if line.at_knee && !is_one { (estimate.low.floor(), high.ceil()) } else { (facts.whole(estimate.low), facts.whole(high)) };
            (value, low.clamp(1.0, value), high.max(value))
        }
    }
}

fn reasons_for_unstable(facts: &Facts, line: &Line) -> Vec<String> {
    let mut reasons = Vec::new();
    if facts.held == Some(false) {
        reasons.push("the load just below the line was not carried for longer".to_owned());
    }
    reasons.extend(facts.shifted.clone());
    let drift = if line.at_knee { facts.knee().and_then(|knee| knee.drift) } else { facts.crossing().drift };
    if let Some(drift) = drift.filter(Drift::is_change) {
        let share = drift.moved.abs().exp_m1();
        reasons.push(format!(
            "the target became {} by {} during the search",
            if drift.moved > 0.0 { "slower" } else { "faster" },
            show_share(share)
        ));
    }
    if let Some((load, passes)) = contradiction(facts, line) {
        reasons.push(format!(
            "{} {} although it lies {} the line",
            facts.show_load(load),
            if passes { "passed" } else { "failed" },
            if passes { "above" } else { "below" }
        ));
    }
    reasons
}

/// A load that clearly passed above the interval, or failed below it.
fn contradiction(facts: &Facts, line: &Line) -> Option<(f64, bool)> {
    if line.at_knee {
        return None;
    }
    facts.crossing().loads.iter().find_map(|one| {
        let passes = one.load > line.estimate.high * 1.001 && one.z < -CONTRADICTION_Z;
        let fails = one.load < line.estimate.low * 0.999 && one.z > CONTRADICTION_Z;
        (passes || fails).then_some((one.load, passes))
    })
}

/// Whether chance alone could explain that the loads on one side pass, or those on the other fail.
fn is_undecided(facts: &Facts, line: &Line) -> bool {
    line.estimate.fitted && !is_proven(facts, &line.estimate)
}

/// Pauses near the line move its tail, and with it the line of a high percentile; the mean, and a cliff, they leave alone.
fn stood_still(facts: &Facts, line: &Line) -> Option<Still> {
    let estimate = &line.estimate;
    if estimate.fitted { pauses::stood_still(facts, estimate.value / NEAR, estimate.value * NEAR) } else { None }
}

fn reasons_for_rough(facts: &Facts, line: &Line) -> Vec<String> {
    let estimate = &line.estimate;
    let mut reasons = Vec::new();
    let half = estimate.half();
    let (_, low, high) = ends(facts, line);
    // A single whole number can't be known more narrowly.
    let is_whole_number = facts.goal.axis == Axis::Users && high - low < 1.0;
    if half > FIRM.max(facts.goal.tolerance) && !is_whole_number {
        reasons.push(if high.is_finite() {
            let either_way = (high / low).ln() / 2.0;
            format!(
                "its interval is wide: {} either way, where {} is firm",
                show_share(either_way),
                show_share(FIRM.max(facts.goal.tolerance))
            )
        } else {
            format!("it lies above {}, and nothing beyond it failed beyond chance", show_number(low))
        });
    }
    if facts.held.is_none() {
        reasons.push("it was not held for longer than a probe".to_owned());
    }
    if facts.held.is_some() && !facts.rechecked && facts.base().is_some() {
        reasons.push("the generator was disturbed when the target was to be checked again".to_owned());
    }
    if is_undecided(facts, line) {
        reasons.push("the loads on both sides of it are not decided beyond chance".to_owned());
    }
    if let Some(still) = stood_still(facts, line) {
        reasons.push(format!(
            "the target stood still for a moment: {} answers in {} where {} are usual",
            show_number(still.answers),
            show_duration(still.batch),
            show_number(still.usual)
        ));
    }
    if facts.stuck_after.is_some() && !facts.rechecked {
        reasons.push("the target did not become healthy again, so nothing could be checked twice".to_owned());
    }
    reasons
}
