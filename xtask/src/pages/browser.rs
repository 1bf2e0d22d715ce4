//! Chromium without a window.

use crate::tools::{install, which};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// How wide a page is shown.
pub const WIDE: u32 = 1180;
/// How wide a telephone is.
pub const PHONE: u32 = 390;

/// What the reader prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

/// The browser.
pub struct Browser {
    program: PathBuf,
}

impl Browser {
    /// Debian's, which is installed where it is missing.
    pub fn find() -> Result<Self, String> {
        install(&[("chromium", "chromium"), ("fc-list", "fontconfig")])?;
        let program = which("chromium").ok_or("chromium is not where the shell would find it")?;
        Ok(Self { program })
    }

    /// The document of a page after its scripts have run.
    pub fn document(&self, page: &Path, scheme: Scheme) -> Result<String, String> {
        let output = self.open(page, scheme, &["--virtual-time-budget=30000", "--window-size=1180,1400", "--dump-dom"])?;
        String::from_utf8(output.stdout).map_err(|error| format!("{}: {error}", page.display()))
    }

    /// Every line that a page leaves on the console: errors, and whatever its policy kept it from asking for.
    pub fn console(&self, page: &Path) -> Result<Vec<String>, String> {
        let output = self.open(page, Scheme::Light, &["--enable-logging=stderr", "--v=0", "--virtual-time-budget=5000", "--dump-dom"])?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(said.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect())
    }

    /// A picture of the upper part of a page.
    pub fn picture(&self, page: &Path, scheme: Scheme, (width, height): (u32, u32), to: &Path) -> Result<(), String> {
        let (size, to) = (format!("--window-size={width},{height}"), format!("--screenshot={}", to.display()));
        self.open(page, scheme, &[&size, &to, "--hide-scrollbars", "--force-device-scale-factor=1"]).map(|_| ())
    }

    fn open(&self, page: &Path, scheme: Scheme, flags: &[&str]) -> Result<Output, String> {
        let mut command = Command::new("timeout");
        command.arg("90").arg(&self.program).args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
        // The browser itself asks for nothing either.
        command.args(["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        if scheme == Scheme::Dark {
            command.args(["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]);
        }
        command.args(flags).arg(format!("file://{}", page.display()));
        let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
        if output.status.success() { Ok(output) } else { Err(format!("{command:?}: {}", output.status)) }
    }
}
