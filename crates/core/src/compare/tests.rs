//! The rounds' plan, and what is said where a line is only bounded, or missing.

use super::{Probe, Rounds, bench::Bench};
use crate::{
    finding::{Ending, Finding, LoadLine, Pair, PairWord, Subject, Word},
    search::{Goal, Move, Search},
    sim::{Admission, Service, Simulation, TargetModel},
    step::{Driver, Flow, GeneratorHealth, Load, Purpose, Signals, StepResult, Watched},
};
use std::time::Duration;

const TIME: Duration = Duration::from_secs(80);

fn pool(workers: u32) -> TargetModel {
    TargetModel::workers(workers, Service::constant(Duration::from_millis(50)))
}

fn find(model: &TargetModel) -> Finding {
    let mut system = Simulation::start(model.clone(), 1);
    let mut search = Search::new(Goal { budget: Duration::from_secs(30), ..Goal::default() });
    while let Move::Step(plan) = search.next() {
        let Ok(result) = system.drive(&plan, &mut |so_far| search.watch(so_far));
        search.observe(&result);
    }
    let none = String::new;
    let subject =
        Subject { target: none(), url: none(), description: None, start: None, command: none(), started_at: none(), version: none() };
    search.finding(subject, Ending::Complete)
}

fn at_least(finding: &Finding, least: f64) -> Finding {
    let load_line = LoadLine { value: Some(least), low: Some(least), high: None, word: Word::AtLeast, ..finding.load_line.clone() };
    Finding { load_line, ..finding.clone() }
}

fn rounds(findings: [&Finding; 2]) -> Rounds {
    Rounds::of(&findings, &["a".to_owned(), "b".to_owned()], TIME, 1)
}

/// Carries all probes out; `change` may spoil a result.
fn carry_out(rounds: &mut Rounds, models: [&TargetModel; 2], change: impl Fn(&Probe, &mut StepResult)) -> (Vec<Probe>, Pair) {
    let mut systems = models.map(|model| Simulation::start(model.clone(), 2));
    let mut probes = Vec::new();
    while let Some(probe) = rounds.next() {
        assert_eq!(rounds.next().as_ref(), Some(&probe), "the same one until it is observed");
        let Ok(mut result) = systems[probe.system].drive(&probe.plan, &mut |_: &StepResult| Flow::Continue);
        change(&probe, &mut result);
        rounds.observe(&probe, &result);
        probes.push(probe);
    }
    (probes, rounds.pairs().remove(0))
}

/// A target on one core, of which others use a part.
fn with_others(others_cores: f64, cpu_cores: f64, waited_cores: f64) -> Signals {
    let watched = Watched {
        allotted_cores: Some(1.0),
        cpu_cores: Some(cpu_cores),
        others_cores: Some(others_cores),
        run_wait_cores: Some(waited_cores),
        ..Watched::default()
    };
    Signals { watched: Some(watched), ..Signals::default() }
}

fn users(probe: &Probe) -> u32 {
    match probe.plan.load {
        Load::Users { users, .. } => users,
        Load::Rate { .. } => 0,
    }
}

#[test]
fn each_round_takes_each_system_once_alone_and_then_full() {
    let (four, eight) = (pool(4), pool(8));
    let mut rounds = rounds([&find(&four), &find(&eight)]);
    let (_, about) = rounds.progress();
    let (probes, pair) = carry_out(&mut rounds, [&four, &eight], |_, _| ());
    let mut first = [0, 0];
    for round in probes.chunks(4) {
        let systems: Vec<usize> = round.iter().map(|probe| probe.system).collect();
        assert!(systems == [0, 0, 1, 1] || systems == [1, 1, 0, 0], "{systems:?}");
        assert_eq!(round.iter().map(|probe| probe.ends_turn).collect::<Vec<_>>(), [false, true, false, true]);
        assert!(round.iter().all(|probe| probe.plan.purpose == Purpose::Pair));
        for turn in round.chunks(2) {
            assert!(users(&turn[0]) <= 2 && users(&turn[1]) >= [6, 11][turn[0].system], "{turn:?}");
        }
        first[systems[0]] += 1;
    }
    assert!(first[0] >= 4 && first[1] >= 4, "either may be first: {first:?}");
    assert_eq!((probes.len() / 4) as u32, pair.rounds);
    assert!(pair.rounds >= 15 && rounds.progress().0 == probes.len() as u32);
    assert!(about.abs_diff(probes.len() as u32) <= 12, "about {about} were announced, {} came", probes.len());
    assert!((pair.capacity_ratio.unwrap() - 2.0).abs() < 0.03 && pair.word == PairWord::Different, "{pair:?}");
}

#[test]
fn systems_close_to_each_other_are_measured_at_one_load() {
    let loads = |workers: [u32; 2]| {
        let [a, b] = workers.map(pool);
        let (probes, _) = carry_out(&mut rounds([&find(&a), &find(&b)]), [&a, &b], |_, _| ());
        let of = |system: usize, ends_turn: bool| {
            let mut loads: Vec<u32> =
                probes.iter().filter(|probe| probe.system == system && probe.ends_turn == ends_turn).map(users).collect();
            loads.dedup();
            assert_eq!(loads.len(), 1, "every round the same: {loads:?}");
            loads[0]
        };
        ([of(0, true), of(1, true)], [of(0, false), of(1, false)])
    };
    let ([a, b], alone) = loads([10, 12]);
    assert!(a == b && a >= 16, "1.3 times the larger knee at the least: {a} and {b}");
    assert_eq!(alone[0], alone[1]);
    let ([a, b], alone) = loads([4, 12]);
    assert!(a <= 10 && b >= 16, "each at its own: {a} and {b}");
    assert_eq!(alone, [1, 1], "as few as the smaller bears at ease");
}

#[test]
fn a_bound_is_told_where_it_decides() {
    let four = pool(4);
    let found = find(&four);
    let beyond = at_least(&found, 1_000.0);
    let (probes, pair) = carry_out(&mut rounds([&found, &beyond]), [&four, &four], |_, _| ());
    assert_eq!((pair.word, pair.capacity_ratio, pair.low, pair.high), (PairWord::Different, None, Some(250.0), None));
    assert!(probes.iter().all(|probe| users(probe) == 1), "no load that nothing is compared with");
    assert_eq!(pair.unloaded_word, PairWord::NoDifference, "{pair:?}");
    let pair = rounds([&beyond, &found]).pairs().remove(0);
    assert_eq!((pair.word, pair.low, pair.high), (PairWord::Different, None, Some(0.004)));
    let pair = rounds([&found, &at_least(&found, 3.0)]).pairs().remove(0);
    assert_eq!((pair.word, pair.low, pair.high), (PairWord::CannotTell, None, None));
    assert!(pair.reasons[0].contains("nothing failed up to 3"), "{pair:?}");
}

#[test]
fn without_a_line_there_is_no_ratio() {
    let four = pool(4);
    let found = find(&four);
    let withheld = LoadLine {
        value: None,
        low: None,
        high: None,
        word: Word::Withheld,
        reasons: vec!["refused".to_owned()],
        ..found.load_line.clone()
    };
    let broken = Finding { load_line: withheld, ..found.clone() };
    let rounds = rounds([&found, &broken]);
    assert_eq!(rounds.next(), None, "nothing is asked of a broken target");
    let pair = rounds.pairs().remove(0);
    assert_eq!((pair.word, pair.capacity_ratio, pair.unloaded_latency_ratio), (PairWord::CannotTell, None, None));
    assert_eq!(pair.reasons, ["b: refused"]);
}

#[test]
fn a_probe_of_a_disturbed_generator_is_left_out_and_without_rounds_the_searches_must_do() {
    let four = pool(4);
    let found = find(&four);
    let busy = GeneratorHealth { cpu_share: Some(0.99), ..GeneratorHealth::default() };
    let (probes, pair) = carry_out(&mut rounds([&found, &found]), [&four, &four], |probe, result| {
        if probe.system == 1 && users(probe) > 1 {
            result.generator = busy.clone();
        }
    });
    assert_eq!((pair.word, pair.capacity_ratio, pair.rounds), (PairWord::CannotTell, Some(1.0), 0));
    let [low, high] = [pair.low.unwrap(), pair.high.unwrap()];
    assert!(low < 0.91 && high > 1.1, "a tenth is left to what may have changed between the searches: {low} to {high}");
    let said = format!("b: {} probes were left out, because the generator was disturbed", probes.len() / 4);
    assert!(pair.reasons.contains(&said), "{:?}", pair.reasons);
}

#[test]
fn places_at_a_door_are_counted_beyond_it_and_other_errors_are_no_door() {
    let is_door = |rule| Bench::of(&find(&TargetModel::delay(Service::constant(Duration::from_millis(50))).admitting(rule))).has_door();
    assert!(is_door(Admission::RefuseAbove { inside: 40 }));
    // What hangs takes a place: beyond the line fewer and fewer are served.
    assert!(!is_door(Admission::HangAbove { inside: 40 }));
    assert!(!is_door(Admission::CrashAbove { inside: 40, restart: Some(Duration::from_millis(500)) }));

    let models = [40, 50].map(|inside| {
        let service = Service::constant(Duration::from_millis(50));
        TargetModel::delay(service).admitting(Admission::RefuseAbove { inside })
    });
    let found = [find(&models[0]), find(&models[1])];
    let (probes, pair) = carry_out(&mut rounds([&found[0], &found[1]]), [&models[0], &models[1]], |_, _| {});
    assert!(probes.iter().any(|probe| users(probe) >= 75), "the larger one is overrun, too");
    assert!((pair.capacity_ratio.unwrap() / 1.25 - 1.0).abs() < 0.02 && pair.reasons.is_empty(), "{pair:?}");

    let (_, beside) = carry_out(&mut rounds([&found[0], &found[1]]), [&models[0], &models[1]], |_, result| {
        result.signals = with_others(0.2, 0.8, 2.0);
    });
    assert_eq!(beside, pair, "places do not depend on what others have of the cores");
}

#[test]
fn what_others_had_of_the_cores_widens_the_interval_to_the_side_of_the_system_that_missed_it() {
    let four = pool(4);
    let found = find(&four);
    let beside = |others_cores: f64, cpu_cores: f64, waited_cores: f64| {
        carry_out(&mut rounds([&found, &found]), [&four, &four], |probe, result| {
            if probe.system == 1 && probe.is_full() {
                result.signals = with_others(others_cores, cpu_cores, waited_cores);
            }
        })
        .1
    };
    let (quiet, full) = (beside(0.01, 0.99, 2.0), beside(0.2, 0.8, 2.0));
    let (idle, content) = (beside(0.2, 0.5, 2.0), beside(0.98, 0.02, 0.01));
    assert_eq!((&idle, quiet.reasons.len()), (&quiet, 0), "who leaves some of its cores misses nothing");
    assert_eq!(content, quiet, "nor does who hardly waits for one");
    assert_eq!((full.low, full.capacity_ratio), (quiet.low, quiet.capacity_ratio));
    let wider = full.high.unwrap() / quiet.high.unwrap();
    assert!((wider - 1.25).abs() < 1e-6, "a fifth of the core is a quarter more without: {wider}");
    assert!(full.word == PairWord::CannotTell && full.reasons[0].starts_with("b: others used 20% of its cores"), "{full:?}");
}
