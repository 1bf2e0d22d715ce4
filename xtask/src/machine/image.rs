//! What a machine finds when it starts: programs with the libraries that they need, files, and its first process.

use super::cpio::Archive;
use std::{collections::BTreeSet, fs::File, io::BufWriter, path::Path, process::Command};

/// What every machine does first. Nothing is mounted on /tmp: programs may lie below it, where this repository does.
const BEGIN: &str = "#!/bin/busybox sh\n\
    export PATH=/bin\n\
    busybox mount -t proc p /proc; busybox mount -t sysfs s /sys; busybox mount -t devtmpfs d /dev\n\
    busybox chmod 1777 /tmp\n\
    busybox ip link set lo up\n\
    ulimit -n 20000\n";
const END: &str = "busybox poweroff -f\n";

/// An image that is being written.
pub struct Image {
    archive: Archive<BufWriter<File>>,
    libraries: BTreeSet<String>,
}

impl Image {
    /// One with busybox and nothing else, in a file.
    pub fn to(file: &Path) -> Result<Self, String> {
        let out = File::create(file).map_err(|error| format!("can't write {}: {error}", file.display()))?;
        let mut image = Self { archive: Archive::to(BufWriter::new(out)), libraries: BTreeSet::new() };
        ["proc", "sys", "dev", "tmp"].into_iter().try_for_each(|folder| image.folder(folder))?;
        image.copy(Path::new("/bin/busybox"), "/bin/busybox")?;
        image.add("/etc/passwd", "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n")?;
        image.add("/etc/group", "root:x:0:\nnogroup:x:65534:\n")?;
        Ok(image)
    }

    /// Adds an empty folder.
    pub fn folder(&mut self, path: &str) -> Result<(), String> {
        self.archive.folder(path).map_err(|error| cannot(path, &error))
    }

    /// Adds a copy of a file; `path` is absolute.
    pub fn copy(&mut self, from: &Path, path: &str) -> Result<(), String> {
        self.archive.copy(from, path).map_err(|error| cannot(path, &error))
    }

    /// Adds a file; `path` is absolute.
    pub fn add(&mut self, path: &str, text: &str) -> Result<(), String> {
        self.archive.add(path, text.as_bytes()).map_err(|error| cannot(path, &error))
    }

    /// Adds a program at its own path or another, and with the image's end the libraries that it needs.
    pub fn program(&mut self, program: &Path, path: &str) -> Result<(), String> {
        self.copy(program, path)?;
        self.libraries.extend(libraries_of(program)?);
        Ok(())
    }

    /// Ends the image; the machine's first process follows this script of busybox's shell, and then turns it off.
    pub fn end(mut self, script: &str) -> Result<(), String> {
        for library in std::mem::take(&mut self.libraries) {
            self.copy(Path::new(&library), &library)?;
        }
        self.add("/init", &format!("{BEGIN}{script}{END}"))?;
        self.archive.end().map_err(|error| cannot("the end", &error))
    }
}

fn cannot(path: &str, error: &std::io::Error) -> String {
    format!("can't write {path} into a machine's image: {error}")
}

/// The libraries that the loader would map for a program, by path.
fn libraries_of(program: &Path) -> Result<Vec<String>, String> {
    let output = Command::new("ldd").arg(program).output().map_err(|error| format!("ldd can't be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.split_whitespace().filter(|word| word.starts_with('/')).map(str::to_owned).collect())
}
