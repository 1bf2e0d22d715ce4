//! `plimsoll hold`, as it was typed.

use super::{CriteriaArgs, LoadArgs, OutputArgs, RequestArgs, TargetArgs};
use clap::{Args, ValueEnum};
use plimsoll_core::schedule::Arrivals;

/// What stands under the help of `plimsoll hold`.
pub(super) const EXAMPLES: &str = "\
Examples:
  plimsoll hold http://127.0.0.1:8080/                      50 at one time, for 10 s
  plimsoll hold http://127.0.0.1:8080/ -c 200 -z 30s        200 at one time, for 30 s
  plimsoll hold http://127.0.0.1:8080/ -q 1k --slo 'p99<50ms'   1,000 a second; exit code 99 if 99% take longer
  plimsoll hold http://127.0.0.1:8080/ -n 5000              5,000 requests, every one of them counted
Every flag can be set in the environment: PLIMSOLL_DURATION=30s stands for -z 30s.
Exit codes: 0 done, 3 the generator was the limit or an objective is not decided, 4 no good answer, 99 an objective is broken, 130 interrupted.";

/// `plimsoll hold`.
#[derive(Args, Debug)]
pub struct Hold {
    /// What the load is put on.
    #[command(flatten)]
    pub target: TargetArgs,

    /// Connections, each with a request at all times; with -q the most that may be open [default: 50; with -q as many as it takes]
    #[arg(short = 'c', long, value_name = "N", env = "PLIMSOLL_CONNECTIONS", help_heading = "Load")]
    pub connections: Option<String>,
    /// Send so many requests a second in total, whether or not the target keeps up
    #[arg(short = 'q', short_alias = 'R', long, value_name = "RATE", env = "PLIMSOLL_RATE", help_heading = "Load")]
    pub rate: Option<String>,
    /// How the requests of -q are spread over time [default: constant]
    #[arg(long, value_enum, env = "PLIMSOLL_ARRIVALS", help_heading = "Load")]
    pub arrivals: Option<Spread>,
    /// How long to measure [default: 10s; with -n until the last request]
    #[arg(short = 'z', long, value_name = "DURATION", env = "PLIMSOLL_DURATION", help_heading = "Load")]
    pub duration: Option<String>,
    /// Send so many requests and no more, and count them from the first
    #[arg(short = 'n', long, value_name = "N", env = "PLIMSOLL_REQUESTS", help_heading = "Load")]
    pub requests: Option<String>,
    /// The load.
    #[command(flatten)]
    pub load: LoadArgs,
    /// With -q, stay awake so long before each send for it to leave on time; it costs a core [without a value: 60us]
    #[arg(
        long,
        value_name = "DURATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "60us",
        env = "PLIMSOLL_SPIN",
        help_heading = "Load"
    )]
    pub spin: Option<String>,

    /// The request.
    #[command(flatten)]
    pub request: RequestArgs,

    /// The objectives.
    #[command(flatten)]
    pub criteria: CriteriaArgs,

    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How arrivals are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Spread {
    /// At even distance
    Constant,
    /// At random moments, as many independent senders would
    Poisson,
}

impl From<Spread> for Arrivals {
    fn from(spread: Spread) -> Self {
        match spread {
            Spread::Constant => Self::Constant,
            Spread::Poisson => Self::Poisson,
        }
    }
}
