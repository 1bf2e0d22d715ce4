//! The load generator's own strength.

use crate::{
    stat::{Latencies, Resolution},
    step::GeneratorHealth,
};
use std::time::Duration;

/// CPU time that a request costs a perfect generator, in nanoseconds; it delays nothing and only shows in the CPU share.
const PERFECT_COST_NS: u64 = 2_000;

/// How strong the generator is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Generator {
    /// It sends and reads at once.
    Perfect,
    /// One core that needs this much CPU time a request, half to read the answer and half to prepare and send the next one.
    ///
    /// Answers wait for it unread, so the target looks slower than it is. In a closed loop response times count from the actual send
    /// here, so that the wait between an answer and the next send opens a gap in N = X R, as in a generator that is too busy to stamp
    /// in time; that wait is the send lag.
    Weak {
        /// CPU time of one request.
        cost: Duration,
    },
}

/// The generator at work during one step.
#[derive(Debug)]
pub(super) struct Effort {
    half_cost_ns: Option<u64>,
    free_at_ns: u64,
    busy_ns: u64,
    lag: Latencies,
}

impl Effort {
    pub(super) fn of(generator: Generator) -> Self {
        let half_cost_ns = match generator {
            Generator::Perfect => None,
            Generator::Weak { cost } => Some((cost.as_nanos() / 2) as u64),
        };
        Self { half_cost_ns, free_at_ns: 0, busy_ns: 0, lag: Latencies::with_resolution(Resolution::Coarse) }
    }

    /// Forgets what earlier steps cost.
    pub(super) fn begin_step(&mut self) {
        self.busy_ns = 0;
        self.lag.clear();
    }

    /// When a send, or a read, that is asked for at `now_ns` is done; `None`: at once.
    pub(super) fn do_half(&mut self, now_ns: u64) -> Option<u64> {
        let Some(half_ns) = self.half_cost_ns else {
            self.busy_ns += PERFECT_COST_NS / 2;
            return None;
        };
        self.busy_ns += half_ns;
        self.free_at_ns = self.free_at_ns.max(now_ns) + half_ns;
        Some(self.free_at_ns)
    }

    /// A request went out this long after it was due.
    pub(super) fn lagged(&mut self, lag_ns: u64) {
        self.lag.record_ns(lag_ns);
    }

    /// The health over a step of this length.
    pub(super) fn health(&self, took: Duration) -> GeneratorHealth {
        let lag_us = |q, perfect_us| match self.half_cost_ns {
            None => Some(perfect_us),
            Some(_) => self.lag.quantile(q, 0).map(|lag| lag.as_secs_f64() * 1e6),
        };
        let took_ns = took.as_nanos() as f64;
        GeneratorHealth {
            cpu_share: (took_ns > 0.0).then(|| (self.busy_ns as f64 / took_ns).min(1.0)),
            send_lag_p50_us: lag_us(0.5, 5.0),
            send_lag_p99_us: lag_us(0.99, 20.0),
            steal_share: Some(0.0),
            run_wait_share: Some(0.0),
            throttled_share: Some(0.0),
            core_taken_share: Some(0.0),
        }
    }
}
