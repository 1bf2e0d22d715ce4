//! How requests get to the target.

use clap::{Args, builder::BoolishValueParser};
use std::path::PathBuf;

/// Connections: from where, to where, in which protocol, and whom they trust.
#[derive(Args, Debug)]
pub struct ConnectionArgs {
    /// Take any certificate, unchecked
    #[arg(short = 'k', long, env = "PLIMSOLL_INSECURE", value_parser = BoolishValueParser::new(), help_heading = "Request")]
    pub insecure: bool,
    /// Trust the authorities in this PEM file, and no other
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_CACERT", hide_short_help = true, help_heading = "Request")]
    pub cacert: Option<PathBuf>,
    /// A client certificate, as a PEM file
    #[arg(short = 'E', long, value_name = "FILE", env = "PLIMSOLL_CERT", hide_short_help = true, help_heading = "Request")]
    pub cert: Option<PathBuf>,
    /// Its private key, as a PEM file [default: in the file of --cert]
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_KEY", hide_short_help = true, help_heading = "Request")]
    pub key: Option<PathBuf>,
    /// HTTP/2 rather than HTTP/1.1
    ///
    /// HTTP/2 rather than HTTP/1.1: by ALPN over https://, with prior knowledge over http://.
    #[arg(
        long,
        alias = "http2-prior-knowledge",
        env = "PLIMSOLL_HTTP2",
        value_parser = BoolishValueParser::new(),
        help_heading = "Request"
    )]
    pub http2: bool,
    /// Most requests at one time on a connection, with --http2 [default: 1, each user with a connection of their own]
    #[arg(
        long,
        alias = "max-concurrent-streams",
        value_name = "N",
        env = "PLIMSOLL_STREAMS",
        hide_short_help = true,
        help_heading = "Request"
    )]
    pub streams: Option<String>,
    /// Connect to this Unix-domain socket, whatever host TARGET names
    #[arg(long, value_name = "PATH", env = "PLIMSOLL_UNIX_SOCKET", hide_short_help = true, help_heading = "Request")]
    pub unix_socket: Option<PathBuf>,
    /// Connect to ADDR:PORT instead of HOST:PORT; empty ones stand for any and for the same; can be given more than once
    #[arg(
        long,
        value_name = "HOST:PORT:ADDR:PORT",
        env = "PLIMSOLL_CONNECT_TO",
        hide_short_help = true,
        value_delimiter = '\n',
        help_heading = "Request"
    )]
    pub connect_to: Vec<String>,
    /// Take HOST (* for any) at PORT to have this address; can be given more than once
    #[arg(
        long,
        value_name = "HOST:PORT:ADDRESS",
        env = "PLIMSOLL_RESOLVE",
        hide_short_help = true,
        value_delimiter = '\n',
        help_heading = "Request"
    )]
    pub resolve: Vec<String>,
    /// Connect from these local addresses in turn, each with ports of its own: 127.0.0.2, or 127.0.0.2-9; can be given more than once
    #[arg(
        long,
        alias = "interface",
        value_name = "ADDRESS",
        env = "PLIMSOLL_SOURCE",
        hide_short_help = true,
        value_delimiter = ',',
        help_heading = "Request"
    )]
    pub source: Vec<String>,
    /// Only IPv4 addresses of the target
    #[arg(short = '4', long, env = "PLIMSOLL_IPV4", hide_short_help = true, value_parser = BoolishValueParser::new(), help_heading = "Request")]
    pub ipv4: bool,
    /// Only IPv6 addresses of the target
    #[arg(short = '6', long, env = "PLIMSOLL_IPV6", hide_short_help = true, value_parser = BoolishValueParser::new(), help_heading = "Request")]
    pub ipv6: bool,
}
