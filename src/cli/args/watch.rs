//! `plimsoll watch`, as it was typed.

use clap::{Args, builder::BoolishValueParser};

/// What stands under the help of `plimsoll watch`.
pub(super) const EXAMPLES: &str = "\
Examples:
  plimsoll watch :8080        whoever listens at port 8080, with all its processes
  plimsoll watch 4711         the process 4711 and all that descend from it
  plimsoll watch /sys/fs/cgroup/system.slice/web.service
                              all processes of a control group: a unit of systemd, a container
  plimsoll watch :8080 -n 5   five lines, one a second";

/// `plimsoll watch`.
#[derive(Args, Debug)]
pub struct Watch {
    /// The id of a process, :PORT for whoever listens there, or the folder of a control group
    #[arg(value_name = "PID|:PORT|GROUP")]
    pub whom: String,
    /// So many lines, one a second [default: until Ctrl-C]
    #[arg(short = 'n', long, value_name = "N")]
    pub lines: Option<u32>,
    /// Print each as a line of JSON
    #[arg(long, env = "PLIMSOLL_JSON", value_parser = BoolishValueParser::new())]
    pub json: bool,
}
