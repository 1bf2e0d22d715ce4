//! A steady load and what it came to: `steady ADDRESS USERS SECONDS [THREADS]`, or `steady ADDRESS RATE/s SECONDS [THREADS]`.
//!
//! Run under `perf stat -e instructions:u,instructions:k` (or `valgrind --tool=callgrind`), the count divided by the requests printed is
//! what the engine pays for a request.
#![allow(clippy::print_stdout)]

use plimsoll_core::{
    schedule::Arrivals,
    step::{Driver, Flow, Load, Purpose, Settle, StepPlan},
};
use plimsoll_engine::{Engine, EngineConfig, Request};
use std::{error::Error, time::Duration};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "steady ADDRESS USERS|RATE/s SECONDS [THREADS]";
    let (address, load, seconds) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let load = match load.strip_suffix("/s") {
        Some(rate) => Load::Rate { per_s: rate.parse()?, arrivals: Arrivals::Poisson },
        None => Load::Users { users: load.parse()?, think: Duration::ZERO },
    };
    let mut config = EngineConfig::sending(Request::get(address.clone(), "/"), vec![address.parse()?]);
    if let Some(threads) = arguments.next() {
        config.threads = threads.parse()?;
    }
    let plan = StepPlan {
        purpose: Purpose::Hold,
        load,
        settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
        measure: Duration::from_secs_f64(seconds.parse()?),
        batches: 20,
        limits: vec![Duration::from_millis(500)],
        requests: None,
    };
    let result = Engine::start(config)?.drive(&plan, &mut |_| Flow::Continue)?;
    println!("offered {} sent {} good {} failed {:?}", result.offered(), result.sent(), result.good(), result.failed());
    println!("{:.0} good answers a second, pending {}", result.good_per_s().unwrap_or(f64::NAN), result.pending.count());
    for q in [0.5, 0.99] {
        println!("p{}: response {:?}, service {:?}", q * 100.0, result.quantile(q), result.service.quantile(q, result.failed().total()));
    }
    println!("{:?}", result.generator);
    Ok(())
}
