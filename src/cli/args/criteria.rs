//! What must hold.

use clap::Args;

/// The objectives.
#[derive(Args, Debug)]
pub struct CriteriaArgs {
    /// What must hold: 'p99<500ms', 'errors<1%'; can be given more than once (with commas in the environment)
    #[arg(long, value_name = "OBJECTIVE", env = "PLIMSOLL_SLO", value_delimiter = ',', help_heading = "Criteria")]
    pub slo: Vec<String>,
}
