//! Little's law: what is inside = how fast it passes x how long it stays. It holds for averages of any stable system, not for tails.

/// Users of a closed loop: N = X (R + Z).
///
/// `rate_per_s` is the throughput X, `response_s` the mean response time R, `think_s` the mean pause Z of a user; all 0 or more.
pub fn users(rate_per_s: f64, response_s: f64, think_s: f64) -> f64 {
    rate_per_s * (response_s + think_s)
}

/// Requests in flight: X R.
pub fn in_flight(rate_per_s: f64, response_s: f64) -> f64 {
    users(rate_per_s, response_s, 0.0)
}

/// Throughput in 1/s of this many users: X = N / (R + Z). `None` when neither answers nor pauses take time.
pub fn rate_per_s(users: f64, response_s: f64, think_s: f64) -> Option<f64> {
    let cycle_s = response_s + think_s;
    (cycle_s > 0.0).then(|| users / cycle_s)
}

/// Mean response time in seconds that users must see to give this throughput: R = N/X - Z. `None` without throughput, or when the
/// pauses alone take longer (then N, X and Z contradict each other).
pub fn response_s(users: f64, rate_per_s: f64, think_s: f64) -> Option<f64> {
    (rate_per_s > 0.0).then(|| users / rate_per_s - think_s).filter(|&response_s| response_s >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-9, "{got}, not {want}");
    }

    /// "40 at one time = 400 requests/s = 4,040 users who pause 10 s" (docs/METHOD.md, section 1).
    #[test]
    fn the_three_ways_to_say_it() {
        close(rate_per_s(40.0, 0.1, 0.0).unwrap(), 400.0);
        close(users(400.0, 0.1, 10.0), 4040.0);
        close(in_flight(400.0, 0.1), 40.0);
        close(response_s(4040.0, 400.0, 10.0).unwrap(), 0.1);
    }

    #[test]
    fn contradictions_are_not_numbers() {
        assert_eq!(rate_per_s(4.0, 0.0, 0.0), None);
        assert_eq!(response_s(10.0, 0.0, 1.0), None);
        assert_eq!(response_s(10.0, 20.0, 1.0), None);
    }
}
