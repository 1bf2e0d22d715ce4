//! What a result must be for a pipeline to go on.

use clap::Args;
use std::path::PathBuf;

/// The gates.
#[derive(Args, Debug)]
pub struct GateArgs {
    /// Fail (exit code 99) where the load line lies below N: users, or requests a second with --by rate
    #[arg(long, value_name = "N", env = "PLIMSOLL_FAIL_BELOW", help_heading = "Gates")]
    pub fail_below: Option<String>,
    /// Fail (exit code 99) where the load line lies more than --max-drop below that of FILE, an earlier result of find
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_BASELINE", help_heading = "Gates")]
    pub baseline: Option<PathBuf>,
    /// How far below the baseline the load line may lie [default: 5%]
    #[arg(long, value_name = "SHARE", env = "PLIMSOLL_MAX_DROP", help_heading = "Gates")]
    pub max_drop: Option<String>,
}
