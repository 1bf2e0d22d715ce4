//! What one step says of the time that a user's round takes, and with it of throughput.

use crate::{
    stat::{BatchSum, mean_standard_error, rate_standard_error},
    step::{Load, StepResult},
};

/// `ln(N / X)`: the time a user's round takes (users), or the share of arrivals that get no answer (rate), in logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerRequest {
    /// The logarithm; of seconds on the users axis.
    pub ln: f64,
    /// Its standard error.
    pub se: f64,
}

/// Above this share of failures the round trip of a user is no measure of the target's pace.
const FEW_ERRORS: f64 = 0.01;

/// From so many answers on their count is a measure of throughput.
const COUNTED_ANSWERS: u64 = 200;
/// So many will do where the answers themselves tell hardly anything: their mean is known so many times less well than their number.
const FEW_ANSWERS: u64 = 25;
const UNTOLD: f64 = 2.0;
/// By so much, in logarithms, a round must be longer than its answers say before users are taken to starve.
const COUNTED_BEYOND: f64 = 0.1;

/// The response times of good answers, batch by batch.
pub(crate) fn response_sums(step: &StepResult) -> Vec<BatchSum> {
    step.batches.iter().map(|batch| BatchSum { n: batch.good as f64, sum: batch.response_sum_ns as f64 * 1e-9 }).collect()
}

/// The time of a round by Little's law from the answers, or as counted where users starve; `None` where too much failed to tell.
pub fn per_request(step: &StepResult) -> Option<PerRequest> {
    match step.plan.load {
        // N/X by Little's law from the measured response times: exact where few requests end in a step, which counting is not.
        Load::Users { think, .. } => {
            if step.error_share()? > FEW_ERRORS {
                return None;
            }
            let round_s = step.mean_response_s()? + think.as_secs_f64();
            let se_s = mean_standard_error(&response_sums(step))?;
            let by_answers = (round_s > 0.0).then(|| PerRequest { ln: round_s.ln(), se: se_s / round_s })?;
            Some(by_count(step, by_answers).unwrap_or(by_answers))
        }
        Load::Rate { .. } => {
            let sums: Vec<BatchSum> =
                step.batches.iter().map(|batch| BatchSum { n: batch.offered as f64, sum: batch.good as f64 }).collect();
            let share = step.good() as f64 / step.offered() as f64;
            let se = mean_standard_error(&sums)?;
            (share > 0.0 && share.is_finite()).then(|| PerRequest { ln: -share.ln(), se: se / share })
        }
    }
}

/// Users whom nobody serves, as a share of all; `None` on the rate axis, and with too few answers to tell.
pub fn starving_share(step: &StepResult) -> Option<f64> {
    match step.plan.load {
        Load::Users { users, .. } if step.good() >= COUNTED_ANSWERS => Some(step.starving()? as f64 / f64::from(users.max(1))),
        _ => None,
    }
}

/// N/X as counted, where that is clearly longer than the answers say because users are left without one, or where the answers say nothing.
///
/// A full accept queue drops connections without a word: those inside are served as ever, the others wait and wait. The mean of the answers
/// knows nothing of them; throughput does, and so do requests in flight that are far older than any answer took.
///
/// A server that gives a connection several turns before the next one has its first answers most requests at once and a few after many turns:
/// in a short step those few come by chance, while answers as such come as regularly as ever.
fn by_count(step: &StepResult, by_answers: PerRequest) -> Option<PerRequest> {
    let counts: Vec<f64> = step.batches.iter().map(|batch| batch.good as f64).collect();
    let batch_s = step.measured().as_secs_f64() / counts.len() as f64;
    let good_per_s = step.good_per_s()?;
    let counted = PerRequest { ln: (step.plan.load.size() / good_per_s).ln(), se: rate_standard_error(&counts, batch_s) / good_per_s };
    if step.good() >= FEW_ANSWERS && UNTOLD * counted.se < by_answers.se {
        return Some(counted);
    }
    let longer = counted.ln - by_answers.ln;
    let users_lost = 1.0 - (-longer).exp();
    let is_clear = longer > COUNTED_BEYOND.max(4.0 * counted.se.hypot(by_answers.se));
    (is_clear && starving_share(step)? > users_lost / 2.0).then_some(counted)
}
