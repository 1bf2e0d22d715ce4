//! A folder for what one server needs on disk: gone with its value.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

pub struct Scratch(PathBuf);

impl Scratch {
    /// A folder in which every user of this machine may write: servers that refuse to run as root are started as somebody else.
    pub fn make() -> Result<Self, String> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("plimsoll-diagnose-{}-{number}", process::id()));
        let cannot = |error| format!("{} can't be made: {error}", folder.display());
        fs::create_dir(&folder).map_err(cannot)?;
        let made = Self(folder.clone());
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).map_err(cannot)?;
        Ok(made)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}
