//! Pure renderings of a result. They see nothing but the result, so that a saved one looks the same later.

mod format;
pub mod paint;
mod say;
mod text;

#[cfg(test)]
mod made;

pub use format::Format;

use paint::Look;
use plimsoll_core::finding::{Comparison, Finding, Hold, Tuning};
use serde::Serialize;

/// What can be shown to people and to programs.
pub trait Report: Serialize {
    /// A text of about one screen, ending in a line end.
    fn text(&self, look: &Look) -> String;
}

/// A result of a run, which is kept and can be shown in every format. Each text ends in a line end.
pub trait Document: Report {}

/// Why a result can't be shown.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// It can't be written as JSON.
    #[error("the result can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Says which functions show each kind of result.
macro_rules! documents {
    ($($kind:ident by $name:ident),+ $(,)?) => { $(
        impl Report for $kind {
            fn text(&self, look: &Look) -> String {
                text::$name(self, look)
            }
        }

        impl Document for $kind {}
    )+ };
}

documents!(Finding by finding, Comparison by comparison, Hold by hold, Tuning by tuning);

/// The result in this format. Only a text for people depends on what the place that it goes to can show.
///
/// # Errors
/// Never for a result of this tool; what a format can't hold would be reported.
pub fn render(document: &impl Document, format: Format, look: &Look) -> Result<String, RenderError> {
    match format {
        Format::Text => Ok(document.text(look)),
        Format::Json => Ok(json(document)?),
    }
}

/// The result as a text of about one screen, ending in a line end.
pub fn text(report: &impl Report, look: &Look) -> String {
    report.text(look)
}

/// The result as indented JSON with a line end: the document that the contract describes.
///
/// # Errors
/// Never for a result of this tool; a histogram that can't be encoded would be reported.
pub fn json(report: &impl Report) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}
