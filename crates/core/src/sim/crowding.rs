//! How a target slows as it fills.

/// How service slows with the number of requests in the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crowding {
    /// It does not: requests wait in line, but are served at the same speed.
    None,
    /// Gunther's Universal Scalability Law: with N inside, service takes 1 + alpha (N - 1) + beta N (N - 1) times as long.
    Usl {
        /// Contention.
        alpha: f64,
        /// Coherency: what each pair costs.
        beta: f64,
    },
    /// Each waiting request makes service slower by this share.
    WithQueue {
        /// 0.01: 1% slower for each waiting request.
        per_waiting: f64,
    },
    /// Once more than `above` requests wait, service is `factor` times slower until no more than `until` are inside.
    Metastable {
        /// Waiting requests that are still borne.
        above: u32,
        /// How much slower it becomes.
        factor: f64,
        /// Requests inside at which it is well again.
        until: u32,
    },
}

/// A [`Crowding`] with its state.
#[derive(Debug)]
pub(super) struct Crowd {
    law: Crowding,
    collapsed: bool,
}

impl Crowd {
    pub(super) fn under(law: Crowding) -> Self {
        Self { law, collapsed: false }
    }

    /// Takes note of how full the target is.
    pub(super) fn notice(&mut self, inside: u32, waiting: usize) {
        if let Crowding::Metastable { above, until, .. } = self.law {
            if waiting > above as usize {
                self.collapsed = true;
            } else if inside <= until {
                self.collapsed = false;
            }
        }
    }

    /// The factor on a service time that starts with this many inside and waiting.
    pub(super) fn factor(&mut self, inside: u32, waiting: usize) -> f64 {
        self.notice(inside, waiting);
        match self.law {
            Crowding::None => 1.0,
            Crowding::Usl { alpha, beta } => {
                let n = f64::from(inside);
                1.0 + alpha * (n - 1.0) + beta * n * (n - 1.0)
            }
            Crowding::WithQueue { per_waiting } => 1.0 + per_waiting * waiting as f64,
            Crowding::Metastable { factor, .. } if self.collapsed => factor,
            Crowding::Metastable { .. } => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usl_inflates_service_with_the_number_inside() {
        let mut crowd = Crowd::under(Crowding::Usl { alpha: 0.05, beta: 0.001 });
        assert_eq!(crowd.factor(1, 0), 1.0);
        assert!((crowd.factor(43, 0) - 4.906).abs() < 1e-9);
    }

    #[test]
    fn a_metastable_target_collapses_and_recovers_at_different_loads() {
        let mut crowd = Crowd::under(Crowding::Metastable { above: 90, factor: 8.0, until: 8 });
        assert_eq!(crowd.factor(106, 90), 1.0);
        assert_eq!(crowd.factor(107, 91), 8.0);
        assert_eq!(crowd.factor(20, 4), 8.0, "a lighter load alone does not mend it");
        assert_eq!(crowd.factor(8, 0), 1.0);
        assert_eq!(crowd.factor(20, 4), 1.0);
    }
}
