//! `plimsoll doctor`, as it was typed.

use clap::{Args, builder::BoolishValueParser};

/// `plimsoll doctor`.
#[derive(Args, Debug)]
pub struct Doctor {
    /// Print the findings as JSON
    #[arg(long, env = "PLIMSOLL_JSON", value_parser = BoolishValueParser::new())]
    pub json: bool,
    /// No colours (as with NO_COLOR)
    #[arg(long, env = "PLIMSOLL_NO_COLOR", value_parser = BoolishValueParser::new())]
    pub no_color: bool,
}
