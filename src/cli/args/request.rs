//! What each request is.

use super::ConnectionArgs;
use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// The request, the same one for every user, and how it gets to the target.
#[derive(Args, Debug)]
pub struct RequestArgs {
    /// Method [default: GET; POST with a body]
    ///
    /// Method of each request [default: GET, or POST with a body]. -X does the same.
    #[arg(
        short = 'm',
        short_alias = 'X',
        long,
        alias = "request",
        value_name = "METHOD",
        env = "PLIMSOLL_METHOD",
        help_heading = "Request"
    )]
    pub method: Option<String>,
    /// Header, as 'Name: value'; repeatable
    ///
    /// A header of each request, as 'Name: value'; can be given more than once (one a line in the environment).
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
    /// Body; @FILE reads it from a file
    ///
    /// Body of each request; @FILE reads it from a file. --data does the same.
    #[arg(
        short = 'd',
        long,
        aliases = ["data", "data-ascii", "data-binary"],
        value_name = "BODY",
        env = "PLIMSOLL_BODY",
        hide_env_values = true,
        allow_hyphen_values = true,
        help_heading = "Request"
    )]
    pub body: Option<String>,
    /// Body from a file; - is standard input
    ///
    /// Body of each request from a file; - is standard input. At most 64 MiB.
    #[arg(short = 'D', long, value_name = "FILE", env = "PLIMSOLL_BODY_FILE", help_heading = "Request")]
    pub body_file: Option<PathBuf>,
    /// Content type of the body
    #[arg(short = 'T', long, value_name = "TYPE", env = "PLIMSOLL_CONTENT_TYPE", help_heading = "Request")]
    pub content_type: Option<String>,
    /// User and password, never shown
    ///
    /// User and password, sent with each request; neither shown nor saved. -u does the same.
    #[arg(
        short = 'a',
        short_alias = 'u',
        long,
        alias = "user",
        value_name = "USER:PASS",
        env = "PLIMSOLL_BASIC_AUTH",
        hide_env_values = true,
        help_heading = "Request"
    )]
    pub basic_auth: Option<String>,
    /// Slower answers have failed
    ///
    /// An answer that takes longer has failed; at least 1ms.
    #[arg(long, alias = "max-time", value_name = "TIME", default_value = "10s", env = "PLIMSOLL_TIMEOUT", help_heading = "Request")]
    pub timeout: String,
    /// Follow redirects once, before the load
    ///
    /// Follow redirects once before the load, with single requests, and put the load on where they lead. Without it a redirect
    /// is an answer like any other.
    #[arg(short = 'L', long, env = "PLIMSOLL_LOCATION", value_parser = BoolishValueParser::new(), help_heading = "Request")]
    pub location: bool,
    /// A connection of its own for each request
    #[arg(
        long,
        hide_short_help = true,
        alias = "disable-keepalive",
        env = "PLIMSOLL_NO_KEEPALIVE",
        value_parser = BoolishValueParser::new(),
        help_heading = "Request"
    )]
    pub no_keepalive: bool,
    /// The way to the target.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}
