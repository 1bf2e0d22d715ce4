//! Pictures of the tool at work, from real runs: a part of `cargo xtask screenshots`.

mod terminal;

use crate::{pages::shrink, tools::workspace};
use std::{fs, path::Path};

/// Takes them, of the program that was built.
pub fn run(program: &Path) -> Result<(), String> {
    let images = workspace().join("docs/images");
    fs::create_dir_all(&images).map_err(|error| format!("{}: {error}", images.display()))?;
    let live = images.join("find-live.png");
    terminal::find(program, &live)?;
    shrink(&live)
}
