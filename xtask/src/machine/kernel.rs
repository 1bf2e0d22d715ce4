//! The kernel of a machine.

use crate::tools::run;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Debian's package of it.
const PACKAGE: &str = "linux-image-cloud-amd64";

/// The kernel, unpacked into this folder from Debian's package, which is not installed.
pub fn unpacked(folder: &Path) -> Result<PathBuf, String> {
    if let Some(kernel) = kernel_in(folder) {
        return Ok(kernel);
    }
    fs::create_dir_all(folder).map_err(|error| format!("can't make {}: {error}", folder.display()))?;
    // The package is empty but for the name of the one that holds the present version.
    let output = Command::new("apt-cache").args(["depends", PACKAGE]).output().map_err(|error| format!("apt-cache: {error}"))?;
    let depends = String::from_utf8_lossy(&output.stdout).into_owned();
    let package = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image-"));
    let package = package.ok_or_else(|| format!("Debian's package {PACKAGE} is not known here: apt-get update"))?;
    run(Command::new("apt-get").current_dir(folder).args(["download", &format!("linux-image-{package}")]))?;
    let deb = entries(folder).into_iter().find(|path| path.extension().is_some_and(|extension| extension == "deb"));
    run(Command::new("dpkg-deb").arg("-x").arg(deb.ok_or("apt-get downloaded nothing")?).arg(folder))?;
    kernel_in(folder).ok_or_else(|| format!("{package} holds no kernel"))
}

fn kernel_in(unpacked: &Path) -> Option<PathBuf> {
    entries(&unpacked.join("boot"))
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("vmlinuz")))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}
