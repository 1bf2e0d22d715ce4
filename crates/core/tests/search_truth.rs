//! The search against simulated targets whose load line is known, in virtual time. `cargo xtask accuracy` does the same with many seeds; here a
//! few seeds of every case hold the promises that must never break.

use plimsoll_core::{
    finding::{Axis, Ending, Finding, Rung, Subject, Word},
    search::{Goal, Move, Search},
    sim::{
        Simulation,
        cases::{self, Case, Class, Truth},
    },
    step::{Driver, Purpose, StepResult},
};
use std::time::Duration;

fn subject(name: &str) -> Subject {
    Subject {
        target: name.to_owned(),
        url: String::new(),
        description: None,
        start: None,
        command: String::new(),
        started_at: String::new(),
        version: String::new(),
    }
}

/// Runs a search to its end: the finding, and every step as a journal would hold it.
fn run(case: &Case, seed: u64) -> (Finding, Vec<StepResult>) {
    let mut simulation = Simulation::start(case.target.clone(), seed);
    let mut search = Search::new(case.goal.clone());
    let mut steps = Vec::new();
    while let Move::Step(plan) = search.next() {
        assert!(plan.load.size() <= case.goal.ceiling * (1.0 + 1e-9), "{}: {} is beyond the ceiling", case.name, plan.load.size());
        assert!(steps.len() < 500, "{}, seed {seed}: the search does not end", case.name);
        let Ok(result) = simulation.drive(&plan, &mut |so_far| search.watch(so_far));
        search.observe(&result);
        steps.push(result);
    }
    (search.finding(subject(case.name), Ending::Complete), steps)
}

fn case(name: &str) -> Case {
    cases::all().into_iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no case {name:?}"))
}

#[test]
fn a_firm_number_is_never_wrong_and_every_search_ends_in_time() {
    for case in cases::all() {
        for seed in 101..=102 {
            let (finding, _) = run(&case, seed);
            let line = &finding.load_line;
            let took = Duration::from_secs_f64(finding.took_s);
            assert!(took < case.goal.budget.mul_f64(1.6) + Duration::from_secs(15), "{}, seed {seed}: {took:?}", case.name);
            if case.class == Class::MustFlag {
                assert!(!matches!(line.word, Word::Firm), "{}, seed {seed}: {line:?}", case.name);
            }
            if let (Word::Firm, Some(value), Some(truth)) = (line.word, line.value, case.truth.line(took)) {
                // Users are whole: one of them is the least that an answer can be off.
                let off = (value / truth - 1.0).abs();
                assert!(off <= 0.10 || (value - truth).abs() <= 1.0, "{}, seed {seed}: firm {value}, truth {truth}", case.name);
            }
        }
    }
}

#[test]
fn workers_are_counted_exactly() {
    for (name, workers) in [
        ("1 worker, knee", 1.0),
        ("4 workers, knee", 4.0),
        ("8 workers, knee", 8.0),
        ("16 workers, knee", 16.0),
        ("40 workers, knee", 40.0),
    ] {
        let (finding, _) = run(&case(name), 7);
        let line = &finding.load_line;
        assert_eq!((line.value, line.word), (Some(workers), Word::Firm), "{name}: {line:?}");
        assert_eq!(finding.recovery.recovered, Some(true), "{name}");
        if workers < 10.0 {
            let more = finding.one_more.expect("both whole numbers were measured");
            assert!((more.rate_with_one_more_per_s / more.rate_per_s - 1.0).abs() < 0.04, "{name}: {more:?}");
        }
    }
}

#[test]
fn the_answer_is_the_same_on_all_three_axes() {
    let (finding, _) = run(&case("16 workers, cv 0.1, knee"), 3);
    // 16 workers of 40 ms: 400 a second, 16 in flight, 400 x (0.04 + 10) people who pause 10 s.
    let also = finding.also;
    assert!((also.rate_per_s.unwrap() / 400.0 - 1.0).abs() < 0.03, "{also:?}");
    assert!((also.users_at_once.unwrap() / 16.0 - 1.0).abs() < 0.03, "{also:?}");
    assert!((also.users_with_think.unwrap().users / 4016.0 - 1.0).abs() < 0.03);
}

#[test]
fn refusals_and_crashes_are_named_with_their_load() {
    let (finding, _) = run(&case("refuses above 100"), 5);
    let refusals = finding.ladder.iter().find(|rung| rung.rung == Rung::Refusals).expect("every rung is listed");
    assert!(refusals.seen && refusals.kind.as_deref() == Some("http_503"), "{refusals:?}");
    assert!((101.0..=104.0).contains(&refusals.users.unwrap()), "{refusals:?}");

    let (finding, _) = run(&case("crash above 120"), 5);
    let crash = finding.ladder.iter().find(|rung| rung.rung == Rung::Refusals).expect("every rung is listed");
    assert!(crash.seen && (121.0..=128.0).contains(&crash.users.unwrap()), "{crash:?}");
    assert_eq!(finding.recovery.recovered, Some(true));

    let (finding, _) = run(&case("crash above 120, stays down"), 5);
    let line = &finding.load_line;
    assert!(line.low.unwrap() <= 120.0 && line.high.unwrap() >= 120.0 && line.word != Word::Firm, "{line:?}");
    assert_eq!(finding.recovery.recovered, Some(false));
}

#[test]
fn those_turned_away_are_counted_rather_than_searched_for() {
    for seed in 1..=10 {
        let (finding, steps) = run(&case("refuses above 100"), seed);
        assert_eq!(finding.load_line.value, Some(100.0), "seed {seed}");
        let probes = steps.iter().filter(|step| step.plan.purpose == Purpose::Refine).count();
        assert!(probes <= 5, "seed {seed}: {probes} probes, as many as halving takes");
    }
}

#[test]
fn a_target_that_stands_still_has_no_firm_percentile() {
    let mut said = 0;
    for seed in 1..=10 {
        let (finding, _) = run(&case("GC 150 ms every 5 s, p99"), seed);
        assert_ne!(finding.load_line.word, Word::Firm, "seed {seed}");
        said += usize::from(finding.load_line.reasons.iter().any(|reason| reason.contains("stood still")));
    }
    assert!(said >= 8, "said in {said} of 10 runs");
    for steady in ["c 8, 10 ms, p99<100ms", "M/M/16, p99", "lognormal cv 1.5, p99"] {
        let (finding, _) = run(&case(steady), 1);
        assert!(!finding.load_line.reasons.iter().any(|reason| reason.contains("stood still")), "{steady}: {:?}", finding.load_line);
    }
}

#[test]
fn a_weak_generator_is_never_sold_as_the_target() {
    for name in ["weak generator, knee", "weak generator, p99", "rate: weak generator"] {
        let (finding, _) = run(&case(name), 9);
        assert_eq!(finding.load_line.word, Word::Withheld, "{name}: {:?}", finding.load_line);
        assert!(finding.load_line.value.is_none() && finding.generator.limited, "{name}");
        assert_eq!(finding.cause.expect("the generator is the cause").verdict, "generator");
    }
}

#[test]
fn a_target_that_is_broken_from_the_start_is_said_to_be() {
    let case = case("every answer a 503");
    let mut simulation = Simulation::start(case.target.clone(), 1);
    let mut search = Search::new(case.goal.clone());
    while let Move::Step(plan) = search.next() {
        let Ok(result) = simulation.drive(&plan, &mut |so_far| search.watch(so_far));
        search.observe(&result);
    }
    let sentence = search.target_broken().expect("the target is broken");
    assert!(sentence.contains("http_503"), "{sentence}");
    assert_eq!(search.finding(subject(case.name), Ending::Complete).load_line.value, None);
}

#[test]
fn replaying_the_steps_gives_the_same_finding() {
    for name in ["M/M/16, p95", "4 workers, knee", "crash above 120", "rate: M/M/16 40 ms"] {
        let (finding, steps) = run(&case(name), 11);
        let mut replayed = Search::new(case(name).goal);
        for step in &steps {
            let stored = serde_json::to_string(step).unwrap();
            let step: StepResult = serde_json::from_str(&stored).unwrap();
            assert_eq!(replayed.next(), Move::Step(step.plan.clone()), "{name}");
            replayed.observe(&step);
        }
        assert_eq!(replayed.next(), Move::Done);
        assert_eq!(replayed.finding(subject(name), Ending::Complete), finding, "{name}");
    }
}

#[test]
fn without_overshoot_no_step_goes_beyond_what_the_search_needs() {
    let mut case = case("4 workers, knee");
    case.goal.overshoot = false;
    let (finding, steps) = run(&case, 13);
    assert_eq!(finding.load_line.value, Some(4.0));
    assert!(steps.iter().all(|step| !matches!(step.plan.purpose, Purpose::Overshoot | Purpose::Recovery)));
    assert_eq!(finding.recovery.recovered, None, "what was not driven beyond its line has nothing to recover from");
}

#[test]
fn the_ceiling_is_kept_and_named() {
    let case = case("4 workers, knee");
    for (axis, ceiling) in [(Axis::Users, 3.0), (Axis::Rate, 50.0)] {
        let goal = Goal { axis, ceiling, ..Goal::default() };
        let capped = Case { goal, truth: Truth::Beyond, ..case.clone() };
        let (finding, _) = run(&capped, 17);
        assert_eq!((finding.load_line.word, finding.load_line.value), (Word::AtLeast, Some(ceiling)), "{:?}", finding.load_line);
    }
}
