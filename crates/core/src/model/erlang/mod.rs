//! Queues with c servers and exponential service times: Erlang's waiting formula, and what follows from it for response times.
//!
//! [`OpenQueue`] is M/M/c under random arrivals, [`ClosedQueue`] the same servers with N users who never pause.

mod closed;
mod open;

pub use closed::ClosedQueue;
pub use open::OpenQueue;

/// Erlang C: the probability that an arriving request must wait, with `servers` servers and an offered load of `erlangs` = rate x service
/// time. 1 where the load is not below the number of servers: the queue then grows without end. 0 for a load that is not positive.
pub fn erlang_c(servers: u32, erlangs: f64) -> f64 {
    let c = f64::from(servers);
    if erlangs >= c {
        return 1.0;
    }
    if erlangs.is_nan() || erlangs <= 0.0 {
        return 0.0;
    }
    // Erlang B by its recursion, which neither overflows nor cancels (A. K. Erlang 1917; Cooper, Introduction to Queueing Theory, 3.3).
    let lost = (1..=servers).fold(1.0, |lost, k| erlangs * lost / (f64::from(k) + erlangs * lost));
    lost / (1.0 - erlangs / c * (1.0 - lost))
}

/// The time whose tail probability is `share`, for a tail that falls from 1 to 0: by doubling `start_s` and halving the interval.
fn time_of_tail(share: f64, start_s: f64, tail: impl Fn(f64) -> f64) -> f64 {
    let mut high = start_s;
    while tail(high) > share {
        high *= 2.0;
    }
    let mut low = 0.0;
    // 60 halvings end at the last digit.
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if tail(middle) > share { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Section 4.6 of docs/METHOD.md.
    #[test]
    fn erlang_c_of_the_table() {
        for (servers, erlangs, want) in [(1, 0.5, 0.500), (2, 1.5, 0.643), (4, 3.2, 0.596), (16, 14.4, 0.591)] {
            let got = erlang_c(servers, erlangs);
            assert!((got - want).abs() < 0.0006, "C({servers}, {erlangs}) = {got}, not {want}");
        }
    }

    #[test]
    fn at_the_ends_it_is_what_it_means() {
        assert_eq!(erlang_c(4, 0.0), 0.0);
        assert_eq!(erlang_c(4, 4.0), 1.0);
        assert_eq!(erlang_c(4, 9.0), 1.0);
        assert!(erlang_c(4, 3.999_999) > 0.999_99);
        assert!(erlang_c(10_000, 9_000.0) < 1e-9);
    }

    proptest! {
        #[test]
        fn it_grows_with_the_load_and_falls_with_the_servers(servers in 1u32..200, share in 0.01..0.98f64) {
            let erlangs = share * f64::from(servers);
            prop_assert!(erlang_c(servers, erlangs) <= erlang_c(servers, erlangs * 1.01));
            prop_assert!(erlang_c(servers + 1, erlangs) < erlang_c(servers, erlangs));
        }
    }
}
