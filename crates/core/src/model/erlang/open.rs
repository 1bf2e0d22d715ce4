//! M/M/c: random arrivals at a given rate, c servers, exponential service times, first come first served.

use super::{erlang_c, time_of_tail};

/// The servers, without their load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenQueue {
    /// Requests served at one time, 1 or more.
    pub servers: u32,
    /// Mean service time in seconds, above 0.
    pub service_s: f64,
}

impl OpenQueue {
    /// Answers a second when every server is busy.
    pub fn capacity_per_s(&self) -> f64 {
        f64::from(self.servers) / self.service_s
    }

    /// Mean response time in seconds at this arrival rate (1/s); `None` at or above capacity.
    pub fn mean_s(&self, rate_per_s: f64) -> Option<f64> {
        let spare = self.capacity_per_s() - rate_per_s;
        (spare > 0.0).then(|| self.service_s + erlang_c(self.servers, rate_per_s * self.service_s) / spare)
    }

    /// Share of the requests whose response time exceeds `limit_s`, at this arrival rate; `None` at or above capacity.
    ///
    /// A request waits with probability C, then for an exponential time of rate `spare` = c mu - lambda; added to its service of rate mu:
    /// P(R > t) = e^(-mu t) [1 + C mu (1 - e^(-(spare - mu) t)) / (spare - mu)].
    pub fn share_above(&self, limit_s: f64, rate_per_s: f64) -> Option<f64> {
        let (service_rate, spare) = (1.0 / self.service_s, self.capacity_per_s() - rate_per_s);
        if spare.is_nan() || spare <= 0.0 {
            return None;
        }
        let waits = erlang_c(self.servers, rate_per_s * self.service_s);
        let exponent = (spare - service_rate) * limit_s;
        // (1 - e^-x) / x, which is 1 where both stages have the same rate.
        let shared = if exponent.abs() < 1e-12 { 1.0 } else { -(-exponent).exp_m1() / exponent };
        let tail = (-service_rate * limit_s).exp() * (1.0 + waits * service_rate * limit_s * shared);
        // Long after a service would have ended only the wait is left; there the bracket overflows while the factor before it is 0.
        Some(if tail.is_finite() {
            tail.clamp(0.0, 1.0)
        } else {
            (waits * service_rate / (service_rate - spare) * (-spare * limit_s).exp()).min(1.0)
        })
    }

    /// The response time in seconds that a share `q` (0 to 1, both excluded) does not exceed; `None` at or above capacity.
    pub fn quantile_s(&self, q: f64, rate_per_s: f64) -> Option<f64> {
        self.share_above(0.0, rate_per_s)?;
        Some(time_of_tail(1.0 - q, self.service_s, |limit_s| self.share_above(limit_s, rate_per_s).unwrap_or(1.0)))
    }

    /// The largest arrival rate (1/s) at which a share `q` of the requests is answered within `limit_s`; `None` when even an idle system
    /// misses that.
    pub fn load_line_per_s(&self, q: f64, limit_s: f64) -> Option<f64> {
        if (-limit_s / self.service_s).exp() > 1.0 - q {
            return None;
        }
        let (mut low, mut high) = (0.0, self.capacity_per_s());
        // 60 halvings end at the last digit.
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let holds = self.share_above(limit_s, middle).is_some_and(|share| share <= 1.0 - q);
            if holds { low = middle } else { high = middle }
        }
        Some(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Section 4.5 of docs/METHOD.md.
    #[test]
    fn load_lines_of_the_table() {
        for (servers, service_s, q, limit_s, want) in
            [(1, 0.010, 0.99, 0.100, 53.9), (16, 0.040, 0.99, 0.250, 374.0), (4, 0.020, 0.95, 0.100, 163.0)]
        {
            let got = OpenQueue { servers, service_s }.load_line_per_s(q, limit_s).unwrap();
            assert!((got / want - 1.0).abs() < 0.003, "c {servers}: {got}, not {want}");
        }
    }

    #[test]
    fn one_server_by_hand() {
        // M/M/1: the response time is exponential with rate mu - lambda.
        let queue = OpenQueue { servers: 1, service_s: 0.01 };
        assert!((queue.mean_s(50.0).unwrap() - 0.02).abs() < 1e-12);
        assert!((queue.share_above(0.1, 50.0).unwrap() - (-5.0f64).exp()).abs() < 1e-12);
        assert!((queue.quantile_s(0.5, 50.0).unwrap() - 0.02 * 2f64.ln()).abs() < 1e-9);
        assert!((queue.load_line_per_s(0.99, 0.1).unwrap() - (100.0 - 100f64.ln() / 0.1)).abs() < 1e-9);
        assert!((queue.quantile_s(0.99, 99.9).unwrap() - 10.0 * 100f64.ln()).abs() < 1e-6);
    }

    #[test]
    fn no_steady_state_no_number() {
        let queue = OpenQueue { servers: 4, service_s: 0.02 };
        assert_eq!((queue.mean_s(200.0), queue.quantile_s(0.5, 250.0), queue.share_above(1.0, 200.0)), (None, None, None));
        assert_eq!(queue.load_line_per_s(0.99, 0.05), None);
    }

    proptest! {
        #[test]
        fn the_tail_integrates_to_the_mean(servers in 1u32..40, load in 0.02..0.97f64) {
            let queue = OpenQueue { servers, service_s: 0.05 };
            let rate = load * queue.capacity_per_s();
            let end = queue.quantile_s(1.0 - 1e-9, rate).unwrap();
            let step = end / 20_000.0;
            let mean: f64 = (0..20_000).map(|i| queue.share_above((f64::from(i) + 0.5) * step, rate).unwrap() * step).sum();
            prop_assert!((mean / queue.mean_s(rate).unwrap() - 1.0).abs() < 1e-4, "{mean}");
        }

        #[test]
        fn quantiles_rise_with_level_and_load(servers in 1u32..40, load in 0.02..0.95f64, q in 0.1..0.98f64) {
            let queue = OpenQueue { servers, service_s: 0.05 };
            let rate = load * queue.capacity_per_s();
            prop_assert!(queue.quantile_s(q, rate).unwrap() < queue.quantile_s(q + 0.01, rate).unwrap());
            prop_assert!(queue.quantile_s(q, rate).unwrap() <= queue.quantile_s(q, rate * 1.02).unwrap() + 1e-12);
        }
    }
}
