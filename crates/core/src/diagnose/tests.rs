//! Each cause, from the figures that a real target of its kind gave, and what must not be mistaken for it.

use super::{
    RULES,
    evidence::{Evidence, Row},
    explain,
    headroom::headroom,
    others,
};
use crate::{
    finding::{Ending, Finding, Subject},
    search::{Goal, Move, Search},
    sim::{Service, Simulation, TargetModel},
    step::{Downstream, Driver, Sockets, Waits, Watched},
};
use std::time::Duration;

fn subject() -> Subject {
    Subject {
        target: "made up".to_owned(),
        url: String::new(),
        description: None,
        start: None,
        command: String::new(),
        started_at: String::new(),
        version: String::new(),
    }
}

fn empty() -> Finding {
    Search::new(Goal::default()).finding(subject(), Ending::Complete)
}

/// A target at ease and full: requests at one time, throughput, and what was seen.
struct Seen {
    ease: (f64, f64, Watched),
    full: (f64, f64, Watched),
    unloaded_s: f64,
}

impl Seen {
    fn verdict(&self) -> Option<&'static str> {
        self.weighed(|evidence| RULES.iter().find_map(|weigh| weigh(evidence)).map(|suspicion| suspicion.verdict))
    }

    fn weighed<T>(&self, weigh: impl Fn(&Evidence<'_>) -> T) -> T {
        let finding = empty();
        let row = |(at_once, per_s, watched): &(f64, f64, Watched)| (*at_once, *per_s, watched.clone());
        let ((ease_n, ease_x, ease), (full_n, full_x, full)) = (row(&self.ease), row(&self.full));
        let evidence = Evidence {
            finding: &finding,
            ease: Row { at_once: ease_n, per_s: ease_x, answers: 100, watched: &ease },
            full: Row { at_once: full_n, per_s: full_x, answers: 100, watched: &full },
            far: Row { at_once: full_n, per_s: full_x, answers: 100, watched: &full },
            plateau: vec![Row { at_once: full_n, per_s: full_x, answers: 100, watched: &full }],
            slots: full_x * self.unloaded_s,
            unloaded_s: self.unloaded_s,
        };
        weigh(&evidence)
    }
}

fn watched(allotted: f64, cpu: f64, threads: f64, waits: Waits, sockets: Sockets) -> Watched {
    Watched {
        seconds: 2.0,
        allotted_cores: Some(allotted),
        cpu_cores: Some(cpu),
        run_wait_cores: Some(0.0),
        busiest_process_cores: Some(cpu),
        busiest_thread_cores: Some(cpu / threads.max(1.0)),
        busiest_thread_demand: Some(cpu / threads.max(1.0)),
        busiest_thread_in_events: Some(0.0),
        processes: Some(1.0),
        threads: Some(threads),
        voluntary_switches_per_s: Some(100.0),
        waits: Some(waits),
        sockets: Some(sockets),
        ..Watched::default()
    }
}

fn inside(in_application: f64, unread: f64, not_accepted: f64) -> Sockets {
    Sockets { in_application, unread, not_accepted, longest_queue: not_accepted as u32, backlog: 4096 }
}

/// gunicorn sync -w 4, wait 100 ms: 40/s, 0.03 cores, 4.0 inside up to 2,048 at one time.
fn pool() -> Seen {
    let of = |n: f64, busy: f64| {
        watched(1.0, 0.03 * busy / 4.0, 4.0, Waits { sleep: busy, accept: 4.0 - busy, ..Waits::default() }, inside(busy, 0.0, n - busy))
    };
    Seen { ease: (1.0, 10.0, of(1.0, 1.0)), full: (60.0, 40.0, of(60.0, 4.0)), unloaded_s: 0.1 }
}

#[test]
fn a_pool_of_workers_that_wait() {
    assert_eq!(pool().verdict(), Some("worker_pool"));
}

/// gunicorn -w 1, wait 100 ms: steps of a second hold ten answers, and only the hold at 1 at one time more than twenty.
#[test]
fn a_single_worker_too_slow_for_many_answers_in_a_step() {
    let goal = Goal { budget: Duration::from_secs(12), ceiling: 1e4, overshoot: false, ..Goal::default() };
    let mut simulation = Simulation::start(TargetModel::workers(1, Service::constant(Duration::from_millis(100))), 1);
    let mut search = Search::new(goal);
    while let Move::Step(plan) = search.next() {
        let Ok(result) = simulation.drive(&plan, &mut |so_far| search.watch(so_far));
        search.observe(&result);
    }
    let mut finding = search.finding(subject(), Ending::Complete);
    assert!(finding.steps.iter().all(|step| step.users == Some(1) || step.good < 20), "such steps are what is tried here");
    for step in &mut finding.steps {
        let waiting = f64::from(step.users.unwrap_or(0)) - 1.0;
        let waits = Waits { events: 1.0, sleep: 1.0, ..Waits::default() };
        step.signals.watched = Some(watched(1.0, 0.008, 2.0, waits, inside(1.0, 0.0, waiting)));
    }
    explain(&mut finding);
    assert_eq!(finding.cause.map(|cause| cause.verdict).as_deref(), Some("worker_pool"));
}

#[test]
fn an_event_loop_on_one_core_of_one_and_of_two() {
    let of = |allotted| {
        let busy = Watched {
            busiest_thread_demand: Some(1.0),
            busiest_thread_in_events: Some(0.1),
            ..watched(allotted, 0.99, 1.0, Waits { running: 1.0, ..Waits::default() }, inside(700.0, 100.0, 0.0))
        };
        let ease = watched(allotted, 0.01, 1.0, Waits { events: 1.0, ..Waits::default() }, inside(1.0, 0.0, 0.0));
        Seen { ease: (1.0, 10.0, ease), full: (800.0, 5_975.0, busy), unloaded_s: 0.1 }
    };
    assert_eq!(of(1.0).verdict(), Some("all_cpu"));
    assert_eq!(of(2.0).verdict(), Some("one_core"));
}

#[test]
fn sleep_inside_the_loop() {
    let of = |n: f64| watched(2.0, 0.02, 1.0, Waits { sleep: 1.0, ..Waits::default() }, inside(1.0, n - 1.0, 0.0));
    assert_eq!(Seen { ease: (1.0, 20.0, of(1.0)), full: (16.0, 20.0, of(16.0)), unloaded_s: 0.05 }.verdict(), Some("blocked_event_loop"));
}

/// uvicorn with 10 connections to PostgreSQL, 50 ms each: 197/s, 10 of 10 owe a reply.
#[test]
fn a_pool_of_connections_behind_an_event_loop_and_behind_threads() {
    let of = |n: f64, busy: f64, waits: Waits| Watched {
        downstream: Some(Downstream { port: 5432, open: 10.0, awaiting: busy }),
        ..watched(1.0, 0.1, waits.total(), waits, inside(n, 0.0, 0.0))
    };
    let seen = |ease: Waits, full: Waits, busy: f64| Seen {
        ease: (1.0, 20.0, of(1.0, 1.0, ease)),
        full: (60.0, 197.0, of(60.0, busy, full)),
        unloaded_s: 0.05,
    };
    let events = Waits { events: 1.0, ..Waits::default() };
    assert_eq!(seen(events, events, 10.0).verdict(), Some("downstream_pool"));
    // Ten of forty threads hold a connection, the others stand before the pool's lock.
    let (idle, full) = (Waits { lock: 40.0, ..Waits::default() }, Waits { transfer: 10.0, lock: 30.0, ..Waits::default() });
    assert_eq!(seen(idle, full, 9.8).verdict(), Some("downstream_pool"));
    // Most of the connections are free: what it waits for is something else.
    assert_eq!(seen(events, events, 2.0).verdict(), Some("hidden_limit"));
}

#[test]
fn a_thread_that_is_always_ready_and_gets_half_of_its_core() {
    let half = |ran: f64| Watched {
        run_wait_cores: Some(1.0 - ran),
        busiest_thread_cores: Some(ran),
        busiest_thread_demand: Some(1.0),
        ..watched(1.0, ran, 1.0, Waits { running: 1.0, ..Waits::default() }, inside(1.0, 15.0, 0.0))
    };
    let seen = |ran: f64| Seen { ease: (1.0, 90.0, half(ran)), full: (16.0, 100.0, half(ran)), unloaded_s: 0.01 };
    assert_eq!(seen(0.5).verdict(), Some("neighbour"));
    assert_eq!(seen(0.95).verdict(), Some("all_cpu"));
}

/// A lab server whose threads share a mutex for 5 ms each, and one whose lock wakes all who wait, for 300 us.
#[test]
fn a_mutex_and_a_herd() {
    let of = |threads: f64, lock: f64, cpu: f64, switches: f64, n: f64| Watched {
        voluntary_switches_per_s: Some(switches),
        ..watched(1.0, cpu, threads, Waits { lock, accept: 1.0, transfer: 1.0, ..Waits::default() }, inside(n, 0.0, 0.0))
    };
    let ease = of(2.0, 0.0, 0.012, 380.0, 1.0);
    let mutex = of(5.0, 3.0, 0.02, 585.0, 4.0);
    assert_eq!(Seen { ease: (1.0, 191.0, ease), full: (4.0, 195.0, mutex), unloaded_s: 0.0052 }.verdict(), Some("lock"));
    let herd = of(33.0, 27.0, 0.27, 94_000.0, 32.0);
    let ease = of(2.0, 0.0, 0.12, 4_470.0, 1.0);
    assert_eq!(Seen { ease: (1.0, 2_235.0, ease), full: (32.0, 2_926.0, herd), unloaded_s: 0.00044 }.verdict(), Some("contention"));
}

#[test]
fn threads_under_an_interpreter_lock() {
    let mut full = watched(2.0, 0.98, 8.0, Waits { running: 1.0, lock: 6.0, transfer: 1.0, ..Waits::default() }, inside(8.0, 0.0, 8.0));
    full.voluntary_switches_per_s = Some(1_000.0);
    full.busiest_thread_cores = Some(0.14);
    full.busiest_thread_demand = Some(0.2);
    let ease = watched(2.0, 0.6, 8.0, Waits { lock: 7.0, running: 1.0, ..Waits::default() }, inside(1.0, 0.0, 0.0));
    assert_eq!(Seen { ease: (1.0, 60.0, ease), full: (16.0, 98.0, full), unloaded_s: 0.016 }.verdict(), Some("interpreter_lock"));
}

#[test]
fn a_semaphore_behind_an_event_loop_and_a_pool_of_threads() {
    let ease = watched(1.0, 0.01, 2.0, Waits { events: 2.0, ..Waits::default() }, inside(1.0, 0.0, 0.0));
    let semaphore = Watched {
        busiest_thread_in_events: Some(0.9),
        ..watched(1.0, 0.05, 2.0, Waits { events: 2.0, ..Waits::default() }, inside(64.0, 0.0, 0.0))
    };
    assert_eq!(Seen { ease: (1.0, 20.0, ease.clone()), full: (64.0, 199.0, semaphore), unloaded_s: 0.05 }.verdict(), Some("hidden_limit"));
    let offload = Watched {
        busiest_thread_in_events: Some(0.9),
        ..watched(1.0, 0.1, 41.0, Waits { events: 1.5, sleep: 39.5, ..Waits::default() }, inside(100.0, 0.0, 0.0))
    };
    assert_eq!(Seen { ease: (1.0, 10.0, ease), full: (100.0, 399.0, offload), unloaded_s: 0.1 }.verdict(), Some("in_process_pool"));
}

#[test]
fn a_quota_a_lock_a_neighbour_and_contention() {
    let ease = watched(0.5, 0.01, 2.0, Waits::default(), inside(1.0, 0.0, 0.0));
    let quota = Watched { throttled_share: Some(0.9), ..watched(0.5, 0.5, 8.0, Waits::default(), inside(8.0, 0.0, 8.0)) };
    assert_eq!(Seen { ease: (1.0, 20.0, ease), full: (16.0, 1_000.0, quota), unloaded_s: 0.001 }.verdict(), Some("cpu_quota"));

    let ease = watched(2.0, 0.01, 2.0, Waits { lock: 0.2, transfer: 1.8, ..Waits::default() }, inside(1.0, 0.0, 0.0));
    let lock = watched(2.0, 0.05, 32.0, Waits { lock: 31.0, sleep: 1.0, ..Waits::default() }, inside(32.0, 0.0, 0.0));
    assert_eq!(Seen { ease: (1.0, 95.0, ease.clone()), full: (32.0, 100.0, lock), unloaded_s: 0.01 }.verdict(), Some("lock"));

    let mut starved = watched(1.0, 0.4, 1.0, Waits { running: 1.0, ..Waits::default() }, inside(8.0, 0.0, 0.0));
    starved.run_wait_cores = Some(1.2);
    assert_eq!(Seen { ease: (1.0, 40.0, ease.clone()), full: (8.0, 40.0, starved), unloaded_s: 0.01 }.verdict(), Some("neighbour"));

    let mut herd = watched(2.0, 1.2, 64.0, Waits { lock: 60.0, running: 4.0, ..Waits::default() }, inside(64.0, 0.0, 0.0));
    herd.voluntary_switches_per_s = Some(353.0 * 555.0);
    let quiet = Watched { voluntary_switches_per_s: Some(2.0 * 100.0), ..ease };
    assert_eq!(Seen { ease: (1.0, 100.0, quiet), full: (64.0, 555.0, herd), unloaded_s: 0.001 }.verdict(), Some("contention"));
}

#[test]
fn others_on_its_cores_are_told_where_it_had_none_to_spare() {
    let said = |own: f64, taken: f64| {
        let mut seen = pool();
        seen.full.2 = Watched { cpu_cores: Some(own), others_cores: Some(taken), run_wait_cores: Some(3.0), ..seen.full.2 };
        seen.weighed(others::warning).map(|warning| warning.text)
    };
    assert!(said(0.85, 0.15).is_some_and(|text| text.starts_with("Other programs used 15% of the target's cores")));
    assert_eq!((said(0.97, 0.03), said(0.03, 0.5)), (None, None), "next to nothing, and what it did not need");
}

#[test]
fn nothing_is_said_of_what_was_not_seen() {
    let blind = Watched { seconds: 2.0, ..Watched::default() };
    assert_eq!(Seen { ease: (1.0, 10.0, blind.clone()), full: (60.0, 40.0, blind), unloaded_s: 0.1 }.verdict(), None);
}

#[test]
fn head_room_is_what_the_cpu_would_carry() {
    let seen = pool();
    let finding = empty();
    let row = Row { at_once: seen.full.0, per_s: seen.full.1, answers: 100, watched: &seen.full.2 };
    let evidence = Evidence {
        finding: &finding,
        ease: Row { at_once: seen.ease.0, per_s: seen.ease.1, answers: 100, watched: &seen.ease.2 },
        full: row,
        far: row,
        plateau: vec![row],
        slots: 4.0,
        unloaded_s: 0.1,
    };
    // 0.03 cores for 40 a second are 0.75 ms a request; one core then gives 1,333 a second, 133 at one time.
    let room = headroom(&evidence, "worker_pool").unwrap();
    assert_eq!((room.low, room.high, room.limit.as_str()), (100.0, 213.0, "cpu"));
    assert!(room.note.contains("25 to 53 times") && room.note.contains("750 us"), "{}", room.note);
    assert_eq!(headroom(&evidence, "all_cpu"), None);

    // A probe beside the hold, in which a request cost twice as much, makes it a range; a step of a few requests does not.
    let dear = Watched { cpu_cores: Some(0.06), ..seen.full.2.clone() };
    let dearest = Watched { cpu_cores: Some(0.6), ..seen.full.2.clone() };
    let hold = Row { answers: 640, ..row };
    let plateau = vec![hold, Row { answers: 200, watched: &dear, ..row }, Row { answers: 90, watched: &dearest, ..row }];
    let room = headroom(&Evidence { plateau, ..evidence }, "worker_pool").unwrap();
    assert_eq!((room.low, room.high), (50.0, 213.0));
}
