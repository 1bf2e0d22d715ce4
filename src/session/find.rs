//! One `find` from a plan to a finding: cores, target, engine, journal, and the loop between them.

use super::{
    Event, Interrupt, Journal, JournalError, Plan, Setup,
    broken::{self, Broken, Names},
    cores::PlacementError,
    generator::{config, shared_core, within_reach},
    redirect, run,
    shown::Shown,
    stage::Stage,
    target::{Standing, TargetError},
};
use plimsoll_core::{
    finding::{Budget, Finding, Subject, Word},
    outcome::Failure,
    step::StepResult,
};
use plimsoll_engine::{Engine, EngineError};
use std::{path::PathBuf, time::SystemTime};

/// What a session gave.
#[derive(Debug)]
pub struct Found {
    /// The result, with all that was measured.
    pub finding: Finding,
    /// What was the matter with a target that was broken at the smallest load.
    pub broken: Option<Broken>,
    /// Why the generator could not go on.
    pub failure: Option<EngineError>,
    /// The journal, with its end.
    pub journal: Journal,
    /// Who ran on which cores, in a sentence.
    pub placed: String,
    /// What the target had of the hardware, where the session started it.
    pub budget: Budget,
}

/// Why a session could not begin. No load was sent.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The result can't be saved under that name.
    #[error("the result can't be saved to {}: it is a directory", path.display())]
    SavePlace {
        /// The path.
        path: PathBuf,
    },
    /// The system does not say which cores may be used.
    #[error("the cores that this process may use are not known: {0}")]
    Cores(rustix::io::Errno),
    /// Not enough cores for what was asked.
    #[error(transparent)]
    Placement(#[from] PlacementError),
    /// There is nothing to send to.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The load needs more connections than this machine allows.
    #[error(transparent)]
    Room(EngineError),
    /// The generator could not be started, or could not go on.
    #[error(transparent)]
    Engine(EngineError),
    /// The journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The generator could not go on in the middle of a hold.
    #[error("the load generator could not go on: {source}")]
    CutShort {
        /// Why.
        source: EngineError,
        /// What was measured by then.
        journal: PathBuf,
    },
}

impl From<EngineError> for SessionError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::TooFewFiles { .. } | EngineError::TooFewPorts { .. } => Self::Room(error),
            error => Self::Engine(error),
        }
    }
}

/// Carries out a plan: starts or resolves the target, searches, and gives the finding however the search ended.
///
/// # Errors
/// What keeps the session from beginning; afterwards every failure is part of what was [`Found`].
pub fn find(plan: &Plan, interrupt: &Interrupt, sink: &mut dyn FnMut(Event<'_>)) -> Result<Found, SessionError> {
    if let Some(path) = plan.save.as_ref().filter(|path| path.is_dir()) {
        return Err(SessionError::SavePlace { path: path.clone() });
    }
    let setup = &plan.setup;
    let stage = Stage::of(setup, interrupt)?;
    let (placed, budget) = (stage.placed(), stage.budget(setup));
    let Stage { placement, target } = stage;
    let mut engine = Engine::start(config(setup, &placement, &target))?;
    let (goal, capped) = within_reach(&plan.goal, &engine);
    let subject = Subject {
        description: target.description.clone(),
        start: setup.target.start(),
        command: setup.command.clone(),
        ..subject(&setup.named, &target.url)
    };
    let mut journal = Journal::begin(&plan.journal, &subject, &goal)?;
    sink(Event::Placed { generator: placement.generator.as_deref().unwrap_or_default() });
    let mut redirected = None;
    let mut shown = Shown::default();
    let run = run(&goal, subject, &mut engine, Some(&mut journal), interrupt, &mut |time| target.signals(time), &mut |event| {
        match event {
            Event::Measured { so_far, .. } if so_far.batches.len() == 1 => target.begin(so_far.plan.measure),
            Event::StepEnded { result, .. } => {
                redirected.get_or_insert_with(|| redirect::are_most(result));
            }
            _ => {}
        }
        sink(event);
        if matches!(event, Event::Measured { .. }) && shown.is_due() {
            sink(Event::Watched { signals: &target.seen_lately() });
        }
    });
    drop(engine);
    let mut finding = run.finding;
    let broken = run.broken.map(|seen| explained(setup, &target, &mut finding, run.broken_by.as_ref(), seen));
    finding.warnings.extend(target.warnings(redirected == Some(true)));
    finding.warnings.extend(capped.filter(|_| finding.load_line.word == Word::AtLeast));
    finding.warnings.extend(shared_core(&placement));
    Ok(Found { finding, broken, failure: run.failure, journal, placed, budget })
}

/// What is measured, from now on and by this version: the target as it is called, and its address, secrets already redacted.
pub fn subject(named: &str, url: &str) -> Subject {
    Subject {
        target: named.to_owned(),
        url: url.to_owned(),
        description: None,
        start: None,
        command: String::new(),
        started_at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Makes a sentence with a remedy of what the search found broken, and puts it where reports lead with it.
fn explained(setup: &Setup, target: &Standing, finding: &mut Finding, shown_by: Option<&StepResult>, seen: String) -> Broken {
    let broken = shown_by.and_then(|step| seen_broken(setup, target, step)).unwrap_or_else(|| Broken {
        text: format!("{}: {seen}", target.url),
        remedy: "an objective that one user alone does not break, or --timeout with more time".to_owned(),
    });
    finding.load_line.reasons = vec![broken.text.clone(), broken.remedy.clone()];
    broken
}

/// What a step saw of a target that is broken, in a sentence with a remedy; `None` when nothing failed. Where the target gives bad answers it is
/// asked once more, for what it says.
pub(super) fn seen_broken(setup: &Setup, target: &Standing, step: &StepResult) -> Option<Broken> {
    let names = Names { url: &target.url, authority: &target.authority, curl: &target.curl, timeout: setup.request.timeout };
    let answers = |kind| matches!(kind, Failure::TooManyRequests | Failure::Unavailable | Failure::ServerError | Failure::ClientError);
    let foremost = broken::foremost(&broken::failures(step));
    let status = foremost.filter(|&kind| answers(kind)).and_then(|_| target.status());
    broken::explain(names, step, status.as_deref())
}
