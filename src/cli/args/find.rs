//! `plimsoll find`, as it was typed.

use super::{By, CriteriaArgs, GateArgs, LoadArgs, OutputArgs, RequestArgs, SearchArgs, TargetArgs};
use clap::{Args, builder::BoolishValueParser};

/// `plimsoll find`.
#[derive(Args, Debug)]
pub struct Find {
    /// What the load is put on.
    #[command(flatten)]
    pub target: TargetArgs,

    /// How load is counted
    ///
    /// How load is counted: as users at one time, each of whom sends again as soon as it has its answer (and has paused), or as requests a
    /// second, which are sent whether or not the target keeps up.
    #[arg(
        long,
        value_enum,
        default_value_t = By::Users,
        value_name = "users|rate",
        hide_possible_values = true,
        env = "PLIMSOLL_BY",
        help_heading = "Load"
    )]
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
    /// How long the search may take [default: 60s]
    ///
    /// About how long the search may take, 5s to 60m [default: 60s; of users with --baseline 2m, and 3m where they pause]. What is driven past its
    /// line, and seen to recover, may take some seconds more.
    #[arg(long, value_name = "TIME", env = "PLIMSOLL_TIME", help_heading = "Criteria")]
    pub time: Option<String>,

    /// What the result must be.
    #[command(flatten)]
    pub gates: GateArgs,

    /// Never more requests a second [default: 1m]
    ///
    /// Never send more requests a second than this, with --by rate [default: 1m, which is a million].
    #[arg(long, value_name = "RATE", env = "PLIMSOLL_MAX_RATE", help_heading = "Safety")]
    pub max_rate: Option<String>,

    /// Never drive it past its line on purpose
    ///
    /// Do not drive the target beyond its load line on purpose. How it degrades is then known as far as the search itself went, and not
    /// whether it recovers.
    #[arg(long, env = "PLIMSOLL_NO_OVERSHOOT", value_parser = BoolishValueParser::new(), help_heading = "Safety")]
    pub no_overshoot: bool,

    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}
