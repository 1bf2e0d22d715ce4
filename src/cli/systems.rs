//! `plimsoll.toml`: systems with names, so that a comparison is a line to type and a file to keep.

use super::{Exit, Problem};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The file that is read where none is named.
const USUAL: &str = "plimsoll.toml";
/// A larger one is something else.
const LARGEST_BYTES: u64 = 1 << 20;

/// What the file holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Systems {
    /// Each system by its name.
    #[serde(default)]
    systems: BTreeMap<String, Entry>,
    /// The folder of the file: paths in it begin there.
    #[serde(skip)]
    folder: PathBuf,
}

/// One system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The command that starts it.
    pub start: Option<String>,
    /// Its address, or the path that is asked.
    pub url: Option<String>,
    /// Where it is started.
    pub cwd: Option<PathBuf>,
    /// What its environment holds besides.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

impl Systems {
    /// Reads the file that was named, or the usual one where there is one.
    ///
    /// # Errors
    /// When a file that was named is not there, or one can't be read or understood.
    pub fn read(named: Option<&Path>) -> Result<Self, Problem> {
        let path = named.unwrap_or(Path::new(USUAL));
        let about = |text: String| Problem {
            exit: Exit::Usage,
            text: format!("{}: {text}", path.display()),
            source: None,
            hints: vec!["[systems.NAME] with start = \"COMMAND {port}\" or url = \"http://...\"; cwd and env where needed".to_owned()],
        };
        let length = match fs::metadata(path) {
            Ok(file) => file.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => return Ok(Self::default()),
            Err(error) => return Err(about(error.to_string())),
        };
        if length > LARGEST_BYTES {
            return Err(about("it is larger than 1 MiB".to_owned()));
        }
        let text = fs::read_to_string(path).map_err(|error| about(error.to_string()))?;
        let read: Self = toml::from_str(&text).map_err(|error| about(error.to_string().trim_end().to_owned()))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { folder, ..read })
    }

    /// The system of this name, with its folder found.
    pub fn get(&self, name: &str) -> Option<Entry> {
        let entry = self.systems.get(name)?.clone();
        let cwd = self.folder.join(entry.cwd.as_deref().unwrap_or(Path::new("")));
        Some(Entry { cwd: (!cwd.as_os_str().is_empty()).then_some(cwd), ..entry })
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.systems.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Systems, Problem> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.toml");
        fs::write(&path, text).unwrap();
        Systems::read(Some(&path))
    }

    #[test]
    fn systems_have_their_folder() {
        let systems = read("[systems.a]\nstart = 'serve {port}'\ncwd = 'app'\nenv = { N = '4' }\n[systems.b]\nurl = 'http://x/'").unwrap();
        assert_eq!(systems.names().collect::<Vec<_>>(), ["a", "b"]);
        let a = systems.get("a").unwrap();
        assert!(a.cwd.unwrap().ends_with("app") && a.env["N"] == "4" && a.start.unwrap() == "serve {port}");
        assert_eq!(systems.get("b").unwrap().url.as_deref(), Some("http://x/"));
        assert!(systems.get("c").is_none());
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place() {
        let problem = read("[systems.a]\nstrat = 'x'").unwrap_err();
        assert!(problem.text.contains("some.toml") && problem.text.contains("strat"), "{}", problem.text);
    }

    #[test]
    fn a_file_that_was_named_has_to_be_there() {
        assert!(Systems::read(Some(Path::new("/nowhere/plimsoll.toml"))).is_err());
    }
}
