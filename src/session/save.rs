//! Saving a result: whole or not at all.

use super::JournalPlace;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Why a result could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("the result can't be saved to {}: {source}", path.display())]
pub struct SaveError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Writes `text` to a file beside `path` and renames it: a reader never sees half a result, and an older one survives a failed write.
///
/// # Errors
/// When the file can't be written or renamed; nothing is left behind then.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(name);
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    written.map_err(|source| {
        // The first error is the one that tells what to mend.
        let _ = fs::remove_file(&part);
        SaveError { path: path.to_owned(), source }
    })
}

/// Saves a result under this name in the first directory of the place that takes it, and says where; `None` when none does.
pub fn rescue(place: &JournalPlace, name: &str, text: &str) -> Option<PathBuf> {
    let JournalPlace::State(directories) = place else { return None };
    directories.iter().map(|directory| directory.join(name)).find(|path| {
        let directory = path.parent().is_some_and(|directory| fs::create_dir_all(directory).is_ok());
        directory && save(path, text.as_bytes()).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_file_is_whole_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("result.json");
        save(&path, b"one").unwrap();
        save(&path, b"two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_save_names_the_file_and_leaves_the_old_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("taken");
        fs::create_dir(&path).unwrap();
        let error = save(&path, b"one").unwrap_err();
        assert!(error.to_string().contains("taken"), "{error}");
        assert!(path.is_dir());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_result_that_can_not_be_saved_where_asked_is_kept_elsewhere() {
        let directory = tempfile::tempdir().unwrap();
        let blocked = directory.path().join("blocked");
        fs::write(&blocked, "").unwrap();
        let open = directory.path().join("open");
        let place = JournalPlace::State(vec![blocked.clone(), open.clone()]);
        assert_eq!(rescue(&place, "a.json", "one"), Some(open.join("a.json")));
        assert_eq!(fs::read_to_string(open.join("a.json")).unwrap(), "one");
        assert_eq!(rescue(&JournalPlace::State(vec![blocked]), "a.json", "one"), None);
    }
}
