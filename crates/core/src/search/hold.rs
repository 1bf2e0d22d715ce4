//! HOLD: just under the estimate for longer than any probe, because what carries a load for two seconds need not carry it for ten.

use super::{facts::Facts, line::Curve, recheck::Recheck, refine::Refine, state::Phase};
use crate::{
    finding::Axis,
    step::{Purpose, StepPlan},
};

/// Length in seconds, and where: this share of the estimate.
const HOLD_S: f64 = 8.0;
const SHARE: f64 = 0.975;
/// Below this many users a share of the estimate is no whole user less: the estimate itself is held.
const SMALL: f64 = 20.0;
/// Evidence that a hold may show against an objective and still pass.
const PASS_Z: f64 = 0.5;
/// A hold that fails is fed back and repeated this often.
const MOST_HOLDS: u32 = 3;
/// Slower than the fitted curve by this much, beyond three standard errors, is a failed hold too.
const SLOWER: f64 = 0.05;

/// A hold that lies above the fitted curve by no more than this many standard errors is what the curve let expect.
const EXPECTED_Z: f64 = 2.0;

#[derive(Clone, Debug)]
pub(crate) struct Hold {
    load: f64,
    /// Whether the same hold has just failed.
    again: bool,
    /// What the probes before it let expect.
    curve: Option<Curve>,
}

pub(crate) fn seconds(facts: &Facts) -> f64 {
    HOLD_S * facts.scale()
}

impl Hold {
    pub fn at_estimate(facts: &Facts) -> Self {
        let line = facts.line().map(|line| line.estimate.value);
        let value = facts.whole(line.or_else(|| facts.highest_pass()).unwrap_or(facts.goal.start));
        let load = match facts.goal.axis {
            _ if line.is_none() => value,
            Axis::Users if value < SMALL => value,
            Axis::Users => (SHARE * value).round(),
            Axis::Rate => SHARE * value,
        };
        Self { load: load.min(facts.goal.ceiling), again: false, curve: facts.crossing().curve.filter(|_| line.is_some()) }
    }

    pub fn plan(&self, facts: &Facts) -> StepPlan {
        facts.step(Purpose::Hold, self.load, seconds(facts))
    }

    pub fn advance(self, facts: &mut Facts) -> Phase {
        facts.holds += 1;
        facts.held = Some(passes(facts) || self.is_expected(facts));
        let room_s = facts.budget_s() - facts.elapsed_s();
        if facts.held == Some(false) && facts.holds < MOST_HOLDS && room_s > 2.0 * seconds(facts) {
            return Refine::default().or_next(facts);
        }
        // Without the time to refine again, the same load has a second chance, unless the first left the target unwell: one hold in forty
        // fails by chance alone.
        if facts.held == Some(false) && !self.again && !facts.needs_gate() {
            return Phase::Hold(Self { again: true, ..self });
        }
        match Recheck::of(facts) {
            Some(recheck) => Phase::Recheck(recheck),
            None => super::overshoot::Overshoot::or_done(facts),
        }
    }
}

impl Hold {
    /// Whether the hold is no slower than the curve of the probes let expect: so near the line half of all holds break the objective by
    /// chance, which moves the line and contradicts nothing.
    fn is_expected(&self, facts: &Facts) -> bool {
        let Some((curve, last)) = self.curve.zip(facts.last()) else { return false };
        !last.is_jump() && last.worst_position().is_some_and(|seen| curve.excess_z(last.load, seen) <= EXPECTED_Z)
    }
}

fn passes(facts: &Facts) -> bool {
    let Some(last) = facts.last() else { return false };
    if last.z() > PASS_Z {
        return false;
    }
    match (facts.line(), facts.knee(), last.per_request) {
        (Some(line), Some(knee), Some(seen)) if line.at_knee => {
            let slower = seen.ln - knee.response_s(last.load).ln();
            slower <= SLOWER || slower <= 3.0 * seen.se
        }
        _ => true,
    }
}
