//! What every kind of load has.

use clap::{Args, ValueEnum};

/// Who sends, and how many threads it takes.
#[derive(Args, Debug)]
pub struct LoadArgs {
    /// Users pause so long between two requests
    ///
    /// Users pause so long, on average, between an answer and their next request, each time for another while (exponential)
    /// [default: no pause].
    #[arg(long, value_name = "TIME", env = "PLIMSOLL_THINK", help_heading = "Load")]
    pub think: Option<String>,
    /// Threads of the generator [default: 1]
    ///
    /// Threads of the load generator, each on a core of its own [default: 1]. One is enough for some tens of thousands of requests a second.
    #[arg(long, value_name = "N", env = "PLIMSOLL_THREADS", help_heading = "Load")]
    pub threads: Option<String>,
}

/// How load is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Users at one time: each sends again as soon as it has its answer (and has paused)
    Users,
    /// Requests a second, whether or not the target keeps up
    Rate,
}
