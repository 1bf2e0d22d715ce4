//! `plimsoll watch`, as it was typed.

use clap::{Args, builder::BoolishValueParser};

/// `plimsoll watch`.
#[derive(Args, Debug)]
pub struct Watch {
    /// A process by its id, :PORT, or a control group
    ///
    /// The id of a process, with all that descend from it; :PORT for whoever listens there; or the folder of a control group, which may be a
    /// unit of systemd or a container.
    #[arg(value_name = "WHOM")]
    pub whom: String,
    /// So many lines, one a second [default: until Ctrl-C]
    #[arg(short = 'n', long, value_name = "N")]
    pub lines: Option<u32>,
    /// Print each as a line of JSON
    #[arg(long, env = "PLIMSOLL_JSON", value_parser = BoolishValueParser::new())]
    pub json: bool,
}
