//! A steady load and what it came to, on one line of JSON: `steady ADDRESS connections=64 seconds=2`, or `rate=10000` for an open loop.
//!
//! Further words: `threads=1`, `spin_us=0`, `in_flight=N` (the most requests of an open loop), `tls=NAME` (any certificate is taken),
//! `streams=N` (HTTP/2, so many requests at a time on a connection).
//!
//! Run under `perf stat -e instructions:u,instructions:k` (or `valgrind --tool=callgrind`), the count divided by the requests answered is
//! what the engine pays for a request.
#![allow(clippy::print_stdout)]

use plimsoll_core::{
    schedule::Arrivals,
    step::{Driver, Flow, Load, Purpose, Settle, StepPlan, StepResult},
};
use plimsoll_engine::{Engine, EngineConfig, Protocol, Request, Roots, Tls, TlsOptions};
use std::{error::Error, time::Duration};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let address = words.next().ok_or("steady ADDRESS connections=N|rate=N seconds=N ...")?;
    let mut config = EngineConfig::sending(Request::get(address.clone(), "/"), vec![address.parse()?]);
    let (mut load, mut seconds) = (None, 1.0);
    let mut tls_name = None;
    for word in words {
        let (name, value) = word.split_once('=').ok_or_else(|| format!("{word} is no name=value"))?;
        match name {
            "connections" => load = Some(Load::Users { users: value.parse()?, think: Duration::ZERO }),
            "rate" => load = Some(Load::Rate { per_s: value.parse()?, arrivals: Arrivals::Constant }),
            "seconds" => seconds = value.parse()?,
            "threads" => config.threads = value.parse()?,
            "spin_us" => config.spin = Duration::from_micros(value.parse()?),
            "in_flight" => config.max_in_flight = Some(value.parse()?),
            "streams" => config.protocol = Protocol::Http2 { streams: value.parse()? },
            "tls" => tls_name = Some(value.to_owned()),
            _ => return Err(format!("{name} is not known here").into()),
        }
    }
    config.tls = match tls_name {
        Some(server_name) => Some(Tls::new(TlsOptions { server_name, roots: Roots::Anybody, identity: None, protocol: config.protocol })?),
        None => None,
    };
    let plan = StepPlan {
        purpose: Purpose::Hold,
        load: load.ok_or("connections=N or rate=N says how much")?,
        settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
        measure: Duration::from_secs_f64(seconds),
        batches: 20,
        limits: vec![Duration::from_millis(500)],
        requests: None,
    };
    let result = Engine::start(config)?.drive(&plan, &mut |_| Flow::Continue)?;
    println!("{}", as_json(&result));
    Ok(())
}

fn as_json(result: &StepResult) -> String {
    let known = |value: Option<f64>| value.map_or_else(|| "null".to_owned(), |value| value.to_string());
    let at = |q: f64| known(result.quantile(q).map(|latency| latency.as_secs_f64() * 1e3));
    format!(
        "{{\"offered\": {}, \"sent\": {}, \"good\": {}, \"failed\": {}, \"not_sent\": {}, \"offered_per_s\": {}, \"good_per_s\": {}, \
         \"latency\": {{\"p50_ms\": {}, \"p90_ms\": {}, \"p99_ms\": {}}}, \
         \"generator\": {{\"send_lag_p50_us\": {}, \"send_lag_p99_us\": {}}}}}",
        result.offered(),
        result.sent(),
        result.good(),
        result.failed().total(),
        result.not_sent().total(),
        result.offered() as f64 / result.measured().as_secs_f64(),
        known(result.good_per_s()),
        at(0.5),
        at(0.9),
        at(0.99),
        known(result.generator.send_lag_p50_us),
        known(result.generator.send_lag_p99_us),
    )
}
