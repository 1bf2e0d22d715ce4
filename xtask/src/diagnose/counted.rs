//! Effective slots where their number is configured: what was measured beside what is known.

use super::{find::find, trial::Trial};

/// Workers of the lab's pools.
const POOLS: [u32; 6] = [4, 10, 16, 32, 40, 64];

/// A number of slots that is known, and what searches made of it.
pub struct Counted {
    pub name: String,
    pub configured: f64,
    /// In ascending order.
    pub measured: Vec<f64>,
}

impl Counted {
    fn new(name: String, configured: f64, mut measured: Vec<f64>) -> Self {
        measured.sort_by(f64::total_cmp);
        Self { name, configured, measured }
    }

    /// The middle one; of an even number, the lower of the two in the middle.
    pub fn median(&self) -> Option<f64> {
        self.measured.get(self.measured.len().checked_sub(1)? / 2).copied()
    }

    /// How far the median is off, as a share of what is configured.
    pub fn error(&self) -> Option<f64> {
        self.median().map(|median| median / self.configured - 1.0)
    }
}

/// Those of the servers, from searches that were made.
pub fn of_servers(trials: &[Trial]) -> Vec<Counted> {
    let mut all: Vec<Counted> = Vec::new();
    for trial in trials {
        let Some(configured) = trial.server.slots else { continue };
        if all.iter().any(|counted| counted.name == trial.server.name) {
            continue;
        }
        let its = trials.iter().filter(|other| std::ptr::eq(other.server, trial.server));
        all.push(Counted::new(trial.server.name.to_owned(), configured, its.filter_map(Trial::slots).collect()));
    }
    all
}

/// Searches the lab's pools, once with their processes in sight and once with throughput and latency alone.
pub fn of_pools(chosen: impl Fn(&str) -> bool, runs: u32, seconds: u32) -> Result<Vec<Counted>, String> {
    let mut all = Vec::new();
    for workers in POOLS {
        let target = format!("lab:pool?workers={workers}");
        if !chosen(&target) {
            continue;
        }
        for (how, flags) in [("watched", &[][..]), ("not watched", &["--no-watch"])] {
            let mut measured = Vec::new();
            for _ in 0..runs {
                measured.extend(find(&target, seconds, flags, None)?.slots);
            }
            let counted = Counted::new(format!("`{target}`, {how}"), f64::from(workers), measured);
            eprintln!("{}: {:?}", counted.name, counted.measured);
            all.push(counted);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::trial::tests::trial;

    #[test]
    fn a_server_is_one_row_with_the_median_of_its_searches() {
        let said = Ok(Ok(("worker_pool", "high")));
        let trials =
            [trial(said, Some(4.4)), trial(said, None), trial(Err("not here"), None), trial(said, Some(3.8)), trial(said, Some(4.1))];
        let rows = of_servers(&trials);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].configured, rows[0].measured.as_slice(), rows[0].median()), (4.0, &[3.8, 4.1, 4.4][..], Some(4.1)));
        assert!((rows[0].error().unwrap() - 0.025).abs() < 1e-9);
        assert_eq!(Counted::new(String::new(), 4.0, Vec::new()).error(), None);
    }
}
