//! Is the generator the limit? What one step says about whoever measured it.

use crate::{
    outcome::NotSent,
    stat::rate_standard_error,
    step::{FAILURE_PAUSE, Load, StepResult},
    units::{show_duration, show_share},
};
use std::time::Duration;

/// Above this share of a core a generator thread may be the queue that it measures (docs/METHOD.md).
const BUSY: f64 = 0.8;
/// The gap `N/X - R - think`, as a share of the response time, from which a number is withheld.
const GAP: f64 = 0.05;
/// Send lag p99 must stay below this share of the median response time, or 1 ms where that is more.
const LAG_OF_MEDIAN: f64 = 0.05;
const LAG_US: f64 = 1_000.0;
/// Where nobody is answered there is no latency for it to blur, only the pause of those who failed: bursts of users who come back at one time
/// to a target that is down are sent one after another.
const LAG_UNANSWERED_US: f64 = FAILURE_PAUSE.start.as_millis() as f64 * 1e3;
/// With fewer sends one stray wake-up is the 99th percentile.
const LAG_SENDS: u64 = 100;
/// Share of a step that a generator thread may wait for its core.
const RUN_WAIT: f64 = 0.1;
/// Share of its core that other programs may use. A spinning process takes all that the generator leaves, and whether the scheduler then lets
/// the generator in at once is luck.
const CORE_TAKEN: f64 = 0.6;
/// Share of a step that a quota may hold the generator back: one request in a hundred, so that no percentile up to the 99th moves.
const THROTTLED: f64 = 0.01;
/// Share of the machine's time that a hypervisor may take.
const STEAL: f64 = 0.1;

/// The generator's part in one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// Why the generator may have been the limit; empty when it was not.
    pub faults: Vec<String>,
    /// The identity gap as a share of the response time, where the step is long enough to tell.
    pub gap_share: Option<f64>,
}

/// How the generator waits for sends that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The kernel wakes it in time.
    Asleep,
    /// It stays awake before each, so that its CPU time tells nothing of its work.
    Awake,
}

/// Weighs a step's own measurements of the generator.
pub fn assess(step: &StepResult, waiting: Waiting) -> Assessment {
    let mut faults = Vec::new();
    let health = &step.generator;
    let median_us = step.response.quantile(0.5, 0).map(|median| median.as_secs_f64() * 1e6);
    if let Some(share) = health.cpu_share.filter(|&share| waiting == Waiting::Asleep && share > BUSY) {
        faults.push(format!("a generator thread was busy for {} of its core", show_share(share)));
    }
    let lag_limit_us = median_us.map_or(LAG_UNANSWERED_US, |median_us| (LAG_OF_MEDIAN * median_us).max(LAG_US));
    if let Some(lag) = health.send_lag_p99_us.filter(|&lag| lag > lag_limit_us && step.sent() >= LAG_SENDS) {
        faults.push(format!("one send in a hundred left more than {} late", show_duration(Duration::from_secs_f64(lag * 1e-6))));
    }
    let throttled = health.throttled_share.filter(|&share| share > THROTTLED);
    if let Some(share) = throttled {
        faults.push(format!("a CPU quota held the generator back {} of the time", show_share(share)));
    }
    // A thread under a quota waits for its core as well: that is no second fault.
    if let Some(share) = health.run_wait_share.filter(|&share| throttled.is_none() && share > RUN_WAIT) {
        faults.push(format!("the generator waited for its core {} of the time: something else runs there", show_share(share)));
    }
    if let Some(share) = health.core_taken_share.filter(|&share| share > CORE_TAKEN) {
        faults.push(format!("other programs used {} of the generator's core", show_share(share)));
    }
    if let Some(share) = health.steal_share.filter(|&share| share > STEAL) {
        faults.push(format!("the hypervisor took {} of the machine's time", show_share(share)));
    }
    let not_sent = step.not_sent();
    if not_sent.get(NotSent::NoFile) > 0 {
        faults.push(format!("{} requests found no free file descriptor", not_sent.get(NotSent::NoFile)));
    }
    if not_sent.get(NotSent::NoPort) > 0 {
        faults.push(format!("{} requests found no free local port", not_sent.get(NotSent::NoPort)));
    }
    let gap_share = gap_share(step);
    if let Some((share, se)) = gap_share
        && share > GAP
        && share > 4.0 * se
    {
        faults.push(format!("{} of the time between two requests of a user is in neither the target nor the plan", show_share(share)));
    }
    Assessment { faults, gap_share: gap_share.map(|(share, _)| share) }
}

/// `(N/X - R - think) / R` with its standard error. It must be near 0 in a closed loop (Little's law): what is left over is time that users
/// spent in the generator. `None` where few requests ended a user, any failed, or their number was fixed: then users start one by one and
/// have nothing left to send in the end.
fn gap_share(step: &StepResult) -> Option<(f64, f64)> {
    let Load::Users { users, think } = step.plan.load else { return None };
    // Who is left without an answer spends the time in the target; where that can't be told, the generator is doubted.
    let served = f64::from(users) - step.starving().unwrap_or(0) as f64;
    let (users, good, think_s) = (served.max(0.0), step.good() as f64, think.as_secs_f64());
    if good < 20.0 * users || step.failed().total() > 0 || step.plan.requests.is_some() {
        return None;
    }
    let batch_s = step.measured().as_secs_f64() / step.batches.len() as f64;
    let counts: Vec<f64> = step.batches.iter().map(|batch| batch.good as f64).collect();
    let rate = step.good_per_s()?;
    let rate_se = rate_standard_error(&counts, batch_s);
    let mean_s = step.mean_response_s()?;
    let round_s = users / rate;
    // Besides the spread between batches: up to a request a user is cut by the step's borders, and pauses vary.
    let border = users.sqrt() / good;
    let pause_s = think_s / good.sqrt();
    let se_s = (round_s * round_s * ((rate_se / rate).powi(2) + border * border) + pause_s * pause_s).sqrt();
    Some(((round_s - mean_s - think_s) / mean_s, se_s / mean_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcome::Failure,
        step::{Batch, GeneratorHealth, Purpose, Settle, StepPlan},
    };

    fn step(requests: Option<u64>) -> StepResult {
        let settle = Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 };
        let load = Load::Users { users: 1, think: Duration::ZERO };
        let plan =
            StepPlan { purpose: Purpose::Ramp, load, settle, measure: Duration::from_secs(1), batches: 1, limits: Vec::new(), requests };
        StepResult::begin(plan, Duration::ZERO)
    }

    fn faults(generator: GeneratorHealth) -> Vec<String> {
        let step = StepResult { generator, ..step(None) };
        assess(&step, Waiting::Asleep).faults
    }

    fn health(cpu: f64, run_wait: f64, throttled: f64, taken: f64) -> GeneratorHealth {
        GeneratorHealth {
            cpu_share: Some(cpu),
            run_wait_share: Some(run_wait),
            throttled_share: Some(throttled),
            core_taken_share: Some(taken),
            ..GeneratorHealth::default()
        }
    }

    #[test]
    fn figures_of_undisturbed_runs_are_no_fault() {
        // CPU time, wait: as measured from 20 to 50,000 requests a second, the last two beside a target on the same cores.
        for (cpu, run_wait) in [
            (0.012, 0.0023),
            (0.0094, 0.0094),
            (0.056, 0.0135),
            (0.13, 0.0036),
            (0.4, 0.0222),
            (0.49, 0.0107),
            (0.034, 0.0358),
            (0.085, 0.0681),
        ] {
            assert_eq!(faults(health(cpu, run_wait, 0.0, 0.05)), Vec::<String>::new());
        }
        assert_eq!(faults(GeneratorHealth::default()), Vec::<String>::new());
    }

    #[test]
    fn lateness_counts_against_what_is_measured() {
        let late = |lag_us: f64, answered: bool| {
            let mut step = step(None);
            step.generator = GeneratorHealth { send_lag_p99_us: Some(lag_us), ..GeneratorHealth::default() };
            if answered {
                step.response.record_many_ns(10_000_000, 400);
                step.batches = vec![Batch { sent: 400, good: 400, ..Batch::empty(0) }];
            } else {
                let mut batch = Batch::empty(0);
                batch.failed.add(Failure::Refused, 400);
                batch.sent = 400;
                step.batches = vec![batch];
            }
            assert_eq!(step.sent(), 400);
            assess(&step, Waiting::Asleep).faults.len()
        };
        // A target that is down: 128 users who come back at one time leave up to 3 ms late.
        assert_eq!([late(3_100.0, false), late(25_000.0, false)], [0, 1]);
        assert_eq!([late(900.0, true), late(3_100.0, true)], [0, 1]);
    }

    #[test]
    fn a_thread_that_stays_awake_is_not_busy() {
        let generator = health(1.0, 0.0, 0.0, 0.0);
        assert!(faults(generator.clone())[0].contains("busy for 100%"));
        let step = StepResult { generator, ..step(None) };
        assert_eq!(assess(&step, Waiting::Awake).faults, Vec::<String>::new());
    }

    #[test]
    fn time_that_users_spend_in_neither_target_nor_plan_is_the_generators_unless_they_ran_out_of_requests() {
        // 100 answers a second that take 5 ms each: a single user would give 200.
        for (requests, fault) in [(None, true), (Some(1_000), false)] {
            let mut step = step(requests);
            step.batches = vec![Batch { duration: Duration::from_secs(1), good: 100, response_sum_ns: 500_000_000, ..Batch::empty(0) }; 10];
            let assessment = assess(&step, Waiting::Asleep);
            assert_eq!((assessment.faults.len(), assessment.gap_share.is_some()), (usize::from(fault), fault), "{assessment:?}");
        }
    }

    #[test]
    fn each_way_of_being_held_back_is_one_fault_that_names_it() {
        // A spinning process beside a busy and an idle generator; a quota of a tenth of a core.
        for (health, said) in [
            (health(0.4, 0.12, 0.0, 0.0), "waited for its core 12%"),
            (health(0.008, 0.004, 0.0, 0.99), "used 99% of the generator's core"),
            (health(0.041, 0.13, 0.353, 0.0), "a CPU quota held the generator back 35"),
        ] {
            let faults = faults(health);
            assert!(matches!(&faults[..], [one] if one.contains(said)), "{said}: {faults:?}");
        }
    }
}
