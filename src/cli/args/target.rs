//! What the load is put on.

use clap::{Args, builder::BoolishValueParser};

/// The target.
#[derive(Args, Debug)]
pub struct TargetArgs {
    /// http[s]://HOST[:PORT][/PATH], unix:/SOCKET[:/PATH], or lab:MODEL[?k=v&...] for a built-in server ("plimsoll lab --help" lists them)
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// How many cores a lab: target gets [default: all that the generator leaves]
    #[arg(long, value_name = "N", env = "PLIMSOLL_CPUS", help_heading = "Target")]
    pub cpus: Option<String>,
    /// Look at the processes of PID, of whoever listens at :PORT, or of a control group (its folder), where what answers is not what limits (a proxy in front)
    #[arg(long, value_name = "PID|:PORT|GROUP", env = "PLIMSOLL_WATCH", conflicts_with = "no_watch", help_heading = "Target")]
    pub watch: Option<String>,
    /// Ask for a cheap path (/health) now and then beside the load: whether it slows down tells a front that is full from a limit behind
    /// the path that is loaded, also where the target's processes are out of sight
    #[arg(long, value_name = "PATH", env = "PLIMSOLL_SIDE_PATH", help_heading = "Target")]
    pub side_path: Option<String>,
    /// Do not look at the target's processes: no cause is named, and no head-room
    #[arg(long, env = "PLIMSOLL_NO_WATCH", value_parser = BoolishValueParser::new(), help_heading = "Target")]
    pub no_watch: bool,
}
