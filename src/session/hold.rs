//! One `hold` from a plan to its document: cores, target, engine, journal, and a single step.

use super::{
    HoldEvent, HoldPlan, Interrupt, Journal, SessionError,
    broken::Broken,
    find::{seen_broken, subject},
    generator::{config, shared_core},
    hold_journal::{HoldJournal, Terms},
    redirect,
    shown::Shown,
    stage::Stage,
};
use plimsoll_core::{
    evidence::limits_of,
    finding::{Files, Hold, Subject, Warning},
    step::{Driver, Flow, Load, Purpose, Settle, StepPlan},
};
use plimsoll_engine::{Engine, EngineConfig};
use rustix::process::{Resource, getrlimit};
use std::{
    fs,
    time::{Duration, Instant},
};

/// A target has settled after this long, once every user has had an answer, or else at the most so long.
const SETTLE_LEAST: Duration = Duration::from_millis(200);
const SETTLE_MOST: Duration = Duration::from_secs(3);
/// A step of so many requests ends with the last of them, or after this long.
const LONGEST: Duration = Duration::from_secs(3600);
/// As few batches show how the requests of a step depend on each other.
const LEAST_BATCHES: u32 = 20;
/// No batch is longer, so that progress is seen and an interrupt obeyed; and no step has more of them.
const LONGEST_BATCH: Duration = Duration::from_secs(1);
const MOST_BATCHES: u32 = 3600;

/// What a hold gave.
#[derive(Debug)]
pub struct Held {
    /// The result.
    pub hold: Hold,
    /// What was the matter with a target that gave no good answer at all.
    pub broken: Option<Broken>,
    /// The journal, with the result.
    pub journal: Journal,
    /// Who ran on which cores, in a sentence.
    pub placed: String,
}

/// Carries out a plan: starts or resolves the target, puts one load on it, and gives what was measured, however it ended.
///
/// # Errors
/// What keeps the session from beginning, and what keeps the generator from going on.
pub fn hold(plan: &HoldPlan, interrupt: &Interrupt, sink: &mut dyn FnMut(HoldEvent<'_>)) -> Result<Held, SessionError> {
    if let Some(path) = plan.save.as_ref().filter(|path| path.is_dir()) {
        return Err(SessionError::SavePlace { path: path.clone() });
    }
    let setup = &plan.setup;
    let stage = Stage::of(setup, interrupt)?;
    let placed = stage.placed();
    let Stage { placement, target } = stage;
    let told = config(setup, &placement, &target);
    let streams = told.protocol.streams();
    let max_in_flight = plan.connections.map(|connections| connections.saturating_mul(streams));
    let mut engine = Engine::start(EngineConfig { max_in_flight, spin: plan.spin, ..told })?;
    let step = step_plan(plan, streams);
    let subject = Subject {
        description: target.description.clone(),
        start: setup.target.start(),
        command: setup.command.clone(),
        ..subject(&setup.named, &target.url)
    };
    let terms = Terms {
        plan: step,
        criteria: plan.criteria.clone(),
        connections: plan.connections,
        streams: (streams > 1).then_some(streams),
        resolved: target.link.resolved,
        spins: !plan.spin.is_zero(),
    };
    let mut journal = HoldJournal::begin(&plan.journal, &subject, &terms)?;
    let waiting = terms.waiting();
    sink(HoldEvent::Placed { generator: placement.generator.as_deref().unwrap_or_default() });
    sink(HoldEvent::Begun { subject: &subject, plan: &terms.plan, criteria: &plan.criteria, waiting });
    let mut shown = Shown::default();
    let begun = Instant::now();
    let driven = engine.drive(&terms.plan, &mut |so_far| {
        if interrupt.is_set() {
            return Flow::Interrupt;
        }
        sink(HoldEvent::Measured { so_far, elapsed: begun.elapsed() });
        if let Some(trouble) = journal.note(so_far, |time| target.signals_of_late(time)) {
            sink(HoldEvent::Trouble { text: &trouble.text });
        }
        if shown.is_due() {
            sink(HoldEvent::Watched { signals: &target.seen_lately() });
        }
        Flow::Continue
    });
    let mut result = match driven {
        Ok(result) => result,
        Err(source) if journal.has_parts() => {
            return Err(SessionError::CutShort { source, journal: journal.leave().path().to_owned() });
        }
        Err(error) => {
            // It holds nothing; the error says why.
            let _ = journal.leave().remove();
            return Err(error.into());
        }
    };
    result.signals = target.signals(result.measured());
    journal.close(&result);
    let files = files();
    drop(engine);
    let mut hold = terms.document(subject, &result, files);
    sink(HoldEvent::Ended { ending: hold.ending });
    let broken = if Hold::is_without_answer(&result) { seen_broken(setup, &target, &result) } else { None };
    hold.broken = broken.as_ref().map(|broken| Warning { text: broken.text.clone(), remedy: broken.remedy.clone() });
    hold.warnings.extend(target.warnings(redirect::are_most(&result)));
    hold.warnings.extend(shared_core(&placement));
    let journal = journal.end(&mut hold);
    Ok(Held { hold, broken, journal, placed })
}

/// The one step. With a number of requests every one of them counts, so nothing is discarded first.
fn step_plan(plan: &HoldPlan, streams: u32) -> StepPlan {
    let measure = plan.duration.unwrap_or(LONGEST);
    let seconds = u32::try_from(measure.as_nanos().div_ceil(LONGEST_BATCH.as_nanos())).unwrap_or(u32::MAX);
    let load = match plan.load {
        Load::Users { users, think } => Load::Users { users: users.saturating_mul(streams), think },
        rate => rate,
    };
    let settle = match load {
        _ if plan.requests.is_some() => Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
        Load::Users { users, .. } => Settle { least: SETTLE_LEAST, most: SETTLE_MOST, completions: u64::from(users) },
        Load::Rate { .. } => Settle { least: SETTLE_LEAST, most: SETTLE_LEAST, completions: 0 },
    };
    StepPlan {
        purpose: Purpose::Hold,
        load,
        settle,
        measure,
        batches: seconds.clamp(LEAST_BATCHES, MOST_BATCHES),
        limits: limits_of(&plan.criteria),
        requests: plan.requests,
    }
}

/// File descriptors while the load still stands; `None` where the system does not tell.
fn files() -> Option<Files> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
    Some(Files { open, limit: getrlimit(Resource::Nofile).current? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{JournalPlace, Setup, plan::tests::setup};
    use plimsoll_core::schedule::Arrivals;

    const THREE_S: Duration = Duration::from_secs(3);

    fn step(load: Load, duration: Option<Duration>, requests: Option<u64>) -> StepPlan {
        let setup: Setup = setup();
        let plan = HoldPlan {
            setup,
            load,
            connections: None,
            spin: Duration::ZERO,
            duration,
            requests,
            criteria: vec!["errors<1%".parse().unwrap(), "p99<1s".parse().unwrap()],
            save: None,
            journal: JournalPlace::State(Vec::new()),
        };
        step_plan(&plan, 4)
    }

    #[test]
    fn a_time_is_settled_first_and_cut_into_batches_of_a_second_at_most() {
        let users = Load::Users { users: 5, think: Duration::ZERO };
        for (duration, batches) in [(1, 20), (20, 20), (21, 21), (60, 60), (86_400, 3_600)] {
            let step = step(users, Some(Duration::from_secs(duration)), None);
            assert_eq!((step.batches, step.measure.as_secs()), (batches, duration));
            // Five connections of four streams each.
            assert_eq!((step.load.size(), step.settle.completions, step.settle.most), (20.0, 20, THREE_S));
            assert_eq!(step.limits, [Duration::from_secs(1)]);
        }
        let rate = step(Load::Rate { per_s: 9.0, arrivals: Arrivals::Constant }, Some(THREE_S), None);
        assert_eq!((rate.settle.least, rate.settle.most), (SETTLE_LEAST, SETTLE_LEAST));
    }

    #[test]
    fn requests_count_from_the_first_and_end_with_the_time_if_that_comes_first() {
        let users = Load::Users { users: 5, think: Duration::ZERO };
        for (duration, measure) in [(None, LONGEST), (Some(THREE_S), THREE_S)] {
            let step = step(users, duration, Some(7));
            assert_eq!((step.requests, step.settle.most, step.measure), (Some(7), Duration::ZERO, measure));
            assert!(step.measure / step.batches <= LONGEST_BATCH);
        }
    }
}
