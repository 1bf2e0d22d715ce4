//! The `plimsoll` binary: all it does is done by the library.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    plimsoll::cli::run(env::args_os())
}
