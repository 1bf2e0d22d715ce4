//! The terminal behind standard error: taken when the screen opens, and given back as it was, whatever happens.
//!
//! Ctrl-C stays a signal, so that it works however rarely somebody looks for keys. Ctrl-Z and Ctrl-\ would leave a measurement hanging and a
//! terminal in disorder, so they do nothing meanwhile.

use crossterm::{
    cursor::{Hide, Show},
    queue,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen},
};
use ratatui::layout::Size;
use rustix::{
    process::getpgrp,
    termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr},
};
use std::{
    io::{self, Write},
    panic,
    sync::{
        Mutex, Once, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// Whether the screen stands.
static STANDS: AtomicBool = AtomicBool::new(false);
/// How the terminal was before.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
/// Held while something is written.
static WRITING: Mutex<()> = Mutex::new(());
static HOOK: Once = Once::new();

/// How long the end waits for a frame that is being written: a terminal that was stopped with Ctrl-S takes none.
const PATIENCE: Duration = Duration::from_millis(200);
const LOOKS: u32 = 20;

/// A character that nobody can type (POSIX calls it disabled).
const DISABLED: u8 = 0;

/// What a terminal is where it does not say.
const USUAL: Size = Size { width: 80, height: 24 };

/// The terminal, until it is dropped.
#[derive(Debug)]
pub struct Taken(());

impl Taken {
    /// Takes the terminal; `None` where standard error is none, or one that is another program's at the moment, as for a job in the background.
    pub fn take() -> Option<Self> {
        let terminal = io::stderr();
        if tcgetpgrp(&terminal).ok()? != getpgrp() {
            return None;
        }
        let before = tcgetattr(&terminal).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        quiet.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        quiet.special_codes[SpecialCodeIndex::VQUIT] = DISABLED;
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        HOOK.call_once(|| {
            let usual = panic::take_hook();
            panic::set_hook(Box::new(move |panic| {
                restore();
                usual(panic);
            }));
        });
        tcsetattr(&terminal, OptionalActions::Now, &quiet).ok()?;
        STANDS.store(true, Ordering::SeqCst);
        let taken = Self(());
        let mut begin = Vec::new();
        queue!(begin, EnterAlternateScreen, Hide).and_then(|()| write(&begin)).ok()?;
        Some(taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back as it was; does nothing where it was not taken. From any thread, at any moment.
pub fn restore() {
    if !STANDS.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut writing = WRITING.try_lock();
    for _ in 0..LOOKS {
        if !matches!(writing, Err(TryLockError::WouldBlock)) {
            break;
        }
        thread::sleep(PATIENCE / LOOKS);
        writing = WRITING.try_lock();
    }
    let mut end = Vec::new();
    // Whoever closed the terminal needs it no more.
    drop(queue!(end, Show, LeaveAlternateScreen).and_then(|()| write_all(&end)));
    if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        let _ = tcsetattr(io::stderr(), OptionalActions::Now, before);
    }
    drop(writing);
}

/// Writes a frame; nothing once the terminal was given back.
pub fn write(frame: &[u8]) -> io::Result<()> {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    if STANDS.load(Ordering::SeqCst) { write_all(frame) } else { Ok(()) }
}

fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut terminal = io::stderr().lock();
    terminal.write_all(bytes)?;
    terminal.flush()
}

/// How large it is at the moment.
pub fn size() -> Size {
    match tcgetwinsize(io::stderr()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size { width: size.ws_col, height: size.ws_row },
        _ => USUAL,
    }
}
