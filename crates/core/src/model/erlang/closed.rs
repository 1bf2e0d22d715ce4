//! The same servers with N users who never pause: each sends again as soon as it has its answer.

use super::time_of_tail;
use statrs::function::gamma::{gamma_lr, gamma_ur, ln_gamma};

/// The servers, without their users.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedQueue {
    /// Requests served at one time, 1 or more.
    pub servers: u32,
    /// Mean service time in seconds, above 0.
    pub service_s: f64,
}

impl ClosedQueue {
    /// Answers a second of this many users: min(N, c) / S.
    pub fn rate_per_s(&self, users: u32) -> f64 {
        f64::from(users.min(self.servers)) / self.service_s
    }

    /// Mean response time in seconds: S max(1, N/c).
    pub fn mean_s(&self, users: u32) -> f64 {
        self.service_s * (f64::from(users) / f64::from(self.servers)).max(1.0)
    }

    /// Share of the requests whose response time exceeds `limit_s` with this many users.
    ///
    /// A request waits for N - c departures, which come at rate c/S, and is then served: R = Erlang(N - c, c/S) + Exp(1/S) (docs/METHOD.md,
    /// section 4.3). An exponential service is a geometric number of stages as long as a departure's, so with K departures of a Poisson
    /// process in `limit_s`, P(R > t) = P(K <= N - c) + the sum over K > N - c of P(K) (1 - 1/c)^(K - N + c): no term is negative.
    pub fn share_above(&self, limit_s: f64, users: u32) -> f64 {
        let ahead = f64::from(users.saturating_sub(self.servers));
        let departures = limit_s.max(0.0) * f64::from(self.servers) / self.service_s;
        let stays = 1.0 - 1.0 / f64::from(self.servers);
        if departures <= 0.0 {
            return 1.0;
        }
        if ahead == 0.0 {
            return (-limit_s / self.service_s).exp();
        }
        (gamma_ur(ahead + 1.0, departures) + in_service(ahead, departures, stays)).min(1.0)
    }

    /// The response time in seconds that a share `q` (0 to 1, both excluded) does not exceed, with this many users.
    pub fn quantile_s(&self, q: f64, users: u32) -> f64 {
        time_of_tail(1.0 - q, self.mean_s(users), |limit_s| self.share_above(limit_s, users))
    }

    /// The most users of whose requests a share `q` is answered within `limit_s`; `None` when one user alone misses that.
    pub fn load_line_users(&self, q: f64, limit_s: f64) -> Option<u32> {
        let holds = |users: u32| self.share_above(limit_s, users) <= 1.0 - q;
        if !holds(1) {
            return None;
        }
        // Beyond c limit/S + c users even the mean is over the limit; the law is monotone in between.
        let (mut low, mut high) = (1, self.servers);
        while holds(high) {
            low = high;
            high = high.checked_mul(2)?;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if holds(middle) { low = middle } else { high = middle }
        }
        Some(low)
    }
}

/// The sum over K > `ahead` of Poisson(K; `departures`) `stays`^(K - `ahead`): the wait is over, the service is not.
fn in_service(ahead: f64, departures: f64, stays: f64) -> f64 {
    let passing = departures * stays;
    if passing > ahead {
        // The sum is e^(-(1 - stays) x) stays^-m P(Poisson(stays x) > m); the last factor is about a half or more, so nothing underflows.
        return ((passing - departures) - ahead * stays.ln() + gamma_lr(ahead + 1.0, passing).ln()).exp();
    }
    // Here the terms fall from the first on.
    let mut term = (ahead * departures.ln() - departures - ln_gamma(ahead + 1.0)).exp();
    let (mut sum, mut count) = (0.0, ahead);
    loop {
        count += 1.0;
        term *= passing / count;
        sum += term;
        if term <= sum * 1e-16 {
            return sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn within(got: f64, want: f64, share: f64) {
        assert!((got / want - 1.0).abs() < share, "{got}, not {want}");
    }

    /// Section 4.3 of docs/METHOD.md: M/M/16, S 40 ms; p50, p95 and p99 in ms.
    #[test]
    fn quantiles_of_the_table() {
        let queue = ClosedQueue { servers: 16, service_s: 0.040 };
        for (users, quantiles) in
            [(16, [27.7, 120.0, 184.0]), (32, [69.0, 161.0, 226.0]), (64, [151.0, 244.0, 308.0]), (99, [239.0, 334.0, 399.0])]
        {
            for (q, want) in [0.5, 0.95, 0.99].into_iter().zip(quantiles) {
                within(queue.quantile_s(q, users) * 1e3, want, 0.005);
            }
        }
    }

    /// Section 4.4: workers, S ms, quantile, limit ms, users.
    #[test]
    fn load_lines_of_the_table() {
        for (servers, ms, q, limit_ms, want) in [
            (16, 40.0, 0.99, 400.0, 99),
            (16, 40.0, 0.95, 250.0, 66),
            (16, 40.0, 0.99, 300.0, 60),
            (8, 50.0, 0.99, 500.0, 48),
            (40, 100.0, 0.99, 1000.0, 253),
            (4, 20.0, 0.95, 100.0, 10),
            (8, 10.0, 0.99, 100.0, 48),
        ] {
            let queue = ClosedQueue { servers, service_s: ms / 1e3 };
            assert_eq!(queue.load_line_users(q, limit_ms / 1e3), Some(want), "c {servers}, S {ms} ms, p{q} < {limit_ms} ms");
        }
    }

    /// Section 4.1: X = min(N, c) / S; section 4.2: 40, 80 and 100 ms.
    #[test]
    fn means_and_rates() {
        for workers in [1, 4, 8, 16, 40] {
            let queue = ClosedQueue { servers: workers, service_s: 0.040 };
            within(queue.rate_per_s(workers), f64::from(workers) * 25.0, 1e-12);
            within(queue.rate_per_s(workers * 3), f64::from(workers) * 25.0, 1e-12);
        }
        let queue = ClosedQueue { servers: 16, service_s: 0.040 };
        for (users, ms) in [(8, 40.0), (16, 40.0), (32, 80.0), (40, 100.0)] {
            within(queue.mean_s(users) * 1e3, ms, 1e-12);
        }
    }

    #[test]
    fn one_server_is_an_erlang_law() {
        let queue = ClosedQueue { servers: 1, service_s: 0.01 };
        // Three users: three services of 10 ms. P(R > 30 ms) = e^-3 (1 + 3 + 4.5).
        within(queue.share_above(0.030, 3), (-3.0f64).exp() * 8.5, 1e-9);
        within(queue.share_above(0.030, 1), (-3.0f64).exp(), 1e-12);
        assert_eq!(queue.load_line_users(0.99, 0.040), None);
    }

    #[test]
    fn thousands_of_users_on_few_servers() {
        let queue = ClosedQueue { servers: 2, service_s: 0.01 };
        within(queue.quantile_s(0.5, 20_000), 100.0, 0.001);
        // Nearly normal: sd sqrt(20,000) stages of 5 ms.
        within(queue.quantile_s(0.99, 20_000), 100.0 + 2.326 * 20_000f64.sqrt() * 0.005, 0.001);
    }

    proptest! {
        #[test]
        fn the_tail_integrates_to_the_mean(servers in 1u32..40, users in 1u32..200) {
            let queue = ClosedQueue { servers, service_s: 0.05 };
            let end = queue.quantile_s(1.0 - 1e-9, users);
            let step = end / 4000.0;
            let mean: f64 = (0..4000).map(|i| queue.share_above((f64::from(i) + 0.5) * step, users) * step).sum();
            prop_assert!((mean / queue.mean_s(users) - 1.0).abs() < 1e-4, "{mean} {}", queue.mean_s(users));
        }

        #[test]
        fn the_line_is_the_last_that_holds(servers in 1u32..40, limit in 0.3..3.0f64, q in 0.5..0.99f64) {
            let queue = ClosedQueue { servers, service_s: 0.05 };
            let line = queue.load_line_users(q, limit).unwrap();
            prop_assert!(queue.quantile_s(q, line) <= limit * (1.0 + 1e-9));
            prop_assert!(queue.quantile_s(q, line + 1) > limit);
        }
    }
}
