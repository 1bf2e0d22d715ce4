//! The machine repairman: N users who pause Z on average between requests, at a station of c servers with demand D.
//!
//! M/M/c//N, a birth-death chain: from k requests at the station, the k+1st comes at rate (N - k)/Z and one leaves at rate min(k, c)/D.

/// The station and the pause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repairman {
    /// Requests served at one time, 1 or more.
    pub servers: u32,
    /// Mean service time D of a request in seconds, above 0.
    pub demand_s: f64,
    /// Mean time Z elsewhere (a user's pause, or a wait that occupies no server) in seconds, 0 or more.
    pub think_s: f64,
}

/// What a number of users gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operation {
    /// Answers a second.
    pub rate_per_s: f64,
    /// Mean response time at the station in seconds, pause excluded.
    pub response_s: f64,
    /// Busy share of the servers, 0 to 1.
    pub utilisation: f64,
}

impl Repairman {
    /// The knee N\* = c (D + Z) / D: where the rising line N/(D+Z) meets the flat line c/D.
    pub fn knee_users(&self) -> f64 {
        f64::from(self.servers) * (self.demand_s + self.think_s) / self.demand_s
    }

    /// Exact throughput and response time with this many users (exponential services and pauses; the law does not depend on the shape of the
    /// pauses). `None` for no users.
    pub fn at(&self, users: u32) -> Option<Operation> {
        if users == 0 {
            return None;
        }
        let c = f64::from(self.servers);
        let busy = if self.think_s > 0.0 { self.mean_busy(users) } else { f64::from(users).min(c) };
        let rate_per_s = busy / self.demand_s;
        let response_s = f64::from(users) / rate_per_s - self.think_s;
        // Cancellation may leave a hair less than one service when the station is all but empty.
        Some(Operation { rate_per_s, response_s: response_s.max(self.demand_s), utilisation: busy / c })
    }

    /// Mean number of busy servers, from the stationary probabilities up to a common factor.
    fn mean_busy(&self, users: u32) -> f64 {
        let ratio = self.demand_s / self.think_s;
        let (mut weight, mut total, mut busy) = (1.0f64, 1.0f64, 0.0f64);
        for present in 1..=users {
            let serving = f64::from(present.min(self.servers));
            weight *= ratio * f64::from(users - present + 1) / serving;
            total += weight;
            busy += weight * serving;
            if weight > 1e200 {
                (weight, total, busy) = (weight * 1e-200, total * 1e-200, busy * 1e-200);
            }
        }
        busy / total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::erlang::OpenQueue;
    use proptest::prelude::*;

    fn within(got: f64, want: f64, share: f64) {
        assert!((got / want - 1.0).abs() < share, "{got}, not {want}");
    }

    /// Section 4.7 of docs/METHOD.md: c, D and Z in ms -> N\*, X at N\*, R in ms.
    #[test]
    fn the_table() {
        for (servers, demand_ms, think_ms, knee, rate, response_ms) in [
            (1, 10.0, 90.0, 10, 83.2, 30.2),
            (1, 1.0, 100.0, 101, 930.0, 8.57),
            (2, 5.0, 50.0, 22, 353.0, 12.4),
            (4, 20.0, 1000.0, 204, 190.0, 71.0),
            (16, 40.0, 1000.0, 416, 387.0, 74.0),
        ] {
            let model = Repairman { servers, demand_s: demand_ms / 1e3, think_s: think_ms / 1e3 };
            within(model.knee_users(), f64::from(knee), 1e-12);
            let there = model.at(knee).unwrap();
            within(there.rate_per_s, rate, 0.003);
            within(there.response_s * 1e3, response_ms, 0.004);
        }
    }

    #[test]
    fn two_users_by_hand() {
        // D = Z = 1 s, one server, two users: weights 1, 2, 2; busy 4/5.
        let there = Repairman { servers: 1, demand_s: 1.0, think_s: 1.0 }.at(2).unwrap();
        within(there.rate_per_s, 0.8, 1e-12);
        within(there.response_s, 1.5, 1e-12);
        within(there.utilisation, 0.8, 1e-12);
    }

    #[test]
    fn without_a_pause_the_servers_are_full() {
        let model = Repairman { servers: 4, demand_s: 0.02, think_s: 0.0 };
        assert_eq!(model.knee_users(), 4.0);
        within(model.at(8).unwrap().response_s, 0.04, 1e-12);
        within(model.at(2).unwrap().rate_per_s, 100.0, 1e-12);
        assert_eq!(model.at(0), None);
    }

    #[test]
    fn many_users_with_long_pauses_are_random_arrivals() {
        let model = Repairman { servers: 4, demand_s: 0.02, think_s: 1000.0 };
        let there = model.at(160_000).unwrap();
        let open = OpenQueue { servers: 4, service_s: 0.02 }.mean_s(there.rate_per_s).unwrap();
        within(there.response_s, open, 0.02);
    }

    proptest! {
        #[test]
        fn it_keeps_within_the_asymptotes(servers in 1u32..40, demand in 1e-4..1.0f64, think in 0.0..10.0f64, users in 1u32..3000) {
            let model = Repairman { servers, demand_s: demand, think_s: think };
            let there = model.at(users).unwrap();
            prop_assert!(there.rate_per_s <= f64::from(servers) / demand * (1.0 + 1e-9));
            prop_assert!(there.rate_per_s <= f64::from(users) / (demand + think) * (1.0 + 1e-9));
            let more = model.at(users + 1).unwrap();
            prop_assert!(more.rate_per_s >= there.rate_per_s * (1.0 - 1e-9) && more.response_s >= there.response_s * (1.0 - 1e-6));
        }
    }
}
