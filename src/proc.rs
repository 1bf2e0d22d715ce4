//! Processes, and files of /proc, read with as few system calls as can be: a target may have hundreds of processes, and each look reads several
//! of each.

use std::{
    fs::{self, File},
    io::Read,
};

/// More than any file has that is read here.
const MOST_BYTES: usize = 4 << 10;

/// The beginning, up to 4 KiB, of a file that the kernel hands out at one go; `None` when it can't be read. Names in it may be any bytes: what is
/// no UTF-8 is replaced.
pub fn text(path: &str) -> Option<String> {
    let mut buffer = [0; MOST_BYTES];
    let bytes = File::open(path).ok()?.read(&mut buffer).ok()?;
    Some(String::from_utf8_lossy(&buffer[..bytes]).into_owned())
}

/// The ids of all processes that are seen here.
pub fn all() -> impl Iterator<Item = i32> {
    fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_and_a_missing_one_is_none() {
        let stat = text("/proc/self/stat").unwrap();
        assert!(stat.starts_with(&std::process::id().to_string()) && stat.ends_with('\n'), "{stat}");
        assert_eq!(text("/proc/self/nothing"), None);
    }
}
