//! What the load is put on.

use clap::Args;

/// The target.
#[derive(Args, Debug)]
pub struct TargetArgs {
    /// http[s]://HOST[:PORT][/PATH], unix:/SOCKET[:/PATH], or lab:MODEL[?k=v&...] for a built-in server ("plimsoll lab --help" lists them)
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// How many cores a lab: target gets [default: all that the generator leaves]
    #[arg(long, value_name = "N", env = "PLIMSOLL_CPUS", help_heading = "Target")]
    pub cpus: Option<String>,
}
