//! REFINE: probes near the load line until the interval is as narrow as asked, or the time is up.

use super::{
    facts::Facts,
    hold::{self, Hold},
    overshoot,
    ramp::Ramp,
    refine_knee, refine_line,
    state::Phase,
};
use crate::step::{Purpose, StepPlan};

/// The longest probe, in seconds.
const PROBE_S: f64 = 2.5;
/// What the re-check and the recovery take of the end of the budget.
const RECHECK_S: f64 = 2.0;
const RECOVERY_S: f64 = 1.0;
/// Refining under an objective ends at this share of the budget at the latest (docs/METHOD.md).
const LATEST: f64 = 0.72;

#[derive(Clone, Debug, Default)]
pub(crate) struct Refine {
    probes: usize,
}

impl Refine {
    pub fn plan(&self, facts: &Facts) -> StepPlan {
        let load = match facts.line() {
            Some(line) if line.at_knee => refine_knee::probe(facts, &line.estimate, self.probes),
            _ => refine_line::probe(facts, self.probes),
        };
        facts.step(Purpose::Refine, load, PROBE_S * facts.scale())
    }

    pub fn advance(self, facts: &mut Facts) -> Phase {
        Self { probes: self.probes + 1 }.or_next(facts)
    }

    /// Goes on refining, up the ramp again, or to the hold.
    pub fn or_next(self, facts: &mut Facts) -> Phase {
        let probe = self.plan(facts);
        let out_of_time = facts.elapsed_s() + (probe.settle.least + probe.measure).as_secs_f64() > deadline_s(facts);
        match facts.line() {
            None if out_of_time => Phase::Hold(Hold::at_estimate(facts)),
            None if facts.crossing().bracket.fail.is_none() => Ramp::beyond(facts),
            Some(line) if out_of_time || is_tight(facts, &line, self.probes) => Phase::Hold(Hold::at_estimate(facts)),
            _ => Phase::Refine(self),
        }
    }
}

pub(crate) fn is_tight(facts: &Facts, line: &super::facts::Line, probes: usize) -> bool {
    if line.at_knee { refine_knee::is_tight(facts, &line.estimate, probes) } else { refine_line::is_tight(facts, &line.estimate) }
}

/// When refining must end for hold, re-check, overshoot and recovery to fit into the budget.
fn deadline_s(facts: &Facts) -> f64 {
    let rest_s = hold::seconds(facts) + (RECHECK_S + RECOVERY_S) * facts.scale() + overshoot::expected_s(facts);
    // A knee has no probe that decides it: every one counts.
    let latest = if facts.has_latency_objective() { LATEST } else { 1.0 };
    (facts.budget_s() - rest_s).clamp(0.4 * facts.budget_s(), latest * facts.budget_s())
}
