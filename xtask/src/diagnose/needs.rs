//! What servers need installed: pinned packages of Python in an environment under target/, and Debian's packages.

use crate::tools::{install, run};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Something that a server needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A package of Python with its version.
    Python(&'static str),
    /// A program, and Debian's package that brings it.
    Debian(&'static str, &'static str),
}

/// An environment of Python, made when something is wanted of it.
pub struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// In a folder that is there.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where its programs are.
    pub fn bin(&self) -> PathBuf {
        self.folder.join("venv/bin")
    }

    /// Installs what is not there yet.
    pub fn provide(&self, needs: &[Need]) -> Result<(), String> {
        let debian: Vec<(&str, &str)> = needs
            .iter()
            .filter_map(|need| match need {
                Need::Debian(program, package) => Some((*program, *package)),
                Need::Python(_) => None,
            })
            .collect();
        install(&debian)?;
        let list = self.folder.join("packages");
        // A list that is not there is one of nothing.
        let mut installed = fs::read_to_string(&list).unwrap_or_default();
        let missing = missing(needs, &installed);
        if missing.is_empty() {
            return Ok(());
        }
        if !self.bin().join("pip").exists() {
            install(&[("python3", "python3-venv")])?;
            run(Command::new("python3").args(["-m", "venv"]).arg(self.folder.join("venv")))?;
        }
        run(Command::new(self.bin().join("pip")).args(["install", "--quiet", "--disable-pip-version-check"]).args(&missing))?;
        for package in missing {
            installed = format!("{}{package}\n", ended(&installed));
        }
        write(&list, &installed)
    }
}

fn missing<'n>(needs: &'n [Need], installed: &str) -> Vec<&'n str> {
    needs
        .iter()
        .filter_map(|need| match need {
            Need::Python(package) if installed.lines().all(|line| line != *package) => Some(*package),
            Need::Python(_) | Need::Debian(..) => None,
        })
        .collect()
}

/// A text whose last line is closed.
fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_in_that_version_is_installed() {
        let needs = [Need::Python("a==1"), Need::Python("b==2"), Need::Debian("sh", "dash")];
        assert_eq!(missing(&needs, "a==1\nb==1\n"), ["b==2"]);
        assert_eq!(missing(&needs, "b==2\na==1"), [""; 0]);
        assert_eq!((ended(""), ended("a"), ended("a\n")), (String::new(), "a\n".to_owned(), "a\n".to_owned()));
    }
}
