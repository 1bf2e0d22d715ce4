//! A command in a terminal of its own, with its keys and signals, its screen as bytes, and its standard output apart.

#![allow(dead_code, reason = "each test binary uses its part")]

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Termios, Winsize, tcgetattr, tcsetwinsize},
};
use std::{
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// What enters the other screen of a terminal, and what leaves it and shows the cursor again.
pub const ENTERS: &str = "\u{1b}[?1049h";
pub const LEAVES: &str = "\u{1b}[?1049l";
pub const SHOWS_CURSOR: &str = "\u{1b}[?25h";

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that runs in a terminal.
pub struct Terminal {
    /// The command.
    pub child: Child,
    keyboard: File,
    /// Held open, so that what the command leaves of its settings can be seen.
    line: OwnedFd,
    before: Termios,
    pieces: Receiver<Vec<u8>>,
    seen: Vec<u8>,
}

impl Terminal {
    /// Runs a program in a terminal of 24 rows of 80 columns, which is its controlling one.
    pub fn run(program: &Path, arguments: &[&str], home: &Path, environment: &[(&str, &str)]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let line = open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        tcsetwinsize(&line, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let before = tcgetattr(&line).unwrap();
        let of_terminal = || Stdio::from(line.try_clone().unwrap());
        let child = Command::new("setsid")
            .arg("--ctty")
            .arg(program)
            .args(arguments)
            .env_clear()
            .envs([("PATH", std::env::var("PATH").unwrap().as_str()), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8")])
            .env("HOME", home)
            .envs(environment.iter().copied())
            .stdin(of_terminal())
            .stdout(Stdio::piped())
            .stderr(of_terminal())
            .spawn()
            .expect("setsid of util-linux");
        let keyboard = File::from(master);
        let mut screen = keyboard.try_clone().unwrap();
        let (told, pieces) = channel();
        thread::spawn(move || {
            let mut piece = [0; 4096];
            // A terminal whose last user has left gives an error.
            while let Ok(length) = screen.read(&mut piece) {
                if told.send(piece[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, keyboard, line, before, pieces, seen: Vec::new() }
    }

    /// Types these characters.
    pub fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until this was written after what was waited for before.
    pub fn until(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(place) = self.seen.windows(text.len()).position(|seen| seen == text.as_bytes()) {
                self.seen.drain(..place);
                return;
            }
            match self.pieces.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(piece) => self.seen.extend(piece),
                Err(_) => panic!("{text:?} was not written, but {:?}", String::from_utf8_lossy(&self.seen)),
            }
        }
    }

    /// Waits until the command has ended; gives its exit code, its standard output, and what it wrote to the terminal since it was last waited for.
    pub fn ends(&mut self) -> Ended {
        let stdout = std::io::read_to_string(self.child.stdout.take().unwrap()).unwrap();
        let code = self.child.wait().unwrap().code();
        let after = tcgetattr(&self.line).unwrap();
        let as_before = (after.local_modes, after.input_modes, after.output_modes)
            == (self.before.local_modes, self.before.input_modes, self.before.output_modes);
        // What was written before it ended is there to read.
        while let Ok(piece) = self.pieces.recv_timeout(Duration::from_millis(200)) {
            self.seen.extend(piece);
        }
        Ended { code, stdout, written: String::from_utf8_lossy(&self.seen).into_owned(), as_before }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What is left of a command.
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// What it wrote to the terminal since it was last waited for.
    pub written: String,
    /// Whether the terminal's settings are what they were.
    pub as_before: bool,
}

impl Ended {
    /// Asserts that the terminal is as it was: the other screen was left and the cursor is shown, once and after all else.
    pub fn is_restored(&self) {
        let (before, after) = self.written.rsplit_once(LEAVES).unwrap_or_else(|| panic!("never left: {:?}", self.written));
        assert!(before.ends_with(SHOWS_CURSOR) && !before.contains(LEAVES), "{:?}", self.written);
        assert!(!after.contains('\u{1b}'), "{after:?} came after the end");
        assert!(self.as_before, "the terminal's settings are not what they were");
    }
}
