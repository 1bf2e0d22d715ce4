//! What this machine allows a load test, what that means, and what to change: read once, then judged by pure functions.

mod check;
mod connections;
mod insight;
mod machine;
mod parse;
mod processors;
mod text;

pub use check::{Check, State};
pub use machine::Machine;

use serde::Serialize;

/// The schema name of an examination.
pub const DOCTOR_SCHEMA: &str = "plimsoll.doctor/1";

/// What was found, each thing with what it means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Examination {
    /// [`DOCTOR_SCHEMA`].
    pub schema: &'static str,
    /// In the order in which they are shown.
    pub checks: Vec<Check>,
}

impl Examination {
    /// Judges what was read of a machine.
    pub fn of(machine: &Machine) -> Self {
        let checks = vec![
            insight::kernel(machine.kernel.as_deref()),
            connections::files(machine.soft_files, machine.hard_files, machine.connections),
            connections::ports(machine.port_range),
            connections::reuse(machine.tw_reuse, machine.port_range),
            connections::listen_backlog(machine.somaxconn),
            connections::syn_backlog(machine.syn_backlog),
            processors::cores(machine.cores),
            processors::quota(machine.cpu_quota, machine.cores),
            processors::memory(machine.memory_limit, machine.memory_available),
            processors::steal(machine.steal_since_boot, machine.steal_now),
            insight::clock(machine.clock_source.as_deref(), machine.clock_read_ns),
            insight::cgroups(machine.cgroups_writable),
            insight::counters(machine.has_counters, machine.perf_paranoid, machine.may_count),
        ];
        Self { schema: DOCTOR_SCHEMA, checks }
    }

    /// Whether nothing can be measured here before something is changed.
    pub fn is_blocked(&self) -> bool {
        self.checks.iter().any(|check| check.state == State::Blocked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_tells_nothing_is_unknown_throughout_and_blocks_nothing() {
        let examination = Examination::of(&Machine::default());
        for check in &examination.checks {
            assert_eq!((check.state, check.value.as_str()), (State::Unknown, "not known"), "{}", check.name);
        }
        assert!(!examination.is_blocked());
    }

    #[test]
    fn every_name_is_its_own_and_every_shortfall_has_a_remedy() {
        let poor = Machine {
            kernel: Some("5.4.0".to_owned()),
            soft_files: Some(64),
            hard_files: Some(64),
            connections: Some(0),
            port_range: Some((1024, 2047)),
            tw_reuse: Some(0),
            somaxconn: Some(128),
            syn_backlog: Some(128),
            cores: Some(1),
            cpu_quota: Some(0.5),
            memory_limit: Some(1 << 20),
            memory_available: Some(1 << 30),
            steal_since_boot: Some(0.2),
            steal_now: Some(0.3),
            clock_source: Some("hpet".to_owned()),
            clock_read_ns: Some(900.0),
            cgroups_writable: Some(false),
            has_counters: Some(true),
            perf_paranoid: Some(4),
            may_count: Some(false),
        };
        let examination = Examination::of(&poor);
        for check in &examination.checks {
            assert!(matches!(check.state, State::Short | State::Blocked), "{check:?}");
            assert!(check.remedy.as_ref().is_some_and(|remedy| remedy.len() > 10), "{check:?}");
        }
        let names: std::collections::BTreeSet<&str> = examination.checks.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), examination.checks.len());
        assert!(examination.is_blocked());
    }

    #[test]
    fn this_machine_can_be_read() {
        let machine = Machine::read(std::time::Duration::ZERO);
        assert!(machine.kernel.is_some() && machine.cores >= Some(1) && machine.hard_files.is_some(), "{machine:?}");
    }
}
