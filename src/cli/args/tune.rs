//! `plimsoll tune`, as it was typed.

use super::{CriteriaArgs, LoadArgs, OutputArgs, RequestArgs, SearchArgs, TargetArgs};
use clap::Args;

/// `plimsoll tune`.
#[derive(Args, Debug)]
pub struct Tune {
    /// What is started.
    #[command(flatten)]
    pub target: TargetArgs,
    /// What {NAME} is: NAME=1..16, or NAME=1,2,4
    ///
    /// What {NAME} in the command stands for: NAME=1..16, NAME=1..64*2 (doubling), NAME=10..100+10, NAME=1,2,4,8; can be given more than once.
    #[arg(long, value_name = "NAME=VALUES", required = true, value_delimiter = '\n', env = "PLIMSOLL_VARY", help_heading = "Target")]
    pub vary: Vec<String>,

    /// The load.
    #[command(flatten)]
    pub load: LoadArgs,

    /// The request.
    #[command(flatten)]
    pub request: RequestArgs,

    /// The objectives.
    #[command(flatten)]
    pub criteria: CriteriaArgs,
    /// How each is searched.
    #[command(flatten)]
    pub search: SearchArgs,
    /// Seek the cheapest that carries so many
    ///
    /// Seek the cheapest setting that carries so many at one time, rather than the one that carries the most.
    #[arg(long, value_name = "N", env = "PLIMSOLL_NEED", help_heading = "Criteria")]
    pub need: Option<String>,
    /// How long each search may take
    ///
    /// About how long the search of each setting may take, 5s to 60m.
    #[arg(long, value_name = "TIME", default_value = "20s", env = "PLIMSOLL_TIME", help_heading = "Criteria")]
    pub time: String,
    /// Most runs [default: a third of the settings]
    ///
    /// Make so many runs at the most [default: a third of the settings there are, at least 5 and at most 40].
    #[arg(long, value_name = "N", env = "PLIMSOLL_RUNS", help_heading = "Criteria")]
    pub runs: Option<String>,

    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}
