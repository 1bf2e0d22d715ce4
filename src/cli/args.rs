//! What the user typed, as it was typed. Nothing here is checked beyond its shape: `resolve` does that, and names the place of what is wrong.

use crate::{lab::LabArgs, launch::WardArgs};
use clap::{Args, Parser, Subcommand, ValueEnum, builder::BoolishValueParser};
use std::path::PathBuf;

/// Finds how many requests a system handles at one time until it degrades.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, infer_long_args = false)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the tool can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find how many requests TARGET handles at one time until it degrades, and how it degrades
    #[command(after_help = FIND_EXAMPLES)]
    Find(Box<Find>),
    /// Run a built-in reference server by hand, or print its true load line
    Lab(Box<LabArgs>),
    /// Show a saved result, or the journal of a run that was cut short
    Report(Report),
    /// Run a command that ends with its parent
    #[command(hide = true)]
    Ward(WardArgs),
}

const FIND_EXAMPLES: &str = "\
Examples:
  plimsoll find lab:pool                                   a built-in server with four workers
  plimsoll find http://127.0.0.1:8080/ --slo 'p99<500ms'    how many while 99% are answered within 500 ms
  plimsoll find http://127.0.0.1:8080/ --by rate            how many requests a second
Every flag can be set in the environment: PLIMSOLL_TIME=30s stands for --time 30s.";

/// `plimsoll find`.
#[derive(Args, Debug)]
pub struct Find {
    /// http://HOST[:PORT][/PATH], or lab:MODEL[?k=v&...] for a built-in server ("plimsoll lab --help" lists them)
    #[arg(value_name = "TARGET")]
    pub target: String,

    /// Whether load is counted as users at one time or as requests a second
    #[arg(long, value_enum, default_value_t = By::Users, env = "PLIMSOLL_BY", help_heading = "Load")]
    pub by: By,
    /// Users pause so long, on average, between an answer and their next request [default: no pause]
    #[arg(long, value_name = "DURATION", env = "PLIMSOLL_THINK", help_heading = "Load")]
    pub think: Option<String>,
    /// Threads of the load generator, each on a core of its own [default: 1]
    #[arg(long, value_name = "N", env = "PLIMSOLL_THREADS", help_heading = "Load")]
    pub threads: Option<String>,

    /// Method of each request [default: GET, or POST with a body]
    #[arg(short = 'm', visible_short_alias = 'X', long, value_name = "METHOD", env = "PLIMSOLL_METHOD", help_heading = "Request")]
    pub method: Option<String>,
    /// A header of each request, as 'Name: value'; can be given more than once (one a line in the environment)
    #[arg(
        short = 'H',
        long,
        value_name = "HEADER",
        env = "PLIMSOLL_HEADER",
        hide_env_values = true,
        value_delimiter = '\n',
        help_heading = "Request"
    )]
    pub header: Vec<String>,
    /// Body of each request
    #[arg(
        short = 'd',
        long,
        value_name = "BODY",
        env = "PLIMSOLL_BODY",
        hide_env_values = true,
        allow_hyphen_values = true,
        help_heading = "Request"
    )]
    pub body: Option<String>,
    /// Content type of the body
    #[arg(short = 'T', long, value_name = "TYPE", env = "PLIMSOLL_CONTENT_TYPE", help_heading = "Request")]
    pub content_type: Option<String>,
    /// An answer that takes longer has failed
    #[arg(long, value_name = "DURATION", default_value = "10s", env = "PLIMSOLL_TIMEOUT", help_heading = "Request")]
    pub timeout: String,

    /// What must hold: 'p99<500ms', 'errors<1%'; can be given more than once (with commas in the environment)
    #[arg(long, value_name = "OBJECTIVE", env = "PLIMSOLL_SLO", value_delimiter = ',', help_heading = "Criteria")]
    pub slo: Vec<String>,
    /// How near to the truth the answer should be
    #[arg(long, value_name = "SHARE", default_value = "5%", env = "PLIMSOLL_TOLERANCE", help_heading = "Criteria")]
    pub tolerance: String,
    /// How long the search may take
    #[arg(long, value_name = "DURATION", default_value = "60s", env = "PLIMSOLL_TIME", help_heading = "Criteria")]
    pub time: String,

    /// How many cores a lab: target gets [default: all that the generator leaves]
    #[arg(long, value_name = "N", env = "PLIMSOLL_CPUS", help_heading = "Target")]
    pub cpus: Option<String>,

    /// Never put on more users than this [default: 10,000]
    #[arg(long, value_name = "N", env = "PLIMSOLL_MAX_USERS", help_heading = "Safety")]
    pub max_users: Option<String>,
    /// Never send more requests a second than this, with --by rate [default: 1m]
    #[arg(long, value_name = "RATE", env = "PLIMSOLL_MAX_RATE", help_heading = "Safety")]
    pub max_rate: Option<String>,
    /// Do not drive the target beyond its load line on purpose
    #[arg(long, env = "PLIMSOLL_NO_OVERSHOOT", value_parser = BoolishValueParser::new(), help_heading = "Safety")]
    pub no_overshoot: bool,

    /// Print the result as JSON
    #[arg(long, env = "PLIMSOLL_JSON", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub json: bool,
    /// Save the result to FILE as JSON; "plimsoll report FILE" shows it again
    #[arg(short = 'o', long, value_name = "FILE", env = "PLIMSOLL_SAVE", help_heading = "Output")]
    pub save: Option<PathBuf>,
    /// Show progress as plain lines, one a step
    #[arg(long, env = "PLIMSOLL_NO_TUI", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub no_tui: bool,
    /// No colours (as with NO_COLOR)
    #[arg(long, env = "PLIMSOLL_NO_COLOR", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub no_color: bool,
    /// Say more: where the journal lies, how target and generator were placed
    #[arg(short = 'v', long, env = "PLIMSOLL_VERBOSE", value_parser = BoolishValueParser::new(), help_heading = "Output")]
    pub verbose: bool,
}

/// How load is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Users at one time: each sends again as soon as it has its answer (and has paused)
    Users,
    /// Requests a second, whether or not the target keeps up
    Rate,
}

/// `plimsoll report`.
#[derive(Args, Debug)]
pub struct Report {
    /// A result saved with --save, or a journal
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// No colours (as with NO_COLOR)
    #[arg(long, env = "PLIMSOLL_NO_COLOR", value_parser = BoolishValueParser::new())]
    pub no_color: bool,
}

/// How a report is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One screen for people
    Text,
    /// The whole document for programs
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_of_find_stands_under_a_heading_and_in_the_environment() {
        let command = Arguments::command();
        let find = command.find_subcommand("find").unwrap();
        for argument in find.get_arguments().filter(|argument| !argument.is_positional() && argument.get_id() != "help") {
            let id = argument.get_id().as_str();
            assert!(argument.get_help_heading().is_some(), "--{id} has no heading");
            let wanted = format!("PLIMSOLL_{}", id.to_uppercase());
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(wanted.as_str()), "--{id}");
            assert_eq!(argument.get_long().map(|long| long.replace('-', "_")).as_deref(), Some(id));
        }
    }
}
