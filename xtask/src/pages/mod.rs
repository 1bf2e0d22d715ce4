//! Reports in a browser: `cargo xtask pages` checks them, `cargo xtask screenshots` takes their pictures.

mod axe;
mod browser;
mod results;
mod screenshots;

pub use screenshots::{run as screenshots, shrink};

use crate::tools::{run as finish, workspace};
use browser::{Browser, Scheme};
use results::{Measured, Pace, SHOWN};
use std::{fs, path::PathBuf, process::Command};

#[derive(clap::Args)]
pub struct Arguments {
    /// Takes the results of the last time instead of measuring again
    #[arg(long)]
    again: bool,
}

/// Where what reads the reports lies, and with a name results of that kind.
fn folder(name: &str) -> Result<PathBuf, String> {
    let folder = workspace().join("target/pages").join(name);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))
}

/// The built program.
pub fn plimsoll() -> Result<PathBuf, String> {
    let path = workspace().join("target/release/plimsoll");
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))
}

/// Builds the program, and gives the results that are shown.
fn results(pace: Pace, again: bool) -> Result<Vec<Measured>, String> {
    finish(Command::new("cargo").current_dir(workspace()).args(["build", "--release", "--quiet"]))?;
    let (folder, plimsoll) = (folder(if pace == Pace::Quick { "quick" } else { "usual" })?, plimsoll()?);
    SHOWN.iter().map(|shown| shown.result(&plimsoll, &folder, pace, again)).collect()
}

/// Opens the report of every kind of result: no word on the console, nothing asked for, nothing found by axe-core, and nothing wider than the
/// window, in light and dark, wide and narrow.
pub fn check(arguments: &Arguments) -> Result<(), String> {
    let (browser, folder) = (Browser::find()?, folder("")?);
    let axe = axe::Axe::fetch(&folder)?;
    axe.can_tell(&browser)?;
    let mut found = Vec::new();
    for result in results(Pace::Quick, arguments.again)? {
        let page = result.page(&plimsoll()?)?;
        let said = browser.console(&page)?;
        found.extend(said.iter().map(|line| format!("{}: on the console: {line}", result.name)));
        for scheme in [Scheme::Light, Scheme::Dark] {
            for width in [browser::WIDE, browser::PHONE] {
                let seen = axe.read(&browser, &page, scheme, width)?;
                let place = format!("{} ({scheme:?}, {width} wide)", result.name);
                println!("{place}: {} rules passed, {} violated, {} requests", seen.passed, seen.violations.len(), seen.requests.len());
                found.extend(seen.faults().map(|fault| format!("{place}: {fault}")));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}
