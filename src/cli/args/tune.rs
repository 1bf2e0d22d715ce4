//! `plimsoll tune`, as it was typed.

use super::{CriteriaArgs, LoadArgs, OutputArgs, RequestArgs, SearchArgs, TargetArgs};
use clap::Args;

/// What stands under the help of `plimsoll tune`.
pub(super) const EXAMPLES: &str = "\
Examples:
  plimsoll tune --start 'gunicorn -w {workers} -b 127.0.0.1:{port} app:app' --vary workers=1..16
  plimsoll tune --start 'gunicorn -w {workers} --threads {threads} -b 127.0.0.1:{port} app:app' --vary workers=1..16 --vary threads=1,2,4,8
  plimsoll tune --start 'app --pool {pool} --port {port}' --vary pool=1..256*2 --need 40     the cheapest that carries 40
Each setting that is tried is started, searched and stopped; far fewer are tried than there are.
Every flag can be set in the environment: PLIMSOLL_TIME=30s stands for --time 30s.";

/// `plimsoll tune`.
#[derive(Args, Debug)]
pub struct Tune {
    /// What is started.
    #[command(flatten)]
    pub target: TargetArgs,
    /// What {NAME} in the command stands for: NAME=1..16, NAME=1..64*2 (doubling), NAME=10..100+10, NAME=1,2,4,8; can be given more than once
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
    /// Seek the cheapest setting that carries so many at one time, rather than the one that carries the most
    #[arg(long, value_name = "N", env = "PLIMSOLL_NEED", help_heading = "Criteria")]
    pub need: Option<String>,
    /// How long the search of each setting may take
    #[arg(long, value_name = "DURATION", default_value = "20s", env = "PLIMSOLL_TIME", help_heading = "Criteria")]
    pub time: String,
    /// Make so many runs at the most [default: a third of the settings there are, at least 5 and at most 40]
    #[arg(long, value_name = "N", env = "PLIMSOLL_RUNS", help_heading = "Criteria")]
    pub runs: Option<String>,

    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}
