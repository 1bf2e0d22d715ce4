//! Where progress goes: to a screen, opened with the first thing there is to show, or to plain lines.

use super::{page::Page, screen::Screen};
use crate::{report::paint::Look, session::Interrupt};

/// How progress is to be shown.
#[derive(Clone, Debug)]
pub enum Manner {
    /// A screen that redraws itself, on a terminal that can show this. Its keys ask the session through its interrupt.
    Screen(Look, Interrupt),
    /// Lines, now and then.
    Lines,
}

/// A screen that opens once there is something to show, so that what keeps a run from beginning is said on the terminal as it was.
#[derive(Debug)]
pub(super) struct Display {
    manner: Manner,
    screen: Option<Screen>,
}

impl Display {
    pub fn of(manner: Manner) -> Self {
        Self { manner, screen: None }
    }

    /// The screen; `None` where there are lines. A terminal that can't be taken gets lines from then on.
    pub fn screen(&mut self) -> Option<&Screen> {
        if let Manner::Screen(look, interrupt) = &self.manner
            && self.screen.is_none()
        {
            self.screen = Screen::open(*look, interrupt.clone());
            if self.screen.is_none() {
                self.manner = Manner::Lines;
            }
        }
        self.screen.as_ref()
    }

    /// Draws on other cores than these.
    pub fn keep_off(&mut self, cores: &[usize]) {
        if let Some(screen) = self.screen() {
            screen.keep_off(cores);
        }
    }

    /// Shows the page, where there is a screen; whether there is.
    pub fn show(&mut self, page: impl FnOnce() -> Page) -> bool {
        let Some(screen) = self.screen() else { return false };
        screen.show(page());
        true
    }
}
