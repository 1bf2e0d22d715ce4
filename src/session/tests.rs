//! The loop over simulated targets with known truth, and over drivers that fail.

use super::{Event, Interrupt, Journal, JournalPlace, Loaded, Run, load, pause::may_precede, run};
use plimsoll_core::{
    finding::{Ending, Finding, Subject},
    search::Goal,
    sim::{Service, Simulation, TargetModel},
    step::Signals,
    step::{Driver, Flow, StepPlan, StepResult},
};
use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

fn subject() -> Subject {
    Subject {
        target: "simulated".to_owned(),
        url: "simulated".to_owned(),
        description: None,
        start: None,
        command: String::new(),
        started_at: "2026-11-20T10:00:00Z".to_owned(),
        version: "0.1.0".to_owned(),
    }
}

/// Four workers that take 50 ms, jittered.
fn pool_of_four() -> Simulation {
    Simulation::start(TargetModel::workers(4, Service::constant(Duration::from_millis(50))), 7)
}

/// What happened, by name.
fn name(event: &Event<'_>) -> &'static str {
    match event {
        Event::Placed { .. } => "placed",
        Event::Started { .. } => "started",
        Event::StepBegun { .. } => "begun",
        Event::Measured { .. } => "measured",
        Event::StepEnded { .. } => "step ended",
        Event::Watched { .. } => "watched",
        Event::Paused { .. } => "paused",
        Event::Trouble { .. } => "trouble",
        Event::Ended { .. } => "ended",
    }
}

struct Ran<E> {
    run: Run<E>,
    events: Vec<&'static str>,
    journal: PathBuf,
    _directory: tempfile::TempDir,
}

fn search<D: Driver<Error: std::error::Error>>(mut driver: D, interrupt_after: Option<usize>) -> Ran<D::Error> {
    let directory = tempfile::tempdir().unwrap();
    let goal = Goal::default();
    let place = JournalPlace::State(vec![directory.path().to_owned()]);
    let mut journal = Journal::begin(&place, &subject(), &goal).unwrap();
    let interrupt = Interrupt::default();
    let mut events = Vec::new();
    let mut steps = 0;
    let run = run(&goal, subject(), &mut driver, Some(&mut journal), &interrupt, &mut |_| Signals::default(), &mut |event| {
        events.push(name(&event));
        steps += usize::from(matches!(event, Event::StepEnded { .. }));
        if interrupt_after.is_some_and(|after| steps >= after) && matches!(event, Event::Measured { .. }) {
            interrupt.set();
        }
    });
    Ran { run, events, journal: journal.path().to_owned(), _directory: directory }
}

/// The finding of a journal.
fn replayed(journal: &Path) -> Finding {
    let Loaded::Journal(finding) = load(journal).unwrap() else { panic!("a journal") };
    *finding
}

/// All but the time that passed outside the simulation.
fn timeless(mut finding: Finding) -> String {
    finding.took_s = 0.0;
    serde_json::to_string(&finding).unwrap()
}

#[test]
fn a_simulated_pool_of_four_carries_four() {
    let ran = search(pool_of_four(), None);
    let finding = &ran.run.finding;
    assert_eq!(finding.load_line.value, Some(4.0), "{:?}", finding.load_line);
    assert_eq!(finding.ending, Ending::Complete);
    assert_eq!(ran.run.broken, None);
    let rate = finding.also.rate_per_s.unwrap();
    assert!((rate / 80.0 - 1.0).abs() < 0.05, "{rate}");
}

#[test]
fn events_come_in_order_and_every_step_begins_and_ends() {
    let ran = search(pool_of_four(), None);
    assert_eq!((ran.events.first(), ran.events.last()), (Some(&"started"), Some(&"ended")));
    let of_steps: Vec<&str> = ran.events.iter().copied().filter(|name| ["begun", "step ended"].contains(name)).collect();
    assert_eq!(of_steps.len(), 2 * ran.run.finding.steps.len());
    assert!(of_steps.chunks(2).all(|pair| pair == ["begun", "step ended"]));
    assert!(ran.events.iter().filter(|name| **name == "measured").count() >= 3 * ran.run.finding.steps.len());
}

#[test]
fn a_journal_replays_to_the_same_finding() {
    let ran = search(pool_of_four(), None);
    assert!(timeless(replayed(&ran.journal)) == timeless(ran.run.finding), "the replayed finding differs");
}

#[test]
fn a_saved_finding_reads_back_as_it_was() {
    let ran = search(pool_of_four(), None);
    let path = ran.journal.with_extension("json");
    super::save(&path, crate::report::json(&ran.run.finding).unwrap().as_bytes()).unwrap();
    let Loaded::Finding(finding) = load(&path).unwrap() else { panic!("a saved finding") };
    assert!(*finding == ran.run.finding, "{}", crate::report::json(&*finding).unwrap());
}

/// The journal as a killed run leaves it: whole lines, then part of one.
fn torn(journal: &Path, whole_lines: usize) -> PathBuf {
    let text = fs::read_to_string(journal).unwrap();
    let whole: String = text.lines().take(whole_lines).map(|line| format!("{line}\n")).collect();
    let part = text.lines().nth(whole_lines).unwrap();
    let path = journal.with_extension("torn");
    fs::write(&path, whole + &part[..part.len() / 2]).unwrap();
    path
}

#[test]
fn a_killed_run_keeps_every_step_that_ended() {
    let ran = search(pool_of_four(), None);
    let finding = replayed(&torn(&ran.journal, 4));
    assert_eq!(finding.ending, Ending::CutShort);
    assert!(finding.steps == ran.run.finding.steps[..3], "{} steps", finding.steps.len());
    assert!(finding.warnings.iter().any(|warning| warning.text.contains("torn")), "{:?}", finding.warnings);
}

#[test]
fn a_torn_line_in_the_middle_is_damage_and_named() {
    let ran = search(pool_of_four(), None);
    let path = torn(&ran.journal, 2);
    let more = fs::read_to_string(&path).unwrap() + "\n" + r#"{"ending":"complete"}"# + "\n";
    fs::write(&path, more).unwrap();
    let error = load(&path).unwrap_err().to_string();
    assert!(error.contains("damaged at line 3"), "{error}");
}

#[test]
fn what_is_no_result_is_said_to_be_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("odd");
    for (content, part) in [
        (&b""[..], "empty"),
        (b"\n\n", "empty"),
        (b"hello", "expected value"),
        (b"{\"a\":1}", "missing field `schema`"),
        (b"{\"schema\":\"k6/1\"}", "k6/1"),
        (b"{\"schema\":\"plimsoll.finding/9\"}", "plimsoll.finding/9"),
        (b"{\"schema\":\"plimsoll.finding/1\"}", "damaged"),
        (b"{\"schema\":\"plimsoll.hold/1\"}", "damaged"),
        (b"\xff\xfe\x00\x01", "neither a saved result"),
    ] {
        fs::write(&path, content).unwrap();
        let error = load(&path).unwrap_err().to_string();
        assert!(error.contains(part), "{content:?}: {error}");
    }
    assert!(load(&directory.path().join("absent")).unwrap_err().to_string().contains("absent"));
}

#[test]
fn an_interrupt_ends_the_step_and_keeps_what_was_measured() {
    let ran = search(pool_of_four(), Some(2));
    assert_eq!(ran.run.finding.ending, Ending::Interrupted);
    assert_eq!(ran.run.finding.steps.len(), 3, "two whole steps and the interrupted one");
    assert_eq!(replayed(&ran.journal).ending, Ending::Interrupted);
}

#[test]
fn a_pause_comes_between_two_steps_counts_for_nothing_and_is_said() {
    let (goal, interrupt) = (Goal::default(), Interrupt::default());
    let mut events = Vec::new();
    let mut steps = 0;
    let pausing = interrupt.clone();
    let run = run(&goal, subject(), &mut Rests(0, pool_of_four()), None, &interrupt, &mut |_| Signals::default(), &mut |event| {
        steps += usize::from(matches!(event, Event::StepEnded { .. }));
        match event {
            Event::Measured { .. } if steps == 2 => pausing.pause(true),
            // It waits by now, or is about to.
            Event::Paused { .. } => pausing.pause(false),
            _ => {}
        }
        events.push(name(&event));
    });
    let place = events.iter().position(|event| *event == "paused").unwrap();
    assert_eq!(events[place - 1..=place + 1], ["step ended", "paused", "begun"]);
    assert_eq!(run.finding.load_line.value, Some(4.0), "{:?}", run.finding.load_line);
    let plain = search(pool_of_four(), None).run.finding;
    assert!(run.finding.steps == plain.steps, "the steps are those of a run in one go");
    let said = run.finding.warnings.iter().filter(|warning| warning.text.starts_with("The run was paused for ")).count();
    assert_eq!((said, run.finding.warnings.len()), (1, plain.warnings.len() + 1));
}

/// The simulation, which counts how often it is to rest.
struct Rests(u32, Simulation);

impl Driver for Rests {
    type Error = NoEpoll;
    fn drive(&mut self, plan: &StepPlan, watch: &mut dyn FnMut(&StepResult) -> Flow) -> Result<StepResult, NoEpoll> {
        assert!(self.0 == 0 || may_precede(plan.purpose) || self.0 == u32::MAX, "no light load may follow a pause: {:?}", plan.purpose);
        self.0 = if self.0 > 0 { u32::MAX } else { 0 };
        let Ok(result): Result<_, Infallible> = self.1.drive(plan, watch);
        Ok(result)
    }

    fn rest(&mut self) -> Result<(), NoEpoll> {
        assert_ne!(self.0, u32::MAX, "one pause, one rest");
        self.0 += 1;
        Ok(())
    }
}

#[test]
fn who_is_to_stop_does_not_wait() {
    let interrupt = Interrupt::default();
    interrupt.pause(true);
    assert!(interrupt.pauses());
    interrupt.set();
    assert!(!interrupt.pauses());
    interrupt.pause(false);
    assert!(interrupt.is_set());
}

/// Works like the simulation until a step, then can't go on.
struct FailsAt(usize, Simulation);

#[derive(Debug, thiserror::Error)]
#[error("no epoll today")]
struct NoEpoll;

impl Driver for FailsAt {
    type Error = NoEpoll;
    fn drive(&mut self, plan: &StepPlan, watch: &mut dyn FnMut(&StepResult) -> Flow) -> Result<StepResult, NoEpoll> {
        self.0 = self.0.checked_sub(1).ok_or(NoEpoll)?;
        let Ok(result): Result<_, Infallible> = self.1.drive(plan, watch);
        Ok(result)
    }

    fn rest(&mut self) -> Result<(), NoEpoll> {
        Ok(())
    }
}

#[test]
fn when_the_generator_fails_what_was_measured_is_reported_with_the_reason() {
    let ran = search(FailsAt(2, pool_of_four()), None);
    assert!(ran.run.failure.is_some());
    assert_eq!(ran.run.finding.ending, Ending::CutShort);
    assert_eq!(ran.run.finding.steps.len(), 2);
    assert!(ran.run.finding.warnings.iter().any(|warning| warning.text.contains("no epoll today")));
}

/// A target that takes everything and answers nothing, an hour a step.
struct Silent(Duration);

impl Driver for Silent {
    type Error = NoEpoll;
    fn drive(&mut self, plan: &StepPlan, _watch: &mut dyn FnMut(&StepResult) -> Flow) -> Result<StepResult, NoEpoll> {
        self.0 += Duration::from_secs(3600);
        Ok(StepResult::begin(plan.clone(), self.0))
    }

    fn rest(&mut self) -> Result<(), NoEpoll> {
        Ok(())
    }
}

#[test]
fn a_search_far_beyond_its_budget_is_stopped_and_says_so() {
    let ran = search(Silent(Duration::ZERO), None);
    assert_eq!(ran.run.finding.ending, Ending::CutShort);
    assert_eq!(ran.run.finding.steps.len(), 1);
    assert!(ran.run.finding.warnings.iter().any(|warning| warning.text.contains("not concluded after 2 min")));
}
