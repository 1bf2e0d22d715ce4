//! The loop itself, over any driver: the engine, or a simulation.

use super::{
    Event, Interrupt, Journal,
    pause::{Clock, may_precede},
};
use plimsoll_core::{
    diagnose,
    finding::{Ending, Finding, Subject, Warning},
    search::{Goal, Move, Search},
    step::{Driver, Flow, Signals, StepEnd, StepResult},
    units::show_duration,
};
use std::{error::Error, time::Duration};

/// No search needs more steps; one that never ends is stopped here.
const MOST_STEPS: usize = 10_000;
/// A search may go beyond its budget to finish a step, to drive the target past its line and to see it recover: so much, and no more.
const OVERTIME: f64 = 1.5;
const OVERTIME_FOR_RECOVERY: Duration = Duration::from_secs(30);

/// What a run gave. The finding holds all that was measured, however the run ended.
#[derive(Debug)]
pub struct Run<E> {
    /// The result.
    pub finding: Finding,
    /// Why the target was broken at the smallest load, in a sentence.
    pub broken: Option<String>,
    /// The step that showed it: its failures tell what is the matter.
    pub broken_by: Option<StepResult>,
    /// Why the generator could not go on.
    pub failure: Option<E>,
}

/// Searches until the search has concluded, the user interrupts, the driver fails, or the budget is far exceeded. Steps go to the journal where
/// there is one. Where the user has it wait, it does so between two steps, without load, and its clock stands. `signals` says what is known of the target over the time just past, which is what a step measured.
pub fn run<D: Driver>(
    goal: &Goal,
    subject: Subject,
    driver: &mut D,
    mut journal: Option<&mut Journal>,
    interrupt: &Interrupt,
    signals: &mut dyn FnMut(Duration) -> Signals,
    sink: &mut dyn FnMut(Event<'_>),
) -> Run<D::Error>
where
    D::Error: Error,
{
    let clock = Clock::start(interrupt);
    let longest = goal.budget.mul_f64(OVERTIME) + OVERTIME_FOR_RECOVERY;
    let mut search = Search::new(goal.clone());
    let mut warnings = Vec::new();
    let (mut broken_by, mut failure) = (None, None);
    sink(Event::Started { subject: &subject, goal });
    let mut ending = Ending::CutShort;
    for _ in 0..MOST_STEPS {
        if interrupt.is_set() {
            ending = Ending::Interrupted;
            break;
        }
        let Move::Step(plan) = search.next() else {
            ending = Ending::Complete;
            break;
        };
        if interrupt.pauses() && may_precede(plan.purpose) {
            if let Err(error) = driver.rest() {
                warnings.push(generator_failed(&error));
                failure = Some(error);
                break;
            }
            sink(Event::Paused { elapsed: clock.elapsed() });
            clock.stand();
            continue;
        }
        sink(Event::StepBegun { plan: &plan, estimate: &search.estimate(), elapsed: clock.elapsed() });
        let driven = driver.drive(&plan, &mut |so_far| {
            if interrupt.is_set() || clock.elapsed() > longest {
                return Flow::Interrupt;
            }
            sink(Event::Measured { so_far, elapsed: clock.elapsed() });
            search.watch(so_far)
        });
        let mut result = match driven {
            Ok(result) => result,
            Err(error) => {
                warnings.push(generator_failed(&error));
                failure = Some(error);
                break;
            }
        };
        result.signals = signals(result.measured());
        if let Some(warning) = journal.as_mut().and_then(|journal| journal.step(&result)) {
            sink(Event::Trouble { text: &warning.text });
            warnings.push(warning);
        }
        search.observe(&result);
        sink(Event::StepEnded { result: &result, estimate: &search.estimate(), elapsed: clock.elapsed() });
        // A simulation keeps a time of its own.
        if clock.elapsed().max(result.ended_at()) > longest {
            warnings.push(overtime(longest));
            break;
        }
        if result.end == StepEnd::Interrupted {
            ending = Ending::Interrupted;
            break;
        }
        if search.target_broken().is_some() {
            broken_by = Some(result);
        }
    }
    warnings.extend(journal.and_then(|journal| journal.end(ending)));
    sink(Event::Ended { ending });
    let mut finding = search.finding(subject, ending);
    finding.took_s = clock.elapsed().as_secs_f64().max(finding.took_s);
    finding.warnings.extend(warnings);
    finding.warnings.extend(clock.warning());
    diagnose::explain(&mut finding);
    Run { finding, broken: search.target_broken(), broken_by, failure }
}

fn overtime(longest: Duration) -> Warning {
    Warning {
        text: format!("The search had not concluded after {} and was stopped.", show_duration(longest)),
        remedy: "More --time, or less --timeout where requests hang.".to_owned(),
    }
}

fn generator_failed(error: &dyn Error) -> Warning {
    Warning {
        text: format!("The load generator could not go on: {error}."),
        remedy: "What was measured before is reported; mend the cause and run again.".to_owned(),
    }
}
