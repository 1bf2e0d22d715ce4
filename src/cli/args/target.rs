//! What the load is put on.

use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// The target.
#[derive(Args, Debug)]
pub struct TargetArgs {
    /// http[s]://HOST[:PORT][/PATH], unix:/SOCKET[:/PATH], or lab:MODEL[?k=v&...] for a built-in server ("plimsoll lab --help" lists
    /// them); with --start a path, or the address at which the command listens
    #[arg(value_name = "TARGET", required_unless_present = "start")]
    pub target: Option<String>,

    /// Start this command as the target, and stop it with all its processes in the end. {port} stands for a free port, which it has in PORT
    /// too. No shell reads it; sh -c '...' does
    #[arg(long, value_name = "CMD", env = "PLIMSOLL_START", help_heading = "Target")]
    pub start: Option<String>,
    /// The folder in which the command of --start runs [default: this one]
    #[arg(long, value_name = "FOLDER", env = "PLIMSOLL_START_DIR", help_heading = "Target")]
    pub start_dir: Option<PathBuf>,
    /// How it is started.
    #[command(flatten)]
    pub started: StartedArgs,
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

/// When what is started here is ready, and what it may use.
#[derive(Args, Clone, Debug)]
pub struct StartedArgs {
    /// A command that is started is ready once it answers this path with 2xx or 3xx [default: once it accepts connections]
    #[arg(long, value_name = "PATH", env = "PLIMSOLL_READY", help_heading = "Target")]
    pub ready: Option<String>,
    /// How long that may take [default: 30s]
    #[arg(long, value_name = "DURATION", env = "PLIMSOLL_READY_WITHIN", help_heading = "Target")]
    pub ready_within: Option<String>,
    /// How many cores what is started here gets (a command, lab:), 0.5 for half the time of one [default: all that the generator leaves]
    #[arg(long, value_name = "N", env = "PLIMSOLL_CPUS", help_heading = "Target")]
    pub cpus: Option<String>,
    /// How much memory it gets, such as 512MiB [default: all that there is]
    #[arg(long, value_name = "SIZE", env = "PLIMSOLL_MEMORY", help_heading = "Target")]
    pub memory: Option<String>,
}
