//! `cargo xtask screenshots`: pictures of reports of real runs, for docs/ and the README.

use super::{
    Arguments, axe,
    browser::{Browser, PHONE, Scheme, WIDE},
    folder, plimsoll, results,
    results::Pace,
};
use crate::tools::{install, run as finish, workspace};
use std::{fs, path::Path, process::Command};

/// How much of a page is shown.
const HEIGHT: u32 = 1500;
const PHONE_HEIGHT: u32 = 1700;
/// A picture that stands in a repository is no larger.
const MOST_BYTES: u64 = 150_000;
/// So many colours show everything that there is on a page.
const COLOURS: &str = "48";
/// Results whose main chart is a file of its own, too.
const CHARTS: [&str; 2] = ["find", "compare"];

/// Measures, shows and takes the pictures. The live view's capture of a terminal has its place here, beside the pages.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let (browser, folder) = (Browser::find()?, folder("")?);
    install(&[("pngquant", "pngquant"), ("fc-list", "fontconfig")])?;
    let images = workspace().join("docs/images");
    fs::create_dir_all(&images).map_err(|error| format!("{}: {error}", images.display()))?;
    for result in results(Pace::Usual, arguments.again)? {
        let page = result.page(&plimsoll()?)?;
        let html = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
        // No window is as narrow as a telephone, but a frame is.
        let phone = folder.join("phone.html");
        fs::write(&phone, axe::framed(&html, PHONE)).map_err(|error| format!("{}: {error}", phone.display()))?;
        for (of, scheme, size, name) in [
            (&page, Scheme::Light, (WIDE, HEIGHT), "light"),
            (&page, Scheme::Dark, (WIDE, HEIGHT), "dark"),
            (&phone, Scheme::Light, (PHONE, PHONE_HEIGHT), "phone"),
        ] {
            let to = images.join(format!("{}-{name}.png", result.name));
            browser.picture(of, scheme, size, &to)?;
            shrink(&to)?;
        }
        if CHARTS.contains(&result.name) {
            result.shown(&plimsoll()?, "svg", &images.join(format!("{}.svg", result.name)))?;
        }
    }
    Ok(())
}

/// Fewer colours, so that a picture costs little to keep.
pub fn shrink(picture: &Path) -> Result<(), String> {
    finish(Command::new("pngquant").args(["--force", "--strip", "--ext", ".png", "--nofs", COLOURS]).arg(picture))?;
    let bytes = fs::metadata(picture).map_err(|error| format!("{}: {error}", picture.display()))?.len();
    if bytes > MOST_BYTES {
        return Err(format!("{}: {bytes} bytes are more than {MOST_BYTES}", picture.display()));
    }
    println!("{}: {bytes} bytes", picture.display());
    Ok(())
}
