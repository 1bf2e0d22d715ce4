//! `plimsoll find`, as it was typed.

use super::{By, CriteriaArgs, GateArgs, LoadArgs, OutputArgs, RequestArgs, SearchArgs, TargetArgs};
use clap::{Args, builder::BoolishValueParser};

/// What stands under the help of `plimsoll find`.
pub(super) const EXAMPLES: &str = "\
Examples:
  plimsoll find lab:pool                                   a built-in server with four workers
  plimsoll find http://127.0.0.1:8080/ --slo 'p99<500ms'    how many while 99% are answered within 500 ms
  plimsoll find http://127.0.0.1:8080/ --by rate            how many requests a second
  plimsoll find --start 'gunicorn -b 127.0.0.1:{port} app:app' --cpus 1 --memory 512MiB
                                                           a command that is started, held to a budget, and stopped
  plimsoll find http://127.0.0.1:8080/ --by rate --fail-below 900 --baseline main.json --report junit.xml
                                                           for a pipeline: exit code 99 if it carries too little
Every flag can be set in the environment: PLIMSOLL_TIME=30s stands for --time 30s.
Exit codes: 0 done, 3 not to be told (or the generator was the limit), 4 no good answer, 99 a gate failed, 130 interrupted.";

/// `plimsoll find`.
#[derive(Args, Debug)]
pub struct Find {
    /// What the load is put on.
    #[command(flatten)]
    pub target: TargetArgs,

    /// Whether load is counted as users at one time or as requests a second
    #[arg(long, value_enum, default_value_t = By::Users, env = "PLIMSOLL_BY", help_heading = "Load")]
    pub by: By,
    /// The load.
    #[command(flatten)]
    pub load: LoadArgs,

    /// The request.
    #[command(flatten)]
    pub request: RequestArgs,

    /// The objectives.
    #[command(flatten)]
    pub criteria: CriteriaArgs,
    /// How it is searched.
    #[command(flatten)]
    pub search: SearchArgs,
    /// How long the search may take
    #[arg(long, value_name = "DURATION", default_value = "60s", env = "PLIMSOLL_TIME", help_heading = "Criteria")]
    pub time: String,

    /// What the result must be.
    #[command(flatten)]
    pub gates: GateArgs,

    /// Never send more requests a second than this, with --by rate [default: 1m]
    #[arg(long, value_name = "RATE", env = "PLIMSOLL_MAX_RATE", help_heading = "Safety")]
    pub max_rate: Option<String>,

    /// Do not drive the target beyond its load line on purpose
    #[arg(long, env = "PLIMSOLL_NO_OVERSHOOT", value_parser = BoolishValueParser::new(), help_heading = "Safety")]
    pub no_overshoot: bool,

    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}
