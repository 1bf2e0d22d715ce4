//! Progress on standard error: folds [`Event`]s into a [`Status`] and shows it, on a screen that redraws itself or as plain lines.

mod compare;
mod curve;
mod display;
mod draw;
mod generator;
mod hold;
mod measured;
mod page;
mod screen;
mod status;
mod terminal;
mod tune;
mod words;

pub use compare::CompareView;
pub use display::Manner;
pub use hold::{HoldStatus, HoldView};
pub use status::Status;
pub use terminal::restore;
pub use tune::TuneView;

use crate::session::Event;
use display::Display;
use page::Page;
use std::io::{self, Write};

/// How the progress of a search is shown.
#[derive(Debug)]
pub struct View {
    status: Status,
    display: Display,
}

/// A line on standard error, which may be closed.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

impl View {
    /// Shows it in this manner.
    pub fn new(manner: Manner) -> Self {
        Self { status: Status::default(), display: Display::of(manner) }
    }

    /// Shows one event. Progress is a courtesy: where standard error is closed, the run goes on without it.
    pub fn show(&mut self, event: &Event<'_>) {
        if let Event::Placed { generator } = event {
            self.display.keep_off(generator);
            return;
        }
        self.status.fold(event);
        if !self.display.show(|| Page::Find(self.status.clone()))
            && let Some(line) = self.status.line(event)
        {
            say(&line);
        }
    }
}
