//! The screen: a thread of its own that reads keys and draws the newest state, so that neither a slow terminal nor a stopped one holds up who measures.
//!
//! It gives way to everything else (the lowest priority there is) and keeps off the cores from which the load is sent.

use super::{
    draw::{self, Asked},
    page::Page,
    terminal::{self, Taken},
};
use crate::{report::paint::Look, session::Interrupt};
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};
use rustix::{
    process::setpriority_process,
    thread::{CpuSet, gettid, sched_getaffinity, sched_setaffinity},
};
use std::{
    io::{self, Write},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// From one redraw to the next, at the least.
const REDRAW: Duration = Duration::from_millis(200);
/// How often news and keys are looked for.
const LOOK: Duration = Duration::from_millis(100);
/// The lowest priority (setpriority(2)): at a busy core, one part in seventy.
const LOWEST: i32 = 19;

/// An open screen; dropping it gives the terminal back.
#[derive(Debug)]
pub struct Screen {
    news: Option<Sender<News>>,
    thread: Option<JoinHandle<()>>,
    _taken: Taken,
}

#[derive(Debug)]
enum News {
    Page(Box<Page>),
    KeepOff(Vec<usize>),
}

impl Screen {
    /// Takes the terminal; `None` where that can't be.
    pub fn open(look: Look, interrupt: Interrupt) -> Option<Self> {
        let taken = Taken::take()?;
        let (news, received) = channel();
        let work = move || Drawer { look, interrupt, received, page: None, asked: Asked::default(), keys: true }.run();
        let thread = thread::Builder::new().name("plimsoll-view".to_owned()).spawn(work).ok()?;
        Some(Self { news: Some(news), thread: Some(thread), _taken: taken })
    }

    /// Shows this from the next redraw on.
    pub fn show(&self, page: Page) {
        self.tell(News::Page(Box::new(page)));
    }

    /// Draws on other cores than these.
    pub fn keep_off(&self, cores: &[usize]) {
        self.tell(News::KeepOff(cores.to_vec()));
    }

    /// A screen whose terminal was closed is gone; the run goes on without it.
    fn tell(&self, news: News) {
        drop(self.news.as_ref().map(|sender| sender.send(news)));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        drop(self.news.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// What the thread works with.
struct Drawer {
    look: Look,
    interrupt: Interrupt,
    received: Receiver<News>,
    page: Option<Page>,
    asked: Asked,
    /// Whether there are keys to read.
    keys: bool,
}

impl Drawer {
    fn run(mut self) {
        // Where it may not give way, it is as cheap as ever.
        let _ = setpriority_process(Some(gettid()), LOWEST);
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::from((ratatui::layout::Position::ORIGIN, terminal::size()))) };
        let Ok(mut screen) = Terminal::with_options(CrosstermBackend::new(Frame::default()), options) else { return };
        let mut drawn = Instant::now();
        let mut shown = None;
        let mut is_new = false;
        loop {
            is_new |= self.take_keys();
            match self.take_news() {
                Some(changed) => is_new |= changed,
                None => return,
            }
            let asked = Asked { pauses: self.interrupt.pauses(), stops: self.interrupt.is_set(), keys: self.keys, ..self.asked };
            let size = terminal::size();
            let due = is_new || shown != Some((asked, size));
            if !due || drawn.elapsed() < REDRAW {
                continue;
            }
            let Some(page) = &self.page else { continue };
            if shown.is_none_or(|(_, before)| before != size) {
                let area = Rect::from((ratatui::layout::Position::ORIGIN, size));
                if screen.resize(area).is_err() {
                    return;
                }
            }
            if screen.draw(|frame| draw::page(page, asked, &self.look, frame.buffer_mut())).is_err() {
                return;
            }
            (drawn, shown, is_new) = (Instant::now(), Some((asked, size)), false);
        }
    }

    /// Waits a moment for keys, and does what they ask for; whether any did.
    fn take_keys(&mut self) -> bool {
        let mut any = false;
        let mut patience = LOOK;
        while self.keys {
            match event::poll(patience) {
                Ok(true) => any |= self.take_key(),
                Ok(false) => return any,
                Err(_) => self.keys = false,
            }
            patience = Duration::ZERO;
        }
        any
    }

    fn take_key(&mut self) -> bool {
        let Ok(event) = event::read() else {
            self.keys = false;
            return true;
        };
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => match meaning(key) {
                Some(Key::Quit) => self.interrupt.set(),
                Some(Key::Pause) => self.interrupt.pause(!self.interrupt.pauses()),
                Some(Key::Help) => self.asked.help = !self.asked.help,
                None => self.asked.help = false,
            },
            _ => {}
        }
        true
    }

    /// Takes what came; whether anything to show did, `None` when the screen is to close.
    fn take_news(&mut self) -> Option<bool> {
        let mut changed = false;
        loop {
            // Without keys there is nothing else to wait for.
            let news = if self.keys || changed {
                self.received.try_recv().map_err(|error| error == TryRecvError::Disconnected)
            } else {
                self.received.recv_timeout(LOOK).map_err(|error| error == RecvTimeoutError::Disconnected)
            };
            match news {
                Ok(News::Page(page)) => {
                    self.page = Some(*page);
                    changed = true;
                }
                Ok(News::KeepOff(cores)) => keep_off(&cores),
                Err(true) => return None,
                Err(false) => return Some(changed),
            }
        }
    }
}

/// Leaves this thread all of its cores but these, if any is left.
fn keep_off(cores: &[usize]) {
    let Ok(mut allowed) = sched_getaffinity(None) else { return };
    cores.iter().filter(|&&core| core < CpuSet::MAX_CPU).for_each(|&core| allowed.unset(core));
    if allowed.count() > 0 {
        // Where it may not choose, its low priority still holds.
        let _ = sched_setaffinity(None, &allowed);
    }
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Quit,
    Pause,
    Help,
}

fn meaning(key: KeyEvent) -> Option<Key> {
    match key.code {
        KeyCode::Char('q' | 'Q') => Some(Key::Quit),
        // A terminal that makes no signal of it sends the key.
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Key::Quit),
        KeyCode::Char('p' | 'P') => Some(Key::Pause),
        KeyCode::Char('?' | 'h' | 'H') => Some(Key::Help),
        _ => None,
    }
}

/// A frame is gathered and written in one piece, so that it never ends up half on the screen and half on what comes after it.
#[derive(Default)]
struct Frame(Vec<u8>);

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = terminal::write(&self.0);
        self.0.clear();
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_meaning_and_others_none() {
        let of = |c: char| meaning(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        assert_eq!((of('q'), of('p'), of('?'), of('x')), (Some(Key::Quit), Some(Key::Pause), Some(Key::Help), None));
        assert_eq!(of('c'), None);
        assert_eq!(meaning(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Some(Key::Quit));
    }

    #[test]
    fn a_thread_keeps_off_cores_but_never_off_all() {
        let before = sched_getaffinity(None).unwrap();
        let mine: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&core| before.is_set(core)).collect();
        thread::spawn(move || {
            keep_off(&mine);
            assert_eq!(sched_getaffinity(None).unwrap(), before, "all of them are none to keep off");
            keep_off(&mine[1..]);
            assert_eq!(sched_getaffinity(None).unwrap().count(), 1);
        })
        .join()
        .unwrap();
    }
}
