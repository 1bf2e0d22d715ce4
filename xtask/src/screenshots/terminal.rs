//! The screen of a search, as a picture: tmux is the terminal, and Chromium draws what it shows.

use crate::tools::{install, which};
use anstyle::{Color, RgbColor};
use anstyle_svg::Term;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The size of the terminal.
const COLUMNS: usize = 100;
const ROWS: usize = 30;
/// What a screen that is worth a picture says, and what it does not.
const WORTH: [&str; 2] = ["so far.", "from "];
const DISTURBED: &str = "may be the limit";
/// What it says when there is most to see: the target is driven beyond its line.
const MOMENT: &str = "beyond the line";
/// No search takes longer than that to get there.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// The design's dark paper and ink.
const PAPER: Color = Color::Rgb(RgbColor(0x0e, 0x16, 0x20));
const INK: Color = Color::Rgb(RgbColor(0xe9, 0xee, 0xf2));
/// A character of DejaVu Sans Mono at 15 px, whose lines of boxes meet at this height; and the edge around all.
const CELL_PX: (f64, usize) = (9.03, 17);
const EDGE_PX: usize = 20;

/// The screen of `plimsoll find lab:pool` in mid-run, as a picture in this file.
pub fn find(program: &Path, to: &Path) -> Result<(), String> {
    install(&[("tmux", "tmux"), ("chromium", "chromium"), ("fc-list", "fontconfig")])?;
    let shown = Session::begin(&format!("{} find lab:pool", program.display()))?.at_its_moment()?;
    picture(&page(&shown), to)
}

/// A command in a terminal of its own, which ends with this value.
struct Session {
    server: String,
}

impl Session {
    fn begin(command: &str) -> Result<Self, String> {
        let session = Self { server: format!("plimsoll-screenshots-{}", process::id()) };
        let (columns, rows) = (COLUMNS.to_string(), ROWS.to_string());
        // What the terminal can show does not depend on whoever takes the picture.
        let command = format!("exec env -u NO_COLOR LANG=C.UTF-8 LC_ALL=C.UTF-8 {command}");
        session.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &columns, "-y", &rows, &command])?;
        Ok(session)
    }

    /// What the screen shows at its moment, with its colours; or the last of the run that is worth a picture.
    fn at_its_moment(&self) -> Result<String, String> {
        let begun = Instant::now();
        let mut last = None;
        while begun.elapsed() < PATIENCE {
            let Ok(shown) = self.tmux(&["capture-pane", "-e", "-p"]) else { break };
            let plain = anstream::adapter::strip_str(&shown).to_string();
            if WORTH.iter().all(|part| plain.contains(part)) && !plain.contains(DISTURBED) {
                if plain.contains(MOMENT) {
                    return Ok(shown);
                }
                last = Some(shown);
            }
            thread::sleep(LOOK);
        }
        last.ok_or_else(|| {
            "no screen of the run was worth a picture: other programs disturb the generator, or no load line was found".to_owned()
        })
    }

    fn tmux(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("tmux").args(["-L", &self.server]).args(arguments).stdin(Stdio::null()).output();
        text(output.map_err(|error| format!("tmux: {error}"))?, "tmux")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A run that has ended took its terminal along.
        drop(self.tmux(&["kill-server"]));
    }
}

fn text(output: Output, program: &str) -> Result<String, String> {
    if !output.status.success() {
        return Err(format!("{program}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{program}: {error}"))
}

/// Text with colours as a page of that size.
fn page(ansi: &str) -> String {
    let drawn = Term::new().fg_color(INK).bg_color(PAPER).render_html_fragments(ansi);
    let (_, line) = CELL_PX;
    format!(
        "<!doctype html><meta charset=\"utf-8\"><style>{}\nbody {{ margin: 0; padding: {EDGE_PX}px }}\nspan, .container {{ font: 15px/{line}px \"DejaVu Sans Mono\", monospace; white-space: pre }}</style><body class=\"bg\">{}",
        drawn.style(),
        // A line ends once: its end counts where spaces do.
        drawn.body().replace("<br />\n", "\n")
    )
}

/// How large the page is, in pixels.
fn size() -> (usize, usize) {
    let (width, height) = CELL_PX;
    ((COLUMNS as f64 * width).ceil() as usize + 2 * EDGE_PX, ROWS * height + 2 * EDGE_PX)
}

/// The page as a PNG, two pixels for each of its own.
fn picture(page: &str, to: &Path) -> Result<(), String> {
    let folder = env::temp_dir().join(format!("plimsoll-screenshots-{}", process::id()));
    let file = folder.join("page.html");
    fs::create_dir_all(&folder).and_then(|()| fs::write(&file, page)).map_err(|error| format!("{}: {error}", file.display()))?;
    let taken = chromium(&file, to);
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    taken
}

fn chromium(page: &Path, to: &Path) -> Result<(), String> {
    let program: PathBuf = which("chromium").ok_or("chromium is not where the shell would find it")?;
    let (width, height) = size();
    let output = Command::new("timeout")
        .arg("90")
        .arg(program)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-device-scale-factor=2"])
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--screenshot={}", to.display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .output();
    text(output.map_err(|error| format!("chromium: {error}"))?, "chromium").map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_columns_are_kept_and_nothing_is_taken_for_markup() {
        let page = page("\u{1b}[38;5;37m─⊖─\u{1b}[39m  <b>lab</b>\n\u{1b}[1mbold\u{1b}[0m");
        assert!(["#00afaf", "#0e1620"].iter().all(|colour| page.to_lowercase().contains(colour)), "{page}");
        assert!(page.contains("─⊖─") && page.contains("  &lt;b&gt;lab&lt;/b&gt;"), "{page}");
        assert!(page.contains("</span>\n") && !page.contains("<br"), "each line ends once: {page}");
        assert!(!page.contains('\u{1b}') && page.contains("white-space: pre"), "{page}");
    }

    #[test]
    fn a_page_has_room_for_the_whole_terminal() {
        assert_eq!(size(), (943, 550));
    }
}
