//! What each request is.

use clap::Args;

/// The request, the same one for every user.
#[derive(Args, Debug)]
pub struct RequestArgs {
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
}
