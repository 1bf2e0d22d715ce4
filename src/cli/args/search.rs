//! How a load line is searched for.

use clap::Args;

/// How near, and how far.
#[derive(Args, Debug)]
pub struct SearchArgs {
    /// How exact the answer should be
    ///
    /// How near to the truth the answer should be: the half width of its interval, 0.5% to 50%.
    #[arg(long, value_name = "SHARE", default_value = "5%", env = "PLIMSOLL_TOLERANCE", help_heading = "Criteria")]
    pub tolerance: String,
    /// Never more users at one time [default: 10k]
    ///
    /// Never put on more users than this [default: 10,000].
    #[arg(long, value_name = "N", env = "PLIMSOLL_MAX_USERS", help_heading = "Safety")]
    pub max_users: Option<String>,
}
