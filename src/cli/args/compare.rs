//! `plimsoll compare`, as it was typed.

use super::{CriteriaArgs, LoadArgs, OutputArgs, RequestArgs, SearchArgs, StartedArgs};
use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// What stands under the help of `plimsoll compare`.
pub(super) const EXAMPLES: &str = "\
Examples:
  plimsoll compare lab:pool lab:async                      four workers that wait, against an event loop
  plimsoll compare old=http://127.0.0.1:8080/ new=http://127.0.0.1:8081/
  plimsoll compare 'sync=gunicorn -w 4 -b 127.0.0.1:{port} app:wsgi' 'async=uvicorn --port {port} app:asgi' --cpus 1
  plimsoll compare sync async                              two of [systems.NAME] in plimsoll.toml
  plimsoll compare 'four=lab:pool?workers=4' 'forty=lab:pool?workers=40' --slo 'p99<500ms'
Each is searched by itself, then all are probed in random turns, so that a machine which changes meanwhile favours none.
Every flag can be set in the environment: PLIMSOLL_TIME=3m stands for --time 3m.";

/// `plimsoll compare`.
#[derive(Args, Debug)]
pub struct Compare {
    /// What is compared, the first with each other one: a target as for find, a command with {port} that is started, a name in plimsoll.toml;
    /// or NAME=TARGET, NAME=COMMAND
    #[arg(value_name = "SYSTEM", required = true, num_args = 2..)]
    pub systems: Vec<String>,
    /// Where [systems.NAME] are described [default: plimsoll.toml, where there is one]
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_CONFIG", help_heading = "Target")]
    pub config: Option<PathBuf>,

    /// The load.
    #[command(flatten)]
    pub load: LoadArgs,

    /// The request.
    #[command(flatten)]
    pub request: RequestArgs,

    /// What is asked of systems that are started [default: /]
    #[arg(long, value_name = "PATH", env = "PLIMSOLL_PATH", help_heading = "Target")]
    pub path: Option<String>,
    /// How they are started.
    #[command(flatten)]
    pub started: StartedArgs,
    /// Do not look at the processes of the systems: no causes are named
    #[arg(long, env = "PLIMSOLL_NO_WATCH", value_parser = BoolishValueParser::new(), help_heading = "Target")]
    pub no_watch: bool,

    /// The objectives.
    #[command(flatten)]
    pub criteria: CriteriaArgs,
    /// How each is searched.
    #[command(flatten)]
    pub search: SearchArgs,
    /// About how long the whole comparison may take [default: 75s for each system]
    #[arg(long, value_name = "DURATION", env = "PLIMSOLL_TIME", help_heading = "Criteria")]
    pub time: Option<String>,

    /// Do not drive the systems beyond their load lines on purpose
    #[arg(long, env = "PLIMSOLL_NO_OVERSHOOT", value_parser = BoolishValueParser::new(), help_heading = "Safety")]
    pub no_overshoot: bool,

    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}
