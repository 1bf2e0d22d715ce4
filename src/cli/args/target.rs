//! What the load is put on.

use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// The target.
#[derive(Args, Debug)]
pub struct TargetArgs {
    /// http://HOST[:PORT]/PATH, unix:/SOCKET, or lab:MODEL (built in)
    ///
    /// What the load is put on: a URL such as http://127.0.0.1:8080/shop or https://shop.test/; unix:/run/app.sock:/health, which is a
    /// Unix-domain socket and a path to ask it for; or a built-in reference server such as 'lab:pool?workers=8' ("plimsoll lab --help" lists
    /// them). With --start it is a path, or the address at which the command listens.
    #[arg(value_name = "TARGET", required_unless_present = "start")]
    pub target: Option<String>,

    /// Start this command, measure it, stop it
    ///
    /// Start this command as the target, and stop it with all its processes in the end. {port} stands for a free port, which the command has in
    /// its environment as PORT, too. No shell reads it; sh -c '...' does.
    #[arg(long, value_name = "CMD", env = "PLIMSOLL_START", help_heading = "Target")]
    pub start: Option<String>,
    /// The folder in which the command of --start runs [default: this one]
    #[arg(long, value_name = "FOLDER", env = "PLIMSOLL_START_DIR", hide_short_help = true, help_heading = "Target")]
    pub start_dir: Option<PathBuf>,
    /// How it is started.
    #[command(flatten)]
    pub started: StartedArgs,
    /// Look at these processes: a PID, or :PORT
    ///
    /// Look at the processes of this id, of whoever listens at this :PORT, or of this control group (its folder), with all that descend from
    /// them: for a target where what answers is not what limits, such as a proxy in front. By default it is whoever answers, where that can
    /// be found on this machine.
    #[arg(long, value_name = "WHOM", env = "PLIMSOLL_WATCH", conflicts_with = "no_watch", help_heading = "Target")]
    pub watch: Option<String>,
    /// Ask for a cheap path, such as /health, now and then beside the load. Whether it slows down tells a front that is full from a limit
    /// behind the path that is loaded, also where the target's processes are out of sight
    #[arg(long, value_name = "PATH", env = "PLIMSOLL_SIDE_PATH", hide_short_help = true, help_heading = "Target")]
    pub side_path: Option<String>,
    /// Look at no processes: no cause is named
    ///
    /// Do not look at the target's processes: no cause is named, and no head-room.
    #[arg(long, env = "PLIMSOLL_NO_WATCH", value_parser = BoolishValueParser::new(), help_heading = "Target")]
    pub no_watch: bool,
}

/// When what is started here is ready, and what it may use.
#[derive(Args, Clone, Debug)]
pub struct StartedArgs {
    /// It is ready once this path is answered
    ///
    /// A command that is started is ready once it answers this path with a status of 2xx or 3xx [default: once it accepts connections].
    #[arg(long, value_name = "PATH", env = "PLIMSOLL_READY", help_heading = "Target")]
    pub ready: Option<String>,
    /// How long it may take until the command is ready, 100ms to 10m [default: 30s]
    #[arg(long, value_name = "TIME", env = "PLIMSOLL_READY_WITHIN", hide_short_help = true, help_heading = "Target")]
    pub ready_within: Option<String>,
    /// Cores that what is started here gets
    ///
    /// How many cores what is started here gets (a command, lab:); 0.5 is half the time of one, which takes a control group that may be
    /// written to [default: all that the generator leaves].
    #[arg(long, value_name = "N", env = "PLIMSOLL_CPUS", help_heading = "Target")]
    pub cpus: Option<String>,
    /// Memory that it gets, such as 512MiB
    ///
    /// How much memory what is started here gets, such as 512MiB [default: all that there is]. It is held to it by a control group, or else
    /// by a limit on each process; the report says which.
    #[arg(long, value_name = "SIZE", env = "PLIMSOLL_MEMORY", help_heading = "Target")]
    pub memory: Option<String>,
}
