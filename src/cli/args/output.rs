//! What is shown, and what is kept.

use crate::report::Format;
use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// Where the result goes, and how the way there is shown.
#[derive(Args, Debug)]
pub struct OutputArgs {
    /// Print the result as JSON
    #[arg(long, env = "PLIMSOLL_JSON", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub json: bool,
    /// Save the result, for plimsoll report
    ///
    /// Save the result to FILE as JSON; "plimsoll report FILE" shows it again, and docs/schema describes it.
    #[arg(short = 'o', long, value_name = "FILE", env = "PLIMSOLL_SAVE", help_heading = "Output")]
    pub save: Option<PathBuf>,
    /// Write a report: .html .md .xml .svg ...
    ///
    /// Write a report to FILE, in the format that the end of its name tells: .html .svg .png .txt .json .md .csv .xml (JUnit) .prom .lp; can be given
    /// more than once.
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_REPORT", help_heading = "Output")]
    pub report: Vec<PathBuf>,
    /// Append the report to the GitHub job's summary
    ///
    /// Append the report, as Markdown, to the summary of the GitHub job that this runs in.
    #[arg(
        long,
        env = "PLIMSOLL_GITHUB_SUMMARY",
        value_parser = BoolishValueParser::new(),
        help_heading = "Output",
        hide_short_help = true
    )]
    pub github_summary: bool,
    /// Show progress as plain lines, one a step
    #[arg(long, env = "PLIMSOLL_NO_TUI", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub no_tui: bool,
    /// No colours (as with NO_COLOR)
    #[arg(long, env = "PLIMSOLL_NO_COLOR", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub no_color: bool,
    /// What other load generators call a table of percentiles
    #[arg(long, hide = true, env = "PLIMSOLL_LATENCY", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub latency: bool,
    /// Say more: the journal, the placement
    ///
    /// Say more: where the journal lies, and on which cores target and generator were placed.
    #[arg(short = 'v', long, env = "PLIMSOLL_VERBOSE", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub verbose: bool,
}

impl OutputArgs {
    /// How the result is printed.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}
