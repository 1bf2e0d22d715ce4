//! The steady request path allocates nothing. The allocator counts for the whole process, so that this test has one of its own.

mod server;

use plimsoll_core::{
    schedule::Arrivals,
    step::{Load, StepPlan},
};
use plimsoll_engine::EngineConfig;
use server::{OK, Server, config, ms, plan, run_once, users};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::{
    alloc::System,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Requests between two looks at the counts. What a request allocates shows in each of these windows; what the coordinator does now and then,
/// and a buffer that grows to the largest it has to be, in few.
const WINDOW: u64 = 2_500;
const WINDOWS: u64 = 11;
const CONNECTIONS: u32 = 8;

/// Allocations of the whole process, reallocations included.
fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

/// Allocations in each window but the first, smallest first, in the midst of one batch: its borders allocate histograms.
fn allocations_under(load: Load) -> Vec<usize> {
    let requests = AtomicU64::new(0);
    let marks: Arc<[AtomicUsize]> = (0..=WINDOWS).map(|_| AtomicUsize::new(0)).collect();
    let taken = Arc::clone(&marks);
    let server = Server::start(move |peer| {
        while peer.request() {
            let before = requests.fetch_add(1, Ordering::SeqCst);
            if before.is_multiple_of(WINDOW) {
                taken[(before / WINDOW) as usize].store(allocations(), Ordering::SeqCst);
            }
            if !peer.say(OK) {
                return;
            }
        }
    });
    let config = EngineConfig { max_in_flight: Some(CONNECTIONS), ..config(server.address) };
    let asked = WINDOWS * WINDOW + 1;
    let plan = StepPlan { batches: 1, requests: Some(asked), ..plan(load, ms(120_000)) };
    let result = run_once(config, &plan);
    assert_eq!((result.good(), result.failed().total(), result.batches.len()), (asked, 0, 1));
    let counts: Vec<usize> = marks.iter().map(|mark| mark.load(Ordering::SeqCst)).collect();
    let mut windows: Vec<usize> = counts.windows(2).skip(1).map(|pair| pair[1] - pair[0]).collect();
    windows.sort_unstable();
    windows
}

#[test]
fn a_steady_load_allocates_nothing() {
    for load in [users(CONNECTIONS), Load::Rate { per_s: 10_000.0, arrivals: Arrivals::Constant }] {
        let windows = allocations_under(load);
        assert_eq!(windows[windows.len() / 2], 0, "{load:?}: {windows:?} allocations in {WINDOW} requests each");
    }
}
