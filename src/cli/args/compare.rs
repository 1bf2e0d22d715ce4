//! `plimsoll compare`, as it was typed.

use super::{CriteriaArgs, LoadArgs, OutputArgs, RequestArgs, SearchArgs, StartedArgs};
use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// `plimsoll compare`.
#[derive(Args, Debug)]
pub struct Compare {
    /// A target, a command with {port}, a name in plimsoll.toml
    ///
    /// What is compared, the first with each of the others: a target as for find; a command that is started, with {port} for a free port; or a
    /// name in plimsoll.toml. NAME=TARGET and NAME=COMMAND give it a name for the report.
    #[arg(value_name = "SYSTEM", required = true, num_args = 2..)]
    pub systems: Vec<String>,
    /// Where [systems.NAME] are [default: plimsoll.toml]
    ///
    /// The file that describes systems by name, in parts called [systems.NAME], each with start = "COMMAND {port}" or url = "http://...",
    /// and cwd and env where needed [default: plimsoll.toml, where there is one].
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_CONFIG", help_heading = "Target")]
    pub config: Option<PathBuf>,

    /// The load.
    #[command(flatten)]
    pub load: LoadArgs,

    /// The request.
    #[command(flatten)]
    pub request: RequestArgs,

    /// What is asked of what is started [default: /]
    ///
    /// The path that is asked of systems that are started [default: /, or url of the file].
    #[arg(long, value_name = "PATH", env = "PLIMSOLL_PATH", help_heading = "Target")]
    pub path: Option<String>,
    /// How they are started.
    #[command(flatten)]
    pub started: StartedArgs,
    /// Look at no processes: no causes are named
    #[arg(long, env = "PLIMSOLL_NO_WATCH", value_parser = BoolishValueParser::new(), help_heading = "Target")]
    pub no_watch: bool,

    /// The objectives.
    #[command(flatten)]
    pub criteria: CriteriaArgs,
    /// How each is searched.
    #[command(flatten)]
    pub search: SearchArgs,
    /// How long all may take [default: 75s a system]
    ///
    /// About how long the whole comparison may take, at least 20s for each system [default: 75s for each].
    #[arg(long, value_name = "TIME", env = "PLIMSOLL_TIME", help_heading = "Criteria")]
    pub time: Option<String>,

    /// Never drive them past their lines on purpose
    ///
    /// Do not drive the systems beyond their load lines on purpose.
    #[arg(long, env = "PLIMSOLL_NO_OVERSHOOT", value_parser = BoolishValueParser::new(), help_heading = "Safety")]
    pub no_overshoot: bool,

    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}
