//! States folded from events that are made by hand: what a run would tell of targets whose behaviour is known.

use crate::{
    session::{CompareEvent, Event, HoldEvent, TuneEvent},
    view::{Status, compare::CompareStatus, hold::HoldStatus, page::Page, tune::TuneStatus},
};
use plimsoll_core::{
    criterion::Criterion,
    evidence::Waiting,
    finding::{Axis, Counted, Ending, LadderRung, LoadLine, Pair, PairWord, Rung, Subject, Tried, Word},
    outcome::Failure,
    schedule::Arrivals,
    search::{Estimate, Goal},
    step::{Batch, GeneratorHealth, Load, Purpose, Settle, Signals, Sockets, StepPlan, StepResult, Watched},
};
use std::{collections::BTreeMap, time::Duration};

fn subject(target: &str, description: Option<&str>) -> Subject {
    let text = String::new;
    let description = description.map(str::to_owned);
    Subject { target: target.to_owned(), url: text(), description, start: None, command: text(), started_at: text(), version: text() }
}

fn plan(purpose: Purpose, load: Load, seconds: u64) -> StepPlan {
    StepPlan {
        purpose,
        load,
        settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
        measure: Duration::from_secs(seconds),
        batches: u32::try_from(seconds).unwrap(),
        limits: Vec::new(),
        requests: None,
    }
}

fn users(users: u32) -> Load {
    Load::Users { users, think: Duration::ZERO }
}

/// A second of so many good answers around `ms`, one in fifty of them three times as slow, and failures of one kind.
fn second(result: &mut StepResult, good: u64, ms: f64, refused: u64) {
    let mut batch = Batch { duration: Duration::from_secs(1), offered: good + refused, sent: good + refused, good, ..Batch::empty(0) };
    for n in 0..good {
        let times = if n % 50 == 25 { 3.0 } else { 0.95 + 0.1 * n as f64 / good as f64 };
        let time = Duration::from_secs_f64(ms * times * 1e-3);
        batch.response.record(time);
        result.response.record(time);
        batch.response_sum_ns += time.as_nanos() as u64;
    }
    batch.failed.add(Failure::Refused, refused);
    result.batches.push(batch);
}

fn health() -> GeneratorHealth {
    GeneratorHealth { cpu_share: Some(0.021), send_lag_p50_us: Some(0.4), send_lag_p99_us: Some(17.0), ..GeneratorHealth::default() }
}

/// A step of a second against so many slots that take `ms` each; from `full` users on, some are turned away.
fn step(purpose: Purpose, load: u32, slots: u32, ms: f64, full: u32) -> StepResult {
    let mut result = StepResult::begin(plan(purpose, users(load), 1), Duration::ZERO);
    let rate = f64::from(load.min(slots)) * 1e3 / ms;
    let refused = if load >= full { rate / 4.0 } else { 0.0 };
    second(&mut result, rate.round() as u64, ms.max(f64::from(load) / rate * 1e3), refused as u64);
    StepResult { generator: health(), signals: signals(load), ..result }
}

fn signals(load: u32) -> Signals {
    let watched = Watched {
        seconds: 2.0,
        cpu_cores: Some(0.031),
        allotted_cores: Some(1.0),
        processes: Some(1.0),
        threads: Some(5.0),
        sockets: Some(Sockets {
            in_application: f64::from(load.min(4)),
            not_accepted: f64::from(load.saturating_sub(4)),
            backlog: 128,
            longest_queue: load.saturating_sub(4),
            ..Sockets::default()
        }),
        files: Some(12),
        file_limit: Some(20_000),
        resident_bytes: Some(36 << 20),
        memory_limit_bytes: Some(512 << 20),
        programs: vec!["gunicorn\u{1b}[2J".to_owned()],
        ..Watched::default()
    };
    Signals { target_alive: Some(true), watched: Some(watched), side_ms: None }
}

fn rung(rung: Rung, users: Option<f64>, detail: &str) -> LadderRung {
    LadderRung { rung, kind: None, users, seen: users.is_some(), up_to: 64.0, detail: users.map(|_| detail.to_owned()) }
}

fn ladder() -> Vec<LadderRung> {
    vec![
        rung(Rung::Knee, Some(4.0), "beyond it users mostly wait; at most 80.1 good answers/s"),
        rung(Rung::Slow, Some(8.0), "median 100 ms, 2 times idle"),
        rung(Rung::TimeOuts, None, ""),
        rung(Rung::Refusals, Some(64.0), "20% of the requests"),
        rung(Rung::Errors, None, ""),
        rung(Rung::Crash, None, ""),
    ]
}

fn estimate(best: f64, ends: Option<(f64, f64)>, left_s: u64) -> Estimate {
    Estimate {
        phase: Purpose::Refine,
        best: Some(best),
        low: ends.map(|(low, _)| low).or(Some(best)),
        high: ends.map(|(_, high)| high),
        time_left: Duration::from_secs(left_s),
        ladder: if ends.is_some() { ladder() } else { Vec::new() },
    }
}

/// A search of four slots of 50 ms, in the middle of a step after these.
fn searched(status: &mut Status, target: &str, slots: u32, loads: &[u32], known: &Estimate) {
    searched_told(&mut |event| status.fold(&event), target, slots, loads, known);
}

fn searched_told(tell: &mut dyn FnMut(Event<'_>), target: &str, slots: u32, loads: &[u32], known: &Estimate) {
    let goal = Goal { budget: Duration::from_secs(60), ..Goal::default() };
    tell(Event::Started { subject: &subject(target, Some("4 blocking workers, wait 50 ms")), goal: &goal });
    let early = estimate(1.0, None, 58);
    let mut elapsed = Duration::ZERO;
    for &load in loads {
        let result = step(Purpose::Ramp, load, slots, 50.0, 64);
        tell(Event::StepBegun { plan: &result.plan, estimate: &early, elapsed });
        elapsed += Duration::from_secs(1);
        tell(Event::StepEnded { result: &result, estimate: &early, elapsed });
    }
    let mut half = step(Purpose::Refine, 5, slots, 50.0, 64);
    half.plan.measure = Duration::from_secs(2);
    tell(Event::StepBegun { plan: &half.plan, estimate: known, elapsed });
    tell(Event::Measured { so_far: &half, elapsed: elapsed + Duration::from_secs(1) });
}

const LOADS: [u32; 9] = [1, 2, 3, 4, 6, 8, 16, 32, 64];

/// A search that knows its answer but for a little.
pub fn find() -> Page {
    let mut status = Status::default();
    searched(&mut status, "lab:pool", 4, &LOADS, &estimate(4.0, Some((3.8, 4.3)), 31));
    Page::Find(status)
}

/// One that begins, of a target with a name that would clear the screen.
pub fn begun() -> Page {
    let mut status = Status::default();
    let goal = Goal { axis: Axis::Rate, ..Goal::default() };
    status.fold(&Event::Started { subject: &subject("http://127.0.0.1:8080/\u{1b}[2J\u{202e}", None), goal: &goal });
    let load = Load::Rate { per_s: 10.0, arrivals: Arrivals::Poisson };
    let nothing =
        Estimate { phase: Purpose::Ramp, best: None, low: None, high: None, time_left: Duration::from_secs(60), ladder: Vec::new() };
    status.fold(&Event::StepBegun { plan: &plan(Purpose::Ramp, load, 1), estimate: &nothing, elapsed: Duration::ZERO });
    Page::Find(status)
}

/// One that waits for the user, after trouble, with a generator that is held back.
pub fn paused() -> Page {
    let mut status = Status::default();
    searched(&mut status, "lab:pool", 4, &LOADS, &estimate(4.0, Some((3.8, 4.3)), 31));
    let mut held_back = step(Purpose::Refine, 5, 4, 50.0, 64);
    held_back.generator.throttled_share = Some(0.2);
    let known = estimate(4.0, Some((3.8, 4.3)), 31);
    status.fold(&Event::StepEnded { result: &held_back, estimate: &known, elapsed: Duration::from_secs(12) });
    status.fold(&Event::Trouble { text: "The journal can't be written any more: no space left on device." });
    status.fold(&Event::Paused { elapsed: Duration::from_secs(12) });
    Page::Find(status)
}

/// A hold at a rate that the target does not quite keep up with.
pub fn hold() -> Page {
    let mut status = HoldStatus::default();
    let load = Load::Rate { per_s: 500.0, arrivals: Arrivals::Constant };
    let criteria: Vec<Criterion> = vec!["errors<1%".parse().unwrap(), "p99<500ms".parse().unwrap()];
    let asked = StepPlan { limits: vec![Duration::from_millis(500)], ..plan(Purpose::Hold, load, 20) };
    let began = subject("lab:threads?wait=5ms", Some("a thread for each connection, wait 5 ms"));
    status.fold(&HoldEvent::Begun { subject: &began, plan: &asked, criteria: &criteria, waiting: Waiting::Asleep });
    let mut result = StepResult::begin(asked, Duration::ZERO);
    for at in 1..=12 {
        let (good, ms, refused) = if at == 7 { (320, 40.0, 30) } else { (500, 5.2, 0) };
        second(&mut result, good, ms, refused);
        result.batches.last_mut().unwrap().late = vec![0];
        result.generator = health();
        status.fold(&HoldEvent::Measured { so_far: &result, elapsed: Duration::from_secs(at) });
    }
    status.fold(&HoldEvent::Watched { signals: &signals(2) });
    Page::Hold(status)
}

fn pair(low: f64, ratio: f64, high: f64) -> Pair {
    Pair {
        a: "pool".to_owned(),
        b: "async".to_owned(),
        counted: Counted::AtOneTime,
        capacity_ratio: Some(ratio),
        low: Some(low),
        high: Some(high),
        word: PairWord::Different,
        unloaded_latency_ratio: Some(1.02),
        unloaded_latency_low: Some(1.006),
        unloaded_latency_high: Some(1.03),
        unloaded_word: PairWord::Different,
        rounds: 9,
        reasons: Vec::new(),
    }
}

fn compared(is_searching: bool) -> CompareStatus {
    let mut status = CompareStatus::default();
    let names = ["pool".to_owned(), "async".to_owned()];
    status.fold(&CompareEvent::Begun { names: &names });
    let known = estimate(4.0, Some((3.9, 4.1)), 0);
    searched_told(
        &mut |event| status.fold(&CompareEvent::Search { system: "pool", place: 1, of: 2, event }),
        "pool",
        4,
        &LOADS[..7],
        &known,
    );
    let ended = Event::Ended { ending: Ending::Complete };
    status.fold(&CompareEvent::Search { system: "pool", place: 1, of: 2, event: ended });
    let known = if is_searching { estimate(32.0, None, 40) } else { estimate(51.0, Some((49.0, 53.0)), 0) };
    let loads = if is_searching { &LOADS[..8] } else { &[1, 2, 4, 8, 16, 32, 64, 128][..] };
    searched_told(&mut |event| status.fold(&CompareEvent::Search { system: "async", place: 2, of: 2, event }), "async", 51, loads, &known);
    status
}

/// A comparison whose second system is searched.
pub fn compare() -> Page {
    Page::Compare(compared(true))
}

/// One in its random turns.
pub fn turns() -> Page {
    let mut status = compared(false);
    let ended = Event::Ended { ending: Ending::Complete };
    status.fold(&CompareEvent::Search { system: "async", place: 2, of: 2, event: ended });
    let pairs = [pair(12.1, 12.9, 13.8)];
    status.fold(&CompareEvent::Turns { done: 18, of: 48, pairs: &pairs, elapsed: Duration::from_secs(83) });
    Page::Compare(status)
}

/// A tuning at its fifth setting.
pub fn tune() -> Page {
    let mut status = TuneStatus::default();
    let start = "gunicorn -w {workers} --threads {threads} app:app";
    let setting = |workers: u32| BTreeMap::from([("workers".to_owned(), workers.to_string()), ("threads".to_owned(), "2".to_owned())]);
    for (place, workers, value) in [(1, 1, Some(2.0)), (2, 16, None), (3, 4, Some(8.0)), (4, 8, Some(15.6))] {
        status.fold(&TuneEvent::Begun { start, setting: &setting(workers), place, of: 12 });
        let line = value.map(|value| LoadLine {
            axis: Axis::Users,
            value: Some(value),
            low: Some(value * 0.97),
            high: Some(value * 1.03),
            confidence: 0.95,
            word: Word::Firm,
            binding: "knee".to_owned(),
            reasons: Vec::new(),
        });
        let failed = line.is_none().then(|| "it was not ready within 30 s".to_owned());
        status.fold(&TuneEvent::Tried(&Tried { setting: setting(workers), load_line: line, cause: None, failed, took_s: 20.0 }));
    }
    status.fold(&TuneEvent::Begun { start, setting: &setting(12), place: 5, of: 12 });
    searched_told(&mut |event| status.fold(&TuneEvent::Search(event)), start, 12, &LOADS[..6], &estimate(8.0, None, 14));
    Page::Tune(status)
}
