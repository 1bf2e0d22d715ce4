//! Pictures of the tool at work, from real runs: `cargo xtask screenshots`.

mod terminal;

use crate::tools::{run as finish, workspace};
use std::{fs, path::PathBuf, process::Command};

#[derive(clap::Args)]
pub struct Arguments {
    /// Takes this program instead of building one
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Takes all of them.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => {
            finish(Command::new("cargo").current_dir(workspace()).args(["build", "--release", "--quiet"]))?;
            workspace().join("target/release/plimsoll")
        }
    };
    let program = program.canonicalize().map_err(|error| format!("{}: {error}", program.display()))?;
    let images = workspace().join("docs/images");
    fs::create_dir_all(&images).map_err(|error| format!("{}: {error}", images.display()))?;
    terminal::find(&program, &images.join("find-live.png"))
}
