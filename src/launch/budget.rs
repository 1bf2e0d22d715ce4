//! What a target may use, and what holds it to that: control groups, or else its cores and a limit on each process.

use super::{
    LaunchError,
    groups::{Groups, Limit, Version},
};

/// A target that widens the set of its cores itself is still held to a whole number of them, with so much room that the quota does not hold back
/// one that stays on them: "held back by its quota" and "all its cores are used" are two causes.
const ROOM_BESIDE_CORES: f64 = 1.02;

/// What a target may use of the cores it is kept on, and of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// Cores' worth of CPU time; `None` for all that its cores have.
    pub cpus: Option<f64>,
    /// Bytes of memory; `None` for all that there is.
    pub memory: Option<u64>,
}

impl Budget {
    /// Whether anything is limited.
    pub fn is_set(&self) -> bool {
        self.cpus.is_some() || self.memory.is_some()
    }

    /// Whether it takes more than a set of cores to hold a target to it that stays on the cores it is started on.
    pub fn exceeds_cores(&self) -> bool {
        self.memory.is_some() || self.cpus.is_some_and(|cpus| cpus.fract() != 0.0)
    }
}

/// What holds a target to its budget, for as long as this value lives.
#[derive(Debug)]
pub(super) struct Held {
    /// Those that it enters.
    pub groups: Groups,
    /// Where no group can limit its memory: bytes of address space that each of its processes may have.
    pub address_space: Option<u64>,
    /// All of it in words, beside its cores.
    pub by: Vec<String>,
}

impl Held {
    /// Makes what holds a target on these cores to a budget.
    ///
    /// # Errors
    /// When a part of a core is asked for where no group can hold a target to it.
    pub fn to(budget: &Budget, cores: Option<&[usize]>) -> Result<Self, LaunchError> {
        let wanted = [cores.map(|_| "cpuset"), budget.cpus.map(|_| "cpu"), budget.memory.map(|_| "memory")];
        let mut groups = Groups::for_controllers(&wanted.into_iter().flatten().collect::<Vec<_>>());
        let mut limited: Vec<(Version, &str)> = Vec::new();
        let mut limit = |limit: Limit<'_>| groups.limit(limit).map(|version| limited.push((version, limit.controller())));
        let kept = cores.is_some_and(|cores| limit(Limit::Cores(cores)).is_ok());
        match budget.cpus {
            Some(cpus) if cpus.fract() != 0.0 => limit(Limit::Cpus(cpus)).map_err(|why| LaunchError::Share { cpus, why })?,
            // Its cores hold it; where no group may, the set of cores that it is started with does.
            Some(cpus) if !kept => drop(limit(Limit::Cpus(cpus * ROOM_BESIDE_CORES))),
            Some(_) | None => {}
        }
        let address_space = budget.memory.filter(|bytes| limit(Limit::Memory(*bytes)).is_err());
        let by = words(&limited).into_iter().chain(address_space.map(|_| "rlimit (address space of each process)".to_owned()));
        Ok(Self { by: by.collect(), address_space, groups })
    }
}

/// `cgroup v1 (cpuset, memory)`.
fn words(limited: &[(Version, &str)]) -> Vec<String> {
    let of = |version: Version| {
        let names: Vec<&str> = limited.iter().filter(|(by, _)| *by == version).map(|(_, name)| *name).collect();
        (!names.is_empty()).then(|| format!("{version} ({})", names.join(", ")))
    };
    [Version::One, Version::Two].into_iter().filter_map(of).collect()
}

/// `affinity (core 0, 1)`.
pub(super) fn affinity(cores: &[usize]) -> String {
    format!("affinity (core {})", cores.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_it_is_named() {
        let limited = [(Version::Two, "cpu"), (Version::One, "cpuset"), (Version::Two, "memory")];
        assert_eq!(words(&limited), ["cgroup v1 (cpuset)", "cgroup v2 (cpu, memory)"]);
        assert_eq!((words(&[]), affinity(&[0, 3])), (Vec::new(), "affinity (core 0, 3)".to_owned()));
    }

    #[test]
    fn no_budget_is_held_by_nothing() {
        let held = Held::to(&Budget::default(), None).unwrap();
        assert!(held.by.is_empty() && held.groups.folders().is_empty() && held.address_space.is_none() && !Budget::default().is_set());
    }
}
