//! The redrawing block.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Redraws a second; more would only cost the generator's core.
const REDRAWS_PER_S: u8 = 5;

/// An empty block on standard error. It draws only when told to: no thread of its own competes with the load.
pub fn block() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_S));
    bar.with_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
