//! A counted set of permits that threads and processes of one server can share.

use rustix::fd::AsRawFd;
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
};

/// Permits, each a byte in a pipe: taking one reads it, giving it back writes it. Worker processes share the pipe of their parent, which no
/// lock in memory could do without unsafe code.
#[derive(Debug)]
pub struct Tokens(File);

/// One permit; dropped, it is given back.
#[derive(Debug)]
pub struct Token<'a>(&'a Tokens);

impl Tokens {
    /// A set of `count` permits, at most 10,000 (a pipe holds 65,536 bytes).
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn of(count: u32) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        // One file that reads and writes stands for both ends, once the pipe is opened again by its name in /proc.
        let both = Self::open(std::process::id(), reader.as_raw_fd())?;
        drop((reader, writer));
        (&both.0).write_all(&vec![0; count as usize])?;
        Ok(both)
    }

    /// The set that process `owner` holds under the descriptor `fd`.
    ///
    /// # Errors
    /// When that process or descriptor is gone.
    pub fn open(owner: u32, fd: i32) -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).open(format!("/proc/{owner}/fd/{fd}")).map(Self)
    }

    /// The descriptor by which another process opens this set.
    pub fn fd(&self) -> i32 {
        self.0.as_raw_fd()
    }

    /// Waits for a permit.
    ///
    /// # Errors
    /// When the pipe is broken.
    pub fn take(&self) -> io::Result<Token<'_>> {
        let mut byte = [0];
        (&self.0).read_exact(&mut byte)?;
        Ok(Token(self))
    }
}

impl Drop for Token<'_> {
    fn drop(&mut self) {
        // It fits: the pipe held this byte before. Should it fail, a permit is lost, which only this process could notice.
        if (&self.0.0).write_all(&[0]).is_err() {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicU32, Ordering::SeqCst},
        thread,
    };

    #[test]
    fn never_more_holders_than_permits() {
        let tokens = Tokens::of(3).unwrap();
        let shared = Tokens::open(std::process::id(), tokens.fd()).unwrap();
        let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for worker in 0..8 {
                let set = if worker % 2 == 0 { &tokens } else { &shared };
                let (inside, most) = (&inside, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let _token = set.take().unwrap();
                        most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                        thread::yield_now();
                        inside.fetch_sub(1, SeqCst);
                    }
                });
            }
        });
        assert_eq!(inside.load(SeqCst), 0);
        let most = most.load(SeqCst);
        assert!((2..=3).contains(&most), "{most}");
        // All three permits are back.
        let held = [tokens.take().unwrap(), tokens.take().unwrap(), tokens.take().unwrap()];
        drop(held);
    }
}
