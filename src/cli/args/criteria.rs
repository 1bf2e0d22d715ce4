//! What must hold.

use clap::Args;

/// The objectives.
#[derive(Args, Debug)]
pub struct CriteriaArgs {
    /// What must hold: 'p99<500ms'; repeatable
    ///
    /// What must hold: 'p99<500ms', that 99% are answered well within half a second, or 'errors<1%', that fewer than 1% fail. Any percentile
    /// from p1 to p99.999; a failed request counts as infinitely slow. Can be given more than once (with commas in the environment).
    #[arg(long, value_name = "OBJECTIVE", env = "PLIMSOLL_SLO", value_delimiter = ',', help_heading = "Criteria")]
    pub slo: Vec<String>,
}
