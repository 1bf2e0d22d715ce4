//! `plimsoll hold`, as it was typed.

use super::{CriteriaArgs, LoadArgs, OutputArgs, RequestArgs, TargetArgs};
use clap::{Args, ValueEnum};
use plimsoll_core::schedule::Arrivals;

/// `plimsoll hold`.
#[derive(Args, Debug)]
pub struct Hold {
    /// What the load is put on.
    #[command(flatten)]
    pub target: TargetArgs,

    /// Requests at one time [default: 50]
    ///
    /// Connections, each with a request at all times [default: 50]. With -q it is the most that may be open [default: as many as it takes].
    #[arg(short = 'c', long, value_name = "N", env = "PLIMSOLL_CONNECTIONS", help_heading = "Load")]
    pub connections: Option<String>,
    /// Requests a second, in total
    ///
    /// Send so many requests a second in total, whether or not the target keeps up: 500, or 2.5k.
    #[arg(short = 'q', short_alias = 'R', long, value_name = "RATE", env = "PLIMSOLL_RATE", help_heading = "Load")]
    pub rate: Option<String>,
    /// constant, or poisson [default: constant]
    ///
    /// How the requests of -q are spread over time: constant for even distances, poisson for random moments, as many independent senders
    /// would [default: constant].
    #[arg(long, value_enum, value_name = "SPREAD", hide_possible_values = true, env = "PLIMSOLL_ARRIVALS", help_heading = "Load")]
    pub arrivals: Option<Spread>,
    /// How long to measure [default: 10s]
    ///
    /// How long to measure, once the target has settled [default: 10s; with -n until the last request].
    #[arg(short = 'z', long, value_name = "TIME", env = "PLIMSOLL_DURATION", help_heading = "Load")]
    pub duration: Option<String>,
    /// So many requests and no more
    ///
    /// Send so many requests and no more, and count them from the first.
    #[arg(short = 'n', long, value_name = "N", env = "PLIMSOLL_REQUESTS", help_heading = "Load")]
    pub requests: Option<String>,
    /// The load.
    #[command(flatten)]
    pub load: LoadArgs,
    /// With -q, stay awake so long before each send for it to leave on time; it costs a core [without a value: 60us]
    #[arg(
        long,
        hide_short_help = true,
        value_name = "TIME",
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
