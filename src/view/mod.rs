//! Live progress on standard error: folds [`Event`]s into a [`Status`] and shows it, as one block that redraws itself or as plain lines.

mod compare;
mod hold;
mod live;
mod status;
mod tune;
mod words;

pub use compare::CompareView;
pub use hold::{HoldStatus, HoldView};
pub use status::Status;
pub use tune::TuneView;

use crate::{report::paint::plain, session::Event};
use indicatif::ProgressBar;
use std::io::{self, Write};

/// How progress is shown.
#[derive(Debug)]
pub enum View {
    /// A block at the foot of the terminal.
    Live(Box<Status>, ProgressBar),
    /// A line a step.
    Lines(Box<Status>),
}

/// A line on standard error, which may be closed.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

impl View {
    /// A block that redraws itself, when `live`; otherwise lines.
    pub fn new(live: bool) -> Self {
        let status = Box::default();
        if live { Self::Live(status, live::block()) } else { Self::Lines(status) }
    }

    /// Shows one event. Progress is a courtesy: where standard error is closed, the run goes on without it.
    pub fn show(&mut self, event: &Event<'_>) {
        match self {
            Self::Live(status, block) => {
                status.fold(event);
                match event {
                    Event::Trouble { text } => block.println(plain(text)),
                    Event::Ended { .. } => block.finish_and_clear(),
                    _ => block.set_message(status.block()),
                }
            }
            Self::Lines(status) => {
                status.fold(event);
                if let Some(line) = status.line(event) {
                    say(&line);
                }
            }
        }
    }
}
