//! What wrk does to its times before it prints them, done to ours.
//!
//! At its end wrk (4.x, `stats_correct`) takes the mean time of a request, run time x connections / answers, for the interval at which a
//! connection was to send, and adds for each answer that took over twice as long those that would have been waiting meanwhile. Where times
//! hardly vary that changes nothing; where they vary much its mean and its median are those of more requests than were sent.

use super::client::{Client, Seen};
use plimsoll_core::stat::Latencies;
use serde_json::Value;
use std::time::Duration;

/// What a hold of ours, in JSON, says when its service times are filled up in that way.
pub fn corrected(stdout: &str, connections: u32) -> Result<Seen, String> {
    let seen = Client::Plimsoll.read(stdout)?;
    let json: Value = serde_json::from_str(stdout).map_err(|error| format!("a hold printed no JSON: {error}"))?;
    let text = json.get("service_histogram").and_then(Value::as_str).ok_or("a hold printed no histogram of service times")?;
    let latencies = Latencies::from_base64(text).map_err(|error| error.to_string())?;
    let per_s = seen.per_s.filter(|&rate| rate > 0.0).ok_or("a hold printed no rate")?;
    let filled = filled_up(&latencies, Duration::from_secs_f64(f64::from(connections) / per_s));
    let ms = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1e3);
    let quantile = |q| ms(filled.quantile(q, 0));
    Ok(Seen { mean_ms: ms(filled.mean()), p50_ms: quantile(0.5), p90_ms: quantile(0.9), p99_ms: quantile(0.99), ..seen })
}

/// The times and, for each over twice `interval`, itself less one, two, three ... intervals, as long as more than one is left.
fn filled_up(latencies: &Latencies, interval: Duration) -> Latencies {
    let mut filled = latencies.clone();
    // A bound for the loop, far below the interval of any rate that a connection reaches.
    let interval = interval.max(Duration::from_micros(1));
    for (time, count) in latencies.buckets().filter(|&(time, _)| time >= 2 * interval) {
        let mut missing = time - interval;
        while missing > interval {
            filled.record_many_ns(u64::try_from(missing.as_nanos()).unwrap_or(u64::MAX), count);
            missing -= interval;
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::stat::Resolution;

    fn of_ms(times: &[u64]) -> Latencies {
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        times.iter().for_each(|&ms| latencies.record(Duration::from_millis(ms)));
        latencies
    }

    #[test]
    fn only_what_took_over_twice_the_interval_brings_others() {
        let interval = Duration::from_millis(10);
        assert_eq!(filled_up(&of_ms(&[5, 10, 19]), interval), of_ms(&[5, 10, 19]));
        let filled = filled_up(&of_ms(&[5, 35]), interval);
        assert_eq!(filled.count(), 4, "35 ms brings 25 and 15");
        assert_eq!(filled.quantile(0.5, 0).map(|time| time.as_millis()), Some(15));
        assert_eq!(filled.quantile(0.75, 0).map(|time| time.as_millis()), Some(25));
    }

    /// For exponential times of mean m, those over k m are a share e^-k, and each k from 2 on adds so many: 1 / (1 - 1/e) - 1 - 1/e in all.
    #[test]
    fn exponential_times_gain_what_arithmetic_says() {
        let n = 100_000;
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        for i in 0..n {
            let u = (f64::from(i) + 0.5) / f64::from(n);
            latencies.record(Duration::from_secs_f64(-0.02 * u.ln()));
        }
        let gained = filled_up(&latencies, Duration::from_millis(20)).count() as f64 / f64::from(n) - 1.0;
        let want = 1.0 / (1.0 - (-1.0f64).exp()) - 1.0 - (-1.0f64).exp();
        assert!((gained - want).abs() < 0.003, "{gained}, not {want}");
    }
}
