//! The generator of a session: what the engine is told, what it has room for, and where it runs.

use super::{Setup, cores::Placement, target::Standing};
use plimsoll_core::{
    finding::{Axis, Warning},
    search::Goal,
    units::show_number,
};
use plimsoll_engine::{Engine, EngineConfig};
use std::num::NonZeroU32;

/// What the engine is told.
pub(super) fn config(setup: &Setup, placement: &Placement, target: &Standing) -> EngineConfig {
    EngineConfig {
        timeout: setup.request.timeout,
        threads: NonZeroU32::try_from(u32::try_from(setup.threads).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN),
        cpus: placement.generator.clone(),
        ..EngineConfig::sending(target.request.clone(), vec![target.address])
    }
}

/// The goal with a ceiling that the file descriptors of this process allow, and the warning that belongs to an answer which stops there.
pub(super) fn within_reach(goal: &Goal, engine: &Engine) -> (Goal, Option<Warning>) {
    let most = f64::from(engine.max_users());
    if goal.axis != Axis::Users || goal.ceiling <= most {
        return (goal.clone(), None);
    }
    let warning = Warning {
        text: format!("The limit on file descriptors of this process leaves room for {} users; no more were tried.", show_number(most)),
        remedy: "Raise it: ulimit -Hn, LimitNOFILE= of a service, or nofile in /etc/security/limits.conf.".to_owned(),
    };
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
