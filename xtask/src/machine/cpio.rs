//! A file system for a kernel to start from: an archive in the newc format of cpio.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::Path,
};

const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;

/// An archive that is being written.
pub struct Archive<W> {
    out: W,
    folders: BTreeSet<String>,
    files: BTreeSet<String>,
    entries: u32,
}

impl<W: Write> Archive<W> {
    /// An empty one.
    pub fn to(out: W) -> Self {
        Self { out, folders: BTreeSet::new(), files: BTreeSet::new(), entries: 0 }
    }

    /// Adds a copy of a file, with the folders above it; `path` is absolute.
    pub fn copy(&mut self, from: &Path, path: &str) -> io::Result<()> {
        self.add(path, &fs::read(from)?)
    }

    /// Adds a file, with the folders above it; `path` is absolute.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = path.trim_start_matches('/');
        let above = path.match_indices('/').map(|(at, _)| &path[..at]);
        above.into_iter().try_for_each(|folder| self.folder(folder))?;
        if self.folders.contains(path) || !self.files.insert(path.to_owned()) {
            return Err(taken(path));
        }
        self.entry(path, PROGRAM, bytes)
    }

    /// Adds a folder, once.
    pub fn folder(&mut self, path: &str) -> io::Result<()> {
        if self.files.contains(path) {
            return Err(taken(path));
        }
        if self.folders.insert(path.to_owned()) { self.entry(path, FOLDER, b"") } else { Ok(()) }
    }

    /// Ends the archive.
    pub fn end(mut self) -> io::Result<()> {
        self.entry("TRAILER!!!", 0, b"")?;
        self.out.flush()
    }

    /// Thirteen numbers of eight hexadecimal digits, the name and the bytes, the two of them filled up to a multiple of four.
    fn entry(&mut self, name: &str, mode: u32, bytes: &[u8]) -> io::Result<()> {
        self.entries += 1;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        let name_length = u32::try_from(name.len() + 1).map_err(io::Error::other)?;
        let mut head = b"070701".to_vec();
        for number in [self.entries, mode, 0, 0, 1, 0, length, 0, 0, 0, 0, name_length, 0] {
            write!(head, "{number:08x}")?;
        }
        head.extend_from_slice(name.as_bytes());
        head.push(0);
        head.resize(head.len().next_multiple_of(4), 0);
        self.out.write_all(&head)?;
        self.out.write_all(bytes)?;
        self.out.write_all(&[0; 3][..bytes.len().next_multiple_of(4) - bytes.len()])
    }
}

/// A kernel would take the first or the last of two entries of one path, and say nothing.
fn taken(path: &str) -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, format!("/{path} is in the archive already"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_one_that_cpio_reads() {
        let mut bytes = Vec::new();
        let mut archive = Archive::to(&mut bytes);
        archive.add("/a/b", b"hello").unwrap();
        archive.add("/a/c", b"").unwrap();
        archive.end().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let names: Vec<&str> = ["a\0", "a/b\0", "a/c\0", "TRAILER!!!\0"].into_iter().filter(|name| text.contains(name)).collect();
        assert_eq!((names.len(), text.matches("070701").count(), bytes.len() % 4), (4, 4, 0));
        assert!(text.contains("hello\x00\x00\x00070701"));
        // The name begins after 110 bytes, and the first field after the magic is the entry's number.
        assert_eq!((&text[..14], &text[110..112]), ("07070100000001", "a\0"));
    }

    #[test]
    fn a_path_is_one_thing() {
        let mut archive = Archive::to(Vec::new());
        archive.add("/a/b", b"hello").unwrap();
        for path in ["/a", "/a/b", "/a/b/c"] {
            assert_eq!(archive.add(path, b"").unwrap_err().kind(), io::ErrorKind::AlreadyExists, "{path}");
        }
        archive.folder("a").unwrap();
    }
}
