//! The generator of a session: what the engine is told, what it has room for, and where it runs.

use super::{Setup, cores::Placement, target::Standing};
use plimsoll_core::{
    finding::{Axis, Warning},
    search::Goal,
    units::show_count,
};
use plimsoll_engine::{Engine, EngineConfig};
use std::num::NonZeroU32;

/// What the engine is told.
pub(super) fn config(setup: &Setup, placement: &Placement, target: &Standing) -> EngineConfig {
    let link = &target.link;
    EngineConfig {
        timeout: setup.request.timeout,
        threads: NonZeroU32::try_from(u32::try_from(setup.threads).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN),
        cpus: placement.generator.clone(),
        endpoints: vec![link.endpoint.clone()],
        sources: link.sources.clone(),
        tls: link.tls.clone(),
        protocol: link.protocol,
        ..EngineConfig::sending(target.request.clone(), Vec::new())
    }
}

/// The goal with a ceiling that the file descriptors of this process and its local ports allow, and the warning that belongs to an answer
/// which stops there.
pub(super) fn within_reach(goal: &Goal, engine: &Engine) -> (Goal, Option<Warning>) {
    capped(goal, f64::from(engine.max_users()), engine.is_limited_by_ports())
}

fn capped(goal: &Goal, most: f64, by_ports: bool) -> (Goal, Option<Warning>) {
    if goal.axis != Axis::Users || goal.ceiling <= most {
        return (goal.clone(), None);
    }
    let (limit, remedy) = if by_ports {
        ("The local ports leave", "More addresses with --source, each with ports of its own, or a wider net.ipv4.ip_local_port_range.")
    } else {
        (
            "The limit on file descriptors of this process leaves",
            "Raise it: ulimit -Hn, LimitNOFILE= of a service, or nofile in /etc/security/limits.conf.",
        )
    };
    let warning =
        Warning { text: format!("{limit} room for {} users; no more were tried.", show_count(most as u64)), remedy: remedy.to_owned() };
    (Goal { ceiling: most, ..goal.clone() }, Some(warning))
}

/// The warning of a run whose generator had no core to itself.
pub(super) fn shared_core(placement: &Placement) -> Option<Warning> {
    placement.shared.then(|| Warning {
        text: "Generator and target shared the only core, so that each slowed the other.".to_owned(),
        remedy: "Measure on a machine with two cores or more.".to_owned(),
    })
}

/// Who ran on which cores, in a sentence.
pub(super) fn placed(placement: &Placement) -> String {
    let cores = |cores: &Option<Vec<usize>>| match cores {
        Some(cores) => format!("core {}", cores.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
        None => "any core".to_owned(),
    };
    format!("generator on {}, target on {}", cores(&placement.generator), cores(&placement.target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ceiling_out_of_reach_is_lowered_and_what_limits_it_is_named() {
        let goal = Goal { ceiling: 30_000.0, ..Goal::default() };
        for (by_ports, parts) in [(true, ["local ports leave room for 28,232", "--source"]), (false, ["file descriptors", "ulimit -Hn"])] {
            let (lowered, warning) = capped(&goal, 28_232.0, by_ports);
            assert_eq!(lowered.ceiling, 28_232.0);
            let warning = warning.unwrap();
            let all = format!("{} {}", warning.text, warning.remedy);
            assert!(parts.iter().all(|part| all.contains(part)), "{all}");
        }
        assert_eq!(capped(&goal, 30_000.0, true), (goal.clone(), None));
        let rate = Goal { axis: Axis::Rate, ..goal };
        assert_eq!(capped(&rate, 10.0, true), (rate.clone(), None));
    }
}
