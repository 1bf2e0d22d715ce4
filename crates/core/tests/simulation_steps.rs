//! The simulation keeps the rules of a step, as the engine does.

use plimsoll_core::{
    outcome::{Failure, NotSent},
    schedule::Arrivals,
    sim::{Generator, Service, Simulation, TargetModel},
    step::{Driver, Flow, Load, Purpose, Settle, StepEnd, StepPlan, StepResult},
};
use std::time::Duration;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn users(users: u32) -> Load {
    Load::Users { users, think: Duration::ZERO }
}

fn constant(per_s: f64) -> Load {
    Load::Rate { per_s, arrivals: Arrivals::Constant }
}

fn plan(load: Load, settle_ms: u64, measure_ms: u64, batches: u32) -> StepPlan {
    let settle = Settle { least: ms(settle_ms), most: ms(settle_ms), completions: 0 };
    StepPlan { purpose: Purpose::Refine, load, settle, measure: ms(measure_ms), batches, limits: vec![ms(30), ms(50)], requests: None }
}

fn drive(simulation: &mut Simulation, plan: &StepPlan, mut watch: impl FnMut(&StepResult) -> Flow) -> StepResult {
    match simulation.drive(plan, &mut watch) {
        Ok(result) => result,
        Err(never) => match never {},
    }
}

fn go_on(_: &StepResult) -> Flow {
    Flow::Continue
}

fn mm4() -> TargetModel {
    TargetModel::workers(4, Service::exponential(ms(40)))
}

#[test]
fn a_seed_gives_one_history() {
    let history = |seed| {
        let mut simulation = Simulation::start(mm4(), seed);
        [8, 16, 4].map(|n| drive(&mut simulation, &plan(users(n), 100, 2_000, 20), go_on))
    };
    assert_eq!(history(5), history(5));
    assert_ne!(history(5), history(6));
}

#[test]
fn a_step_has_equal_batches_and_time_goes_on_from_step_to_step() {
    let mut simulation = Simulation::start(mm4(), 1);
    let first = drive(&mut simulation, &plan(users(8), 300, 1_000, 7), go_on);
    assert_eq!((first.started, first.settled, first.measured(), first.batches.len()), (ms(0), ms(300), ms(1_000), 7));
    assert!(first.batches.iter().all(|batch| batch.duration.as_micros().abs_diff(142_857) <= 1));
    let second = drive(&mut simulation, &plan(users(4), 0, 500, 1), go_on);
    assert_eq!((second.started, second.settled, second.ended_at()), (ms(1_300), ms(0), ms(1_800)));
    assert_eq!(simulation.now(), ms(1_800));
    assert_eq!((first.end, second.end), (StepEnd::Full, StepEnd::Full));
}

#[test]
fn counts_are_exact_and_agree_with_each_other() {
    let mut simulation = Simulation::start(mm4(), 1);
    let result = drive(&mut simulation, &plan(users(8), 500, 20_000, 20), go_on);
    let count = |of: fn(&plimsoll_core::step::Batch) -> u64| result.batches.iter().map(of).sum::<u64>();
    assert_eq!(result.response.count(), result.good());
    assert_eq!(result.response, result.service, "a closed loop sends when it is due");
    assert_eq!(count(|batch| batch.response.count()), result.good());
    assert_eq!(result.offered(), result.sent());
    assert!(result.sent().abs_diff(result.good()) <= 8);
    for (index, limit) in [ms(30), ms(50)].into_iter().enumerate() {
        let late: u64 = result.batches.iter().map(|batch| batch.late[index]).sum();
        assert!(late.abs_diff(result.response.count_above(limit)) <= result.good() / 500, "to the histogram's resolution");
    }
    let seconds = result.batches.iter().map(|batch| batch.response_sum_ns).sum::<u64>() as f64 * 1e-9;
    // 8 users wait for 20 s; what they wait for at both borders is a request each.
    assert!((seconds - 160.0).abs() < 1.5, "{seconds} s of waiting");
}

#[test]
fn settling_ends_when_enough_have_ended_within_its_bounds() {
    let settled = |least, most, completions| {
        let mut simulation = Simulation::start(TargetModel::delay(Service::constant(ms(10))), 1);
        let mut step = plan(users(10), 0, 100, 1);
        step.settle = Settle { least: ms(least), most: ms(most), completions };
        let result = drive(&mut simulation, &step, go_on);
        (result.settled, result.settle_good)
    };
    assert_eq!(settled(200, 3_000, 1).0, ms(200));
    assert_eq!(settled(200, 300, 1_000_000).0, ms(300));
    let (time, good) = settled(0, 3_000, 500);
    assert_eq!(good, 500);
    assert!(time > ms(500) && time < ms(600), "10 users of 10 ms who begin within 0.1 s: {time:?}");
}

#[test]
fn the_watcher_is_asked_while_settling_and_after_each_batch() {
    let mut simulation = Simulation::start(mm4(), 1);
    let mut looks = Vec::new();
    drive(&mut simulation, &plan(users(8), 500, 1_000, 5), |so_far| {
        looks.push((so_far.settled, so_far.batches.len()));
        Flow::Continue
    });
    let settling = [(ms(200), 0), (ms(400), 0), (ms(500), 0)];
    let batches = (1..=5).map(|batch| (ms(500), batch));
    assert_eq!(looks, settling.into_iter().chain(batches).collect::<Vec<_>>());
}

#[test]
fn the_watcher_ends_a_step() {
    let mut simulation = Simulation::start(mm4(), 1);
    let ended_by = |simulation: &mut Simulation, flow: Flow, after: usize| {
        drive(simulation, &plan(users(8), 500, 1_000, 5), |so_far| if so_far.batches.len() >= after { flow } else { Flow::Continue })
    };
    let enough = ended_by(&mut simulation, Flow::Enough, 2);
    assert_eq!((enough.end, enough.batches.len(), enough.measured()), (StepEnd::Enough, 2, ms(400)));
    let interrupted = ended_by(&mut simulation, Flow::Interrupt, 5);
    assert_eq!((interrupted.end, interrupted.batches.len()), (StepEnd::Interrupted, 5));
    let early = ended_by(&mut simulation, Flow::Interrupt, 0);
    assert_eq!((early.end, early.batches.len(), early.settled), (StepEnd::Interrupted, 0, ms(200)));
}

#[test]
fn added_users_begin_within_a_tenth_of_a_second_and_the_others_go_on() {
    let mut simulation = Simulation::start(TargetModel::delay(Service::constant(ms(1_000))), 1);
    let first = drive(&mut simulation, &plan(users(20), 0, 100, 10), go_on);
    assert_eq!(first.sent(), 20);
    assert!(first.batches.iter().filter(|batch| batch.sent > 0).count() >= 5, "spread, not at once");
    assert_eq!(drive(&mut simulation, &plan(users(30), 0, 100, 1), go_on).sent(), 10);
}

#[test]
fn surplus_users_finish_uncounted() {
    let mut simulation = Simulation::start(TargetModel::delay(Service::constant(ms(1_000))), 1);
    drive(&mut simulation, &plan(users(20), 0, 200, 1), go_on);
    let fewer = drive(&mut simulation, &plan(users(5), 0, 1_600, 1), go_on);
    assert_eq!(fewer.good(), 5, "15 answers were nobody's");
    assert_eq!(fewer.pending.count(), 5);
    let again = drive(&mut simulation, &plan(users(20), 0, 200, 1), go_on);
    assert_eq!(again.pending.count(), 20);
}

#[test]
fn pending_requests_have_their_age() {
    let mut simulation = Simulation::start(TargetModel::delay(Service::constant(ms(5_000))), 1);
    let result = drive(&mut simulation, &plan(users(3), 0, 1_000, 1), go_on);
    assert_eq!((result.good(), result.pending.count()), (0, 3));
    let oldest = result.pending.max().unwrap();
    assert!(oldest > ms(890) && oldest < ms(1_010), "{oldest:?}");
}

#[test]
fn an_impatient_user_gives_up_and_the_target_works_on() {
    let target = TargetModel::workers(1, Service::constant(ms(1_000))).with_time_out(ms(400));
    let mut simulation = Simulation::start(target, 1);
    let result = drive(&mut simulation, &plan(users(1), 0, 10_000, 1), go_on);
    assert_eq!(result.good(), 0);
    // Each try takes 400 ms and a pause of 20 to 40 ms: 23 in 10 s.
    assert!(result.failed().get(Failure::TimedOut).abs_diff(23) <= 1, "{:?}", result.failed());
    let patient = TargetModel::workers(1, Service::constant(ms(100))).with_time_out(ms(10_000));
    let mut simulation = Simulation::start(patient, 1);
    assert_eq!(drive(&mut simulation, &plan(users(50), 1_000, 10_000, 1), go_on).failed().total(), 0, "5 s of waiting are borne");
}

#[test]
fn an_open_loop_sends_on_time_whatever_the_target_does() {
    let mut simulation = Simulation::start(mm4(), 1);
    let result = drive(&mut simulation, &plan(constant(1_000.0), 1_000, 1_000, 1), go_on);
    assert_eq!((result.offered(), result.sent()), (1_000, 1_000));
    assert!(result.good() < 150, "four workers of 40 ms answer 100 a second");
    assert!(result.pending.count().abs_diff(1_800) < 60, "the others wait: {}", result.pending.count());
    assert!(result.mean_response_s().unwrap() > 0.8, "response times count from the intended send");
    let none = drive(&mut simulation, &plan(users(1), 30_000, 1_000, 1), go_on);
    assert_eq!(none.sent(), none.offered());
}

#[test]
fn an_open_loop_is_bounded() {
    let mut simulation = Simulation::start(TargetModel::delay(Service::constant(ms(5_000))), 1);
    let result = drive(&mut simulation, &plan(constant(100_000.0), 0, 1_000, 1), go_on);
    assert_eq!(result.sent(), 50_000);
    assert_eq!(result.not_sent().get(NotSent::NoConnection), result.offered() - 50_000);
}

#[test]
fn a_perfect_generator_shows_no_strain() {
    let mut simulation = Simulation::start(mm4(), 1);
    let health = drive(&mut simulation, &plan(users(8), 500, 2_000, 20), go_on).generator;
    assert!(health.cpu_share.unwrap() < 0.01 && health.send_lag_p99_us.unwrap() < 100.0);
}

#[test]
fn a_weak_generator_shows_in_cpu_send_lag_and_gap() {
    let target = TargetModel::workers(16, Service::constant(ms(10))).loaded_by(Generator::Weak { cost: ms(1) });
    let mut simulation = Simulation::start(target, 1);
    let light = drive(&mut simulation, &plan(users(2), 500, 5_000, 20), go_on);
    let strained = drive(&mut simulation, &plan(users(40), 500, 5_000, 20), go_on);
    assert!((light.generator.cpu_share.unwrap() - 0.18).abs() < 0.02, "2 users of 11 ms at 1 ms of CPU each: {light:?}");
    assert!(strained.generator.cpu_share.unwrap() > 0.99);
    assert!((strained.good_per_s().unwrap() - 1_000.0).abs() < 10.0, "its core, not the target's 1,600/s, is the limit");
    assert!(strained.generator.send_lag_p99_us.unwrap() > 10_000.0);
    // Little: 40 users at 1,000/s spend 40 ms a round, of which the response time is only a part.
    let gap_s = 40.0 / strained.good_per_s().unwrap() - strained.mean_response_s().unwrap();
    assert!(gap_s > 0.010, "{gap_s} s of each round are the generator's");
}
