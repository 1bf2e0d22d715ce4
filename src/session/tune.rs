//! One tuning from a plan to its document: a setting is started, searched and stopped, and what it carried says which one is next.

use super::{
    Event, Interrupt, Journal, JournalPlace, Plan, SessionError, Setup, Target,
    find::{self, Found},
    pause::Clock,
};
use plimsoll_core::{
    finding::{Account, Ending, Finding, Setting, Tried, Tuning},
    search::Goal,
    tune::{Aim, Knob, Measured, Runs, Trial, Tuner, document, fill},
};
use plimsoll_engine::EngineError;
use std::{path::PathBuf, time::Duration};

/// Equal plans make equal choices.
const SEED: u64 = 1;

/// One `tune`.
#[derive(Clone, Debug)]
pub struct TunePlan {
    /// What is started, with the names of what is varied in braces.
    pub setup: Setup,
    /// What is varied.
    pub knobs: Vec<Knob>,
    /// What makes a setting the best.
    pub aim: Aim,
    /// So many runs at the most.
    pub most_runs: u32,
    /// What is sought of each setting. Its budget is that of one search.
    pub goal: Goal,
    /// Where the result will be saved.
    pub save: Option<PathBuf>,
    /// Where the journals of the searches go.
    pub journal: JournalPlace,
}

/// One thing that happened in a tuning.
#[derive(Clone, Copy, Debug)]
pub enum TuneEvent<'a> {
    /// A setting is about to be started.
    Begun {
        /// The command, with the names of what is varied in braces; secrets redacted.
        start: &'a str,
        /// Its values.
        setting: &'a Setting,
        /// Its place, from 1.
        place: u32,
        /// So many at the most.
        of: u32,
    },
    /// Something in its search.
    Search(Event<'a>),
    /// It was measured, or it was not.
    Tried(&'a Tried),
}

/// What a tuning gave.
#[derive(Debug)]
pub struct Tuned {
    /// The result.
    pub tuning: Tuning,
    /// The journals of the searches.
    pub journals: Vec<Journal>,
    /// Why the generator could not go on.
    pub failure: Option<EngineError>,
    /// Who ran on which cores, in a sentence.
    pub placed: String,
}

/// Tries settings until the tuner knows enough. One that does not start or is broken is out; an interrupt or a generator that fails ends it with what
/// is known by then.
///
/// # Errors
/// What keeps any setting from being searched at all.
pub fn tune(plan: &TunePlan, interrupt: &Interrupt, sink: &mut dyn FnMut(TuneEvent<'_>)) -> Result<Tuned, SessionError> {
    let clock = Clock::start(interrupt);
    let head = find::subject("", "");
    let mut tuner = Tuner::of(&plan.knobs, plan.aim, plan.most_runs, SEED);
    let (mut tried, mut journals, mut failure, mut placed) = (Vec::new(), Vec::new(), None, String::new());
    let mut ending = Ending::Complete;
    let start = shown(&plan.setup);
    while let Some(trial) = tuner.next() {
        let setting = Knob::named(&plan.knobs, &trial.setting);
        let (done, of) = tuner.progress();
        sink(TuneEvent::Begun { start: &start, setting: &setting, place: done + 1, of });
        let started = clock.elapsed();
        let (finding, failed) = match search(plan, &trial, interrupt, &mut |event| sink(TuneEvent::Search(event))) {
            Ok(found) => {
                placed = found.placed;
                journals.push(found.journal);
                failure = found.failure;
                ending = found.finding.ending;
                (Some(found.finding), found.broken.map(|broken| broken.text))
            }
            // A setting that is too much for the server or the budget is an answer, too.
            Err(SessionError::Target(_)) if interrupt.is_set() => {
                ending = Ending::Interrupted;
                break;
            }
            Err(SessionError::Target(error)) => (None, Some(error.to_string())),
            Err(error) => return Err(error),
        };
        let one = told(setting, finding.as_ref(), failed, clock.elapsed() - started);
        sink(TuneEvent::Tried(&one));
        let measured = one.load_line.as_ref().map_or(Measured::NOTHING, Measured::from);
        tried.push(one);
        if ending != Ending::Complete || failure.is_some() {
            break;
        }
        tuner.observe(&trial, measured);
    }
    let account = Account {
        command: plan.setup.command.clone(),
        started_at: head.started_at,
        version: head.version,
        ending,
        took_s: clock.elapsed().as_secs_f64(),
        warnings: clock.warning().into_iter().collect(),
    };
    let runs = Runs { start, tried };
    Ok(Tuned { tuning: document(&plan.knobs, plan.aim, &tuner.verdict(), runs, account), journals, failure, placed })
}

fn search(plan: &TunePlan, trial: &Trial, interrupt: &Interrupt, sink: &mut dyn FnMut(Event<'_>)) -> Result<Found, SessionError> {
    let setup = filled(&plan.setup, &plan.knobs, &trial.setting);
    find::find(&Plan { setup, goal: plan.goal.clone(), save: None, journal: plan.journal.clone() }, interrupt, sink)
}

/// The setup with the values in place of the names.
fn filled(setup: &Setup, knobs: &[Knob], setting: &[usize]) -> Setup {
    let mut setup = setup.clone();
    if let Target::Started(start) = &mut setup.target {
        let values = start.environment.iter_mut().map(|(_, value)| value);
        for word in start.command.iter_mut().chain(values) {
            *word = fill(word, knobs, setting);
        }
    }
    setup
}

fn shown(setup: &Setup) -> String {
    match &setup.target {
        Target::Started(start) => start.shown(),
        _ => setup.named.clone(),
    }
}

fn told(setting: Setting, finding: Option<&Finding>, failed: Option<String>, took: Duration) -> Tried {
    let measured = finding.filter(|_| failed.is_none());
    Tried {
        setting,
        load_line: measured.map(|finding| finding.load_line.clone()),
        cause: measured.and_then(|finding| finding.cause.as_ref()).map(|cause| cause.verdict.clone()),
        failed,
        took_s: took.as_secs_f64(),
    }
}
