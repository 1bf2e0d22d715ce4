//! Gunther's Universal Scalability Law: R(N) = R0 (1 + alpha (N-1) + beta N (N-1)), X(N) = N / R(N).
//!
//! alpha is the share of the work that only one user at a time can do (contention), beta the price of every pair of users that must agree
//! (coherency). With beta above 0 the throughput has a peak and falls beyond it. (N. J. Gunther, Guerrilla Capacity Planning, 2007.)

mod fit;

pub use fit::{UslFit, UslPoint, fit_usl};

/// The law with its three constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// Unloaded response time R0 in seconds, above 0.
    pub r0_s: f64,
    /// Contention, 0 or more.
    pub alpha: f64,
    /// Coherency, 0 or more.
    pub beta: f64,
}

impl Usl {
    /// Mean response time in seconds with this many users at one time, 1 or more.
    pub fn response_s(&self, users: f64) -> f64 {
        self.r0_s * (1.0 + (users - 1.0) * (self.alpha + self.beta * users))
    }

    /// Answers a second with this many users at one time.
    pub fn rate_per_s(&self, users: f64) -> f64 {
        users / self.response_s(users)
    }

    /// Users at the highest throughput, sqrt((1 - alpha) / beta) and at least 1; `None` where throughput never falls (beta = 0).
    pub fn peak_users(&self) -> Option<f64> {
        (self.beta > 0.0).then(|| ((1.0 - self.alpha) / self.beta).max(1.0).sqrt())
    }

    /// The highest throughput in 1/s; with beta = 0 the one that is approached, 1 / (alpha R0); `None` where it grows without limit.
    pub fn peak_rate_per_s(&self) -> Option<f64> {
        match self.peak_users() {
            Some(users) => Some(self.rate_per_s(users)),
            None => (self.alpha > 0.0).then(|| 1.0 / (self.alpha.min(1.0) * self.r0_s)),
        }
    }

    /// The knee N\* = peak throughput x R0: effective slots; at least 1. `None` where throughput grows without limit.
    pub fn knee_users(&self) -> Option<f64> {
        self.peak_rate_per_s().map(|rate_per_s| rate_per_s * self.r0_s)
    }

    /// Users at which X/R, Kleinrock's power, is highest: the root of 3 beta N^2 + (alpha - beta) N = 1 - alpha, and at least 1. `None` where
    /// power grows without limit.
    pub fn max_power_users(&self) -> Option<f64> {
        let (squared, linear, constant) = (3.0 * self.beta, self.alpha - self.beta, (1.0 - self.alpha).max(0.0));
        positive_root(squared, linear, constant).map(|users| users.max(1.0))
    }

    /// Users at which the mean response time reaches this many seconds; `None` when it is below R0 already, or never reached.
    pub fn users_at_response(&self, response_s: f64) -> Option<f64> {
        let constant = response_s / self.r0_s - 1.0 + self.alpha;
        positive_root(self.beta, self.alpha - self.beta, constant).filter(|&users| users >= 1.0)
    }
}

/// The positive root of squared x^2 + linear x = constant, for squared >= 0, in the form that keeps its digits when squared is small.
fn positive_root(squared: f64, linear: f64, constant: f64) -> Option<f64> {
    let discriminant = linear * linear + 4.0 * squared * constant;
    if constant < 0.0 || discriminant < 0.0 {
        return None;
    }
    let denominator = linear + discriminant.sqrt();
    let root = if linear < 0.0 && squared > 0.0 {
        (discriminant.sqrt() - linear) / (2.0 * squared)
    } else if denominator > 0.0 {
        2.0 * constant / denominator
    } else {
        return None;
    };
    root.is_finite().then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn within(got: f64, want: f64, share: f64) {
        assert!((got / want - 1.0).abs() < share, "{got}, not {want}");
    }

    /// Section 4.8 of docs/METHOD.md.
    #[test]
    fn peak_knee_and_power_of_the_table() {
        for (alpha, beta, peak, knee, power) in
            [(0.05, 0.001, 30.8, 9.04, 11.4), (0.02, 0.0005, 44.3, 15.7, 19.9), (0.01, 0.0001, 99.5, 33.6, 43.3)]
        {
            let law = Usl { r0_s: 0.01, alpha, beta };
            within(law.peak_users().unwrap(), peak, 0.002);
            within(law.knee_users().unwrap(), knee, 0.003);
            within(law.max_power_users().unwrap(), power, 0.003);
            within(law.peak_rate_per_s().unwrap() * 0.01, knee, 0.003);
        }
    }

    /// Section 4.8: exponential service, R0 10 ms, p95 < 150 ms -> 43 users. The p95 of an exponential law is its mean times ln 20.
    #[test]
    fn an_slo_line_from_the_law() {
        let law = Usl { r0_s: 0.010, alpha: 0.05, beta: 0.001 };
        let line = law.users_at_response(0.150 / 20f64.ln()).unwrap();
        assert_eq!(line.floor(), 43.0);
        within(law.response_s(line), 0.150 / 20f64.ln(), 1e-12);
    }

    #[test]
    fn without_coherency_there_is_no_peak_but_a_limit() {
        let law = Usl { r0_s: 0.1, alpha: 0.1, beta: 0.0 };
        assert_eq!(law.peak_users(), None);
        within(law.peak_rate_per_s().unwrap(), 100.0, 1e-12);
        within(law.knee_users().unwrap(), 10.0, 1e-12);
        within(law.max_power_users().unwrap(), 9.0, 1e-12);
        let free = Usl { r0_s: 0.1, alpha: 0.0, beta: 0.0 };
        assert_eq!((free.peak_rate_per_s(), free.max_power_users(), free.users_at_response(0.2)), (None, None, None));
        assert_eq!(law.users_at_response(0.05), None);
    }

    #[test]
    fn one_core_is_full_contention() {
        let law = Usl { r0_s: 0.002, alpha: 1.0, beta: 0.0 };
        within(law.response_s(8.0), 0.016, 1e-12);
        within(law.knee_users().unwrap(), 1.0, 1e-12);
        within(law.max_power_users().unwrap(), 1.0, 1e-12);
    }

    proptest! {
        #[test]
        fn nothing_beats_the_peak_nor_the_power_point(alpha in 0.0..0.9f64, beta in 1e-6..0.05f64, users in 1.0..5000.0f64) {
            let law = Usl { r0_s: 0.02, alpha, beta };
            prop_assert!(law.rate_per_s(users) <= law.peak_rate_per_s().unwrap() * (1.0 + 1e-12));
            let power = |n: f64| law.rate_per_s(n) / law.response_s(n);
            prop_assert!(power(users) <= power(law.max_power_users().unwrap()) * (1.0 + 1e-9));
            let back = law.users_at_response(law.response_s(users)).unwrap();
            prop_assert!((back / users - 1.0).abs() < 1e-6, "{back} {users}");
        }
    }
}
