//! What a result must be for a pipeline to go on.

use clap::Args;
use std::path::PathBuf;

/// The gates.
#[derive(Args, Debug)]
pub struct GateArgs {
    /// Fail where the load line lies below N
    ///
    /// Fail, with exit code 99, where the load line lies below N: users, or requests a second with --by rate. Where that can't be told the exit
    /// code is 3.
    #[arg(long, value_name = "N", env = "PLIMSOLL_FAIL_BELOW", help_heading = "Gates")]
    pub fail_below: Option<String>,
    /// Fail where it fell since this saved result
    ///
    /// Fail, with exit code 99, where the load line lies more than --max-drop below that of FILE, an earlier result of find with the same flags:
    /// a test on both intervals. Where that can't be told the exit code is 3.
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_BASELINE", help_heading = "Gates")]
    pub baseline: Option<PathBuf>,
    /// How far it may fall [default: 5%]
    ///
    /// How far below the baseline the load line may lie [default: 5%].
    #[arg(long, value_name = "SHARE", env = "PLIMSOLL_MAX_DROP", help_heading = "Gates", hide_short_help = true)]
    pub max_drop: Option<String>,
}
