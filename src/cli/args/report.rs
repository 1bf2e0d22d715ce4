//! `plimsoll report`, as it was typed.

use crate::report::Format;
use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// `plimsoll report`.
#[derive(Args, Debug)]
pub struct Report {
    /// A result saved with --save, or a journal
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How to show it: text, or json
    ///
    /// How to show it: text is one screen for people, json the whole document for programs.
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true)]
    pub format: Format,
    /// No colours (as with NO_COLOR)
    #[arg(long, env = "PLIMSOLL_NO_COLOR", value_parser = BoolishValueParser::new())]
    pub no_color: bool,
}
