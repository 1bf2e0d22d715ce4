//! A CPU quota for one process: a control group of its own, of either version.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Over which time the kernel grants CPU time, in microseconds.
const PERIOD_US: u32 = 100_000;

/// A group whose processes get a share of one core. It is removed with this value, when its processes are gone.
pub struct Quota(PathBuf);

impl Quota {
    /// Makes a group with this share; the error says why the system does not allow it.
    pub fn of(share: f64) -> Result<Self, String> {
        let quota_us = (share * f64::from(PERIOD_US)) as u32;
        let name = format!("plimsoll-test-{}", std::process::id());
        let version_1 = (Path::new("/sys/fs/cgroup/cpu"), "cpu.cfs_quota_us", quota_us.to_string());
        let version_2 = (Path::new("/sys/fs/cgroup"), "cpu.max", format!("{quota_us} {PERIOD_US}"));
        let (root, file, value) =
            if version_1.0.join(version_1.1).exists() || version_1.0.join("cpu.shares").exists() { version_1 } else { version_2 };
        let group = Self::made(root.join(name)).map_err(|error| format!("no control group can be made in {}: {error}", root.display()))?;
        let limit = group.0.join(file);
        fs::write(&limit, value).map_err(|error| format!("{} can't be written: {error}", limit.display()))?;
        Ok(group)
    }

    fn made(path: PathBuf) -> io::Result<Self> {
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// A command of the shell that enters the group and becomes its arguments.
    pub fn command(&self) -> String {
        format!("echo $$ > {}/cgroup.procs && exec \"$@\"", self.0.display())
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir(&self.0) {
            println!("{} is left behind: {error}", self.0.display());
        }
    }
}
