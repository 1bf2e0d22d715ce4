//! The clients that are compared: how each is told what to do, and what it says of it.

use super::{place::Address, tools::Tools};
use serde_json::Value;

/// How requests go over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Http1,
    /// HTTP/1.1 over TLS.
    Https,
    /// HTTP/2 in plain text.
    Http2,
    Http2Tls,
}

impl Protocol {
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Http2Tls)
    }

    pub fn is_http2(self) -> bool {
        matches!(self, Self::Http2 | Self::Http2Tls)
    }
}

/// What a client is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    pub protocol: Protocol,
    pub connections: u32,
    /// Requests at one time on a connection.
    pub streams: u32,
    /// Requests a second of an open loop; `None` for a closed one.
    pub rate: Option<f64>,
    /// Whether sends are waited for awake.
    pub spin: bool,
}

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// How long.
    pub seconds: f64,
    /// How many requests instead, where a client counts each from the first: nothing is then discarded while the target settles.
    pub requests: Option<u64>,
}

impl Amount {
    /// So long.
    pub fn seconds(seconds: f64) -> Self {
        Self { seconds, requests: None }
    }
}

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// The bare client, which neither parses nor measures.
    Floor,
    Plimsoll,
    Wrk,
    H2load,
    Oha,
}

impl Client {
    /// Its name in tables and for `--client`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Floor => "bare client",
            Self::Plimsoll => "plimsoll hold",
            Self::Wrk => "wrk",
            Self::H2load => "h2load",
            Self::Oha => "oha",
        }
    }

    /// Whether whole seconds are all it takes.
    fn takes_whole_seconds(self) -> bool {
        matches!(self, Self::Wrk | Self::H2load)
    }

    /// Its command line for so much of this load.
    pub fn words(self, tools: &Tools, load: &Load, to: &Address, amount: Amount) -> Vec<String> {
        let Load { connections, streams, .. } = *load;
        let seconds = if self.takes_whole_seconds() { amount.seconds.ceil() } else { amount.seconds };
        let url = to.url(load.protocol);
        let text = match self {
            Self::Floor => {
                let mut words =
                    tools.xtask(&format!("bare-client {} --connections {connections} --seconds {seconds} --request", to.socket));
                // What Plimsoll sends.
                words.push(format!("GET / HTTP/1.1\r\nHost: {}\r\nUser-Agent: plimsoll/0.1.0\r\nAccept: */*\r\n\r\n", to.socket));
                return words;
            }
            Self::Plimsoll => {
                let many = load.rate.map_or_else(|| format!("-c {connections}"), |rate| format!("-q {rate} -c {connections}"));
                let spin = if load.spin { " --spin" } else { "" };
                let tls = if load.protocol.is_tls() { " -k" } else { "" };
                let http2 = if load.protocol.is_http2() { format!(" --http2 --streams {streams}") } else { String::new() };
                let much = amount.requests.map_or_else(|| format!("-z {seconds}s"), |requests| format!("-n {requests}"));
                format!("{} hold {url} {many} {much} --json{spin}{tls}{http2}", tools.plimsoll)
            }
            Self::Wrk => format!("{} -t1 -c{connections} -d{seconds}s --latency {url}", tools.wrk),
            Self::H2load => {
                let h1 = if load.protocol.is_http2() { "" } else { " --h1" };
                format!("{} -t1 -c{connections} -m{streams} -D{seconds}{h1} {url}", tools.h2load)
            }
            Self::Oha => {
                let tls = if load.protocol.is_tls() { " --insecure" } else { "" };
                let http2 = if load.protocol.is_http2() { format!(" --http2 -p {streams}") } else { String::new() };
                format!(
                    "{} --no-tui --output-format json --worker-threads 1 -c {connections} -z {}ms{tls}{http2} {url}",
                    tools.oha,
                    (seconds * 1e3).round()
                )
            }
        };
        text.split(' ').map(str::to_owned).collect()
    }

    /// What it printed, understood.
    pub fn read(self, stdout: &str) -> Result<Seen, String> {
        let seen = match self {
            Self::Floor => of_floor(stdout),
            Self::Plimsoll => parsed(stdout).and_then(|json| of_plimsoll(&json)),
            Self::Wrk => of_wrk(stdout),
            Self::H2load => of_h2load(stdout),
            Self::Oha => parsed(stdout).and_then(|json| of_oha(&json)),
        };
        let seen = seen.ok_or_else(|| format!("what {} printed is not understood: {stdout}", self.name()))?;
        if seen.answers == 0 { Err(format!("{} had no answer: {stdout}", self.name())) } else { Ok(seen) }
    }
}

/// What a client says it saw; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// Good answers.
    pub answers: u64,
    pub per_s: Option<f64>,
    /// Requests a second that were sent.
    pub sent_per_s: Option<f64>,
    pub mean_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p90_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub lag_p50_us: Option<f64>,
    pub lag_p99_us: Option<f64>,
}

fn parsed(stdout: &str) -> Option<Value> {
    serde_json::from_str(stdout).ok()
}

fn of_floor(stdout: &str) -> Option<Seen> {
    let (answers, per_s) = stdout.trim().split_once(' ')?;
    Some(Seen { answers: answers.parse().ok()?, per_s: per_s.parse().ok(), ..Seen::default() })
}

fn of_plimsoll(json: &Value) -> Option<Seen> {
    let number = |path: &str| json.pointer(path).and_then(Value::as_f64);
    Some(Seen {
        answers: json.get("good")?.as_u64()?,
        per_s: number("/good_per_s"),
        sent_per_s: number("/sent_per_s"),
        mean_ms: number("/service/mean_ms"),
        p50_ms: number("/service/p50_ms"),
        p90_ms: number("/service/p90_ms"),
        p99_ms: number("/service/p99_ms"),
        lag_p50_us: number("/generator/send_lag_p50_us"),
        lag_p99_us: number("/generator/send_lag_p99_us"),
    })
}

fn of_oha(json: &Value) -> Option<Seen> {
    let number = |path: &str| json.pointer(path).and_then(Value::as_f64);
    let ms = |path: &str| number(path).map(|seconds| seconds * 1e3);
    Some(Seen {
        answers: json.pointer("/statusCodeDistribution/200")?.as_u64()?,
        per_s: number("/summary/requestsPerSec"),
        mean_ms: ms("/summary/average"),
        p50_ms: ms("/latencyPercentiles/p50"),
        p90_ms: ms("/latencyPercentiles/p90"),
        p99_ms: ms("/latencyPercentiles/p99"),
        ..Seen::default()
    })
}

fn of_wrk(stdout: &str) -> Option<Seen> {
    let after = |start: &str| stdout.lines().find_map(|line| line.trim().strip_prefix(start));
    let requests = stdout.lines().find_map(|line| line.trim().split_once(" requests in "))?.0;
    Some(Seen {
        answers: requests.parse().ok()?,
        per_s: after("Requests/sec:").and_then(|text| text.trim().parse().ok()),
        mean_ms: after("Latency ").and_then(|text| time_ms(text.split_whitespace().next()?)),
        p50_ms: after("50%").and_then(|text| time_ms(text.trim())),
        p90_ms: after("90%").and_then(|text| time_ms(text.trim())),
        p99_ms: after("99%").and_then(|text| time_ms(text.trim())),
        ..Seen::default()
    })
}

fn of_h2load(stdout: &str) -> Option<Seen> {
    let line = |start: &str| stdout.lines().find_map(|line| line.strip_prefix(start));
    let succeeded = line("requests:")?.split(", ").find_map(|part| part.strip_suffix(" succeeded"))?;
    let per_s = line("finished in")?.split(", ").find_map(|part| part.strip_suffix(" req/s"));
    // min, max, mean, sd, +/- sd
    let mean = line("time for request:")?.split_whitespace().nth(2)?;
    Some(Seen {
        answers: succeeded.trim().parse().ok()?,
        per_s: per_s.and_then(|text| text.parse().ok()),
        mean_ms: time_ms(mean),
        ..Seen::default()
    })
}

/// A time as wrk and h2load print it: `1.27ms`, `490us`, `2.01s`.
fn time_ms(text: &str) -> Option<f64> {
    let scales = [("us", 1e-3), ("ms", 1.0), ("s", 1e3)];
    scales.iter().find_map(|&(unit, scale)| text.strip_suffix(unit)?.parse::<f64>().ok().map(|value| value * scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrk_is_understood() {
        let text = "Running 1s test @ http://127.0.0.1:8080/\n  1 threads and 64 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    \
                    Latency     1.27ms  497.47us   2.88ms   57.91%\n    Req/Sec    25.56k   226.46    25.86k    80.00%\n  Latency Distribution\n     \
                    50%    1.20ms\n     75%    1.50ms\n     90%  890.00us\n     99%    2.70s\n  25536 requests in 1.01s, 2.39MB read\n\
                    Requests/sec:  25199.36\nTransfer/sec:      2.36MB\n";
        let want = Seen {
            answers: 25_536,
            per_s: Some(25_199.36),
            mean_ms: Some(1.27),
            p50_ms: Some(1.2),
            p90_ms: Some(0.89),
            p99_ms: Some(2700.0),
            ..Seen::default()
        };
        assert_eq!(Client::Wrk.read(text), Ok(want));
    }

    #[test]
    fn h2load_is_understood() {
        let text = "finished in 1.00s, 55390.00 req/s, 7.03MB/s\nrequests: 55390 total, 55454 started, 55390 done, 55389 succeeded, 1 failed, 0 errored, \
                    0 timeout\nstatus codes: 55390 2xx, 0 3xx, 0 4xx, 0 5xx\n                     min         max         mean         sd        +/- sd\n\
                    time for request:      256us      3.12ms      1.15ms       182us    87.00%\n";
        let want = Seen { answers: 55_389, per_s: Some(55_390.0), mean_ms: Some(1.15), ..Seen::default() };
        assert_eq!(Client::H2load.read(text), Ok(want));
    }

    #[test]
    fn no_answer_is_no_measurement() {
        assert!(Client::Floor.read("0 0\n").is_err());
        assert_eq!(Client::Floor.read("17 8.5\n"), Ok(Seen { answers: 17, per_s: Some(8.5), ..Seen::default() }));
    }
}
