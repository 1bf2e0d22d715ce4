//! One comparison from a plan to its document: a search of each system by itself, then short probes of all of them in random turns.

use super::{
    Broken, Event, Interrupt, Journal, JournalPlace, Plan, SessionError, Setup, Watching,
    find::{self, Found},
    generator::config,
    pause::Clock,
    stage::Stage,
};
use plimsoll_core::{
    compare::{Probe, Rounds, system},
    finding::{Account, Budget, COMPARISON_SCHEMA, Comparison, Ending, Finding, Pair, Warning},
    search::Goal,
    step::{Driver, Flow, StepEnd, StepResult},
};
use plimsoll_engine::{Engine, EngineError};
use std::{
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Whatever time the searches took, random turns get this long for each system: fewer would decide nothing.
const LEAST_TURNS: Duration = Duration::from_secs(15);

/// One `compare`.
#[derive(Clone, Debug)]
pub struct ComparePlan {
    /// What is compared: at least two, each with a name of its own.
    pub systems: Vec<Named>,
    /// What is sought of each. Its budget is that of one search.
    pub goal: Goal,
    /// About how long searches and turns may take together.
    pub time: Duration,
    /// Where the result will be saved.
    pub save: Option<PathBuf>,
    /// Where the journals of the searches go.
    pub journal: JournalPlace,
    /// The command line, secrets redacted.
    pub command: String,
}

/// A system with the name that it has in the comparison.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What is measured, and with what.
    pub setup: Setup,
}

/// One thing that happened in a comparison.
#[derive(Clone, Copy, Debug)]
pub enum CompareEvent<'a> {
    /// Every system could be started; no load was sent yet.
    Begun {
        /// Their names, in order.
        names: &'a [String],
    },
    /// Something in the search of one system.
    Search {
        /// Its name.
        system: &'a str,
        /// Its place, from 1.
        place: usize,
        /// How many systems there are.
        of: usize,
        /// What happened.
        event: Event<'a>,
    },
    /// Random turns go on.
    Turns {
        /// Probes that ended.
        done: u32,
        /// About how many there will be.
        of: u32,
        /// What is known of the pairs so far.
        pairs: &'a [Pair],
        /// Since the beginning.
        elapsed: Duration,
    },
    /// The user has it wait between two turns: nothing is sent, and the clock stands.
    Paused {
        /// Since the beginning.
        elapsed: Duration,
    },
    /// Nothing more is sent.
    Ended {
        /// How it came to that.
        ending: Ending,
    },
}

/// What a comparison gave.
#[derive(Debug)]
pub struct Compared {
    /// The result.
    pub comparison: Comparison,
    /// The journals of the searches, with their ends.
    pub journals: Vec<Journal>,
    /// The system that was broken at the smallest load, and what was the matter with it.
    pub broken: Option<(String, Broken)>,
    /// Why the generator could not go on.
    pub failure: Option<EngineError>,
    /// Who ran on which cores, in a sentence.
    pub placed: String,
}

/// A system that can't be compared because its session could not begin.
#[derive(Debug, thiserror::Error)]
#[error("{system}: {source}")]
pub struct CompareError {
    /// Its name.
    pub system: String,
    /// Why.
    pub source: SessionError,
}

/// Searches each system, then probes them in turns. A system that is broken, an interrupt, or a generator that fails ends it with what is known by then.
///
/// # Errors
/// What keeps a system from being searched at all.
pub fn compare(plan: &ComparePlan, interrupt: &Interrupt, sink: &mut dyn FnMut(CompareEvent<'_>)) -> Result<Compared, CompareError> {
    let clock = Clock::start(interrupt);
    let head = find::subject(&names(plan).join(", "), "");
    let mut all = Compared {
        comparison: Comparison {
            schema: COMPARISON_SCHEMA.to_owned(),
            account: Account {
                command: plan.command.clone(),
                started_at: head.started_at,
                version: head.version,
                ending: Ending::CutShort,
                took_s: 0.0,
                warnings: Vec::new(),
            },
            budget: Budget::default(),
            systems: Vec::new(),
            pairs: Vec::new(),
        },
        journals: Vec::new(),
        broken: None,
        failure: None,
        placed: String::new(),
    };
    // What does not start is better known before the first search than after it.
    for named in plan.systems.iter().skip(1) {
        stage(named, interrupt).map_err(|(system, source)| CompareError { system, source })?;
    }
    sink(CompareEvent::Begun { names: &names(plan) });
    for (index, named) in plan.systems.iter().enumerate() {
        let found = search(plan, named, interrupt, &mut |event| {
            sink(CompareEvent::Search { system: &named.name, place: index + 1, of: plan.systems.len(), event });
        })?;
        let ending = found.finding.ending;
        if index == 0 {
            all.comparison.budget = found.budget;
        } else if !is_alike(&all.comparison.budget, &found.budget) {
            all.comparison.account.warnings.push(unlike(&named.name));
        }
        all.placed = found.placed;
        all.journals.push(found.journal);
        all.failure = found.failure;
        all.broken = found.broken.map(|broken| (named.name.clone(), broken));
        all.comparison.systems.push(system(named.name.clone(), found.finding));
        if ending != Ending::Complete || all.failure.is_some() || all.broken.is_some() {
            all.comparison.account.ending = ending;
            return Ok(ended(all, &clock, sink));
        }
    }
    let left = plan.time.saturating_sub(clock.elapsed()).max(LEAST_TURNS * u32::try_from(plan.systems.len()).unwrap_or(u32::MAX));
    turns(plan, left, &clock, &mut all, interrupt, sink);
    Ok(ended(all, &clock, sink))
}

fn ended(mut all: Compared, clock: &Clock, sink: &mut dyn FnMut(CompareEvent<'_>)) -> Compared {
    all.comparison.account.warnings.extend(clock.warning());
    all.comparison.account.took_s = clock.elapsed().as_secs_f64();
    sink(CompareEvent::Ended { ending: all.comparison.account.ending });
    all
}

/// Whether two systems had the same of the hardware.
fn is_alike(one: &Budget, other: &Budget) -> bool {
    (one.cpus, one.memory_bytes, &one.cores) == (other.cpus, other.memory_bytes, &other.cores)
}

fn unlike(name: &str) -> Warning {
    Warning {
        text: format!("{name} was not held to the hardware that the first system had."),
        remedy: "Have all systems started here (a command with {port}, or lab:), or see to it yourself.".to_owned(),
    }
}

fn names(plan: &ComparePlan) -> Vec<String> {
    plan.systems.iter().map(|system| system.name.clone()).collect()
}

fn search(plan: &ComparePlan, system: &Named, interrupt: &Interrupt, sink: &mut dyn FnMut(Event<'_>)) -> Result<Found, CompareError> {
    let one = Plan { setup: system.setup.clone(), goal: plan.goal.clone(), save: None, journal: plan.journal.clone() };
    find::find(&one, interrupt, sink).map_err(|source| CompareError { system: system.name.clone(), source })
}

/// Starts all systems anew, side by side on the same cores, and probes them in random turns. Whatever goes wrong is a warning: the searches stand.
fn turns(
    plan: &ComparePlan,
    time: Duration,
    clock: &Clock,
    all: &mut Compared,
    interrupt: &Interrupt,
    sink: &mut dyn FnMut(CompareEvent<'_>),
) {
    let findings: Vec<&Finding> = all.comparison.systems.iter().map(|system| &system.finding).collect();
    let mut rounds = Rounds::of(&findings, &names(plan), time, seed());
    let mut run = || -> Result<Ending, (String, SessionError)> {
        let stages = plan.systems.iter().map(|named| stage(named, interrupt)).collect::<Result<Vec<Stage>, _>>()?;
        let mut engine = None;
        while let Some(probe) = rounds.next() {
            let named = &plan.systems[probe.system];
            let result =
                probed(named, &stages[probe.system], &probe, &mut engine, interrupt).map_err(|error| (named.name.clone(), error))?;
            if result.end == StepEnd::Interrupted {
                return Ok(Ending::Interrupted);
            }
            rounds.observe(&probe, &result);
            let (done, of) = rounds.progress();
            sink(CompareEvent::Turns { done, of, pairs: &rounds.pairs(), elapsed: clock.elapsed() });
            if engine.is_none() && interrupt.pauses() {
                sink(CompareEvent::Paused { elapsed: clock.elapsed() });
                clock.stand();
            }
        }
        Ok(Ending::Complete)
    };
    match run() {
        Ok(ending) => all.comparison.account.ending = ending,
        Err((system, error)) => {
            all.comparison.account.warnings.push(Warning {
                text: format!("The systems could not be probed in turns any further: {system}: {error}."),
                remedy: "The searches of each stand as they are; mend the cause and compare again for the ratio.".to_owned(),
            });
        }
    }
    all.comparison.pairs = rounds.pairs();
}

fn stage(system: &Named, interrupt: &Interrupt) -> Result<Stage, (String, SessionError)> {
    let asks = system.setup.target.is_started() && system.setup.watch == Watching::Target;
    let watch = if asks { Watching::WhenAsked } else { Watching::Nobody };
    let setup = Setup { watch, side_path: None, ..system.setup.clone() };
    Stage::of(&setup, interrupt).map_err(|error| (system.name.clone(), error))
}

/// One probe. The load of a generator goes on between steps, so that each turn has one of its own, which ends with the turn.
fn probed(
    named: &Named,
    stage: &Stage,
    probe: &Probe,
    engine: &mut Option<Engine>,
    interrupt: &Interrupt,
) -> Result<StepResult, SessionError> {
    let mut turn = match engine.take() {
        Some(engine) => engine,
        None => Engine::start(config(&named.setup, &stage.placement, &stage.target))?,
    };
    let mut result = turn.drive(&probe.plan, &mut |so_far| {
        if probe.is_full() && so_far.batches.len() == 1 {
            stage.target.begin(probe.plan.measure);
        }
        if interrupt.is_set() { Flow::Interrupt } else { Flow::Continue }
    })?;
    if probe.is_full() {
        result.signals = stage.target.signals(result.measured());
    }
    *engine = (!probe.ends_turn).then_some(turn);
    Ok(result)
}

/// Any number will do; it only has to differ from run to run.
fn seed() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_nanos() as u64)
}
