//! The command `plimsoll lab`, as people and sessions call it.

use super::{
    LabSpec, PARAMETERS,
    serve::{LabError, serve},
};
use std::{
    ffi::OsString,
    io::Write,
    net::{Ipv4Addr, SocketAddrV4},
    num::NonZero,
    thread,
};

/// How wide the list of parameters is.
const COLUMNS: usize = 80;

/// Runs a reference server with declared work and known truth.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = parameter_help())]
pub struct LabArgs {
    /// The kind of server, such as pool or 'pool?workers=8&wait=20ms'
    ///
    /// The kind of server, with parameters: single (one request at a time), pool (blocking workers), threads (a thread for each connection),
    /// processes (forked workers), async (an event loop) or async-blocking (one that is blocked by each request); 'pool?workers=8&wait=20ms'.
    #[arg(value_name = "MODEL")]
    pub spec: LabSpec,
    /// Print its true load line, and leave
    ///
    /// Print its true load line on the cores that this command may use, and leave.
    #[arg(long)]
    pub truth: bool,
    /// Where to listen; 0.0.0.0 for all
    ///
    /// The address to listen at, such as 0.0.0.0 for all of this machine.
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST, value_name = "ADDRESS")]
    pub host: Ipv4Addr,
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// The process that started this one, and with which it ends
    #[arg(long, hide = true, value_name = "PID")]
    pub(super) parent: Option<u32>,
    /// Serve in this process even where a supervisor would serve in another
    #[arg(long, hide = true)]
    pub(super) supervised: bool,
    /// Take the listener from standard input, as one of several workers
    #[arg(long, hide = true)]
    pub(super) worker: bool,
    /// The parent's descriptor of the lock's permit
    #[arg(long, hide = true, value_name = "FD")]
    pub(super) lock_fd: Option<i32>,
    /// The parent's descriptor of the slots' permits
    #[arg(long, hide = true, value_name = "FD")]
    pub(super) slots_fd: Option<i32>,
}

impl LabArgs {
    /// Prints the truth, or serves: `out` gets one line once the server is ready. Returns when the server has ended for good.
    ///
    /// To be called on the program's main thread: the processes that a server starts end with the thread that started them.
    ///
    /// # Errors
    /// When the server can't start, or `out` can't be written.
    pub fn run(&self, out: &mut dyn Write) -> Result<(), LabError> {
        if self.truth {
            let cores = thread::available_parallelism().map_or(1, NonZero::get);
            let truth = self.spec.truth(u32::try_from(cores).unwrap_or(u32::MAX));
            return writeln!(out, "{truth}").map_err(LabError::Process);
        }
        serve(self, out)
    }

    /// Where to listen.
    pub(super) fn address(&self) -> SocketAddrV4 {
        SocketAddrV4::new(self.host, self.port)
    }
}

/// The arguments after the program's name that start this server from the calling process and tie its life to it.
///
/// Start it from a thread that lives as long as the server should: the kernel ties a child to the thread that started it.
pub fn command_for(spec: &LabSpec) -> Vec<OsString> {
    ["lab".to_owned(), spec.to_string(), "--parent".to_owned(), std::process::id().to_string()].map(OsString::from).into()
}

/// The command that runs this server for whoever starts it, who has to stop it: `program` is this one.
pub fn words_for(spec: &LabSpec, program: impl Into<OsString>) -> [OsString; 3] {
    [program.into(), "lab".into(), spec.to_string().into()]
}

fn parameter_help() -> String {
    let lines = PARAMETERS.iter().map(|parameter| {
        let example = format!("  {:<20} ", format!("{}={}", parameter.name, parameter.example));
        let indent = " ".repeat(example.len());
        textwrap::fill(parameter.meaning, textwrap::Options::new(COLUMNS).initial_indent(&example).subsequent_indent(&indent)) + "\n"
    });
    format!("Parameters of MODEL, joined by & after a ?:\n{}", lines.collect::<String>())
}
