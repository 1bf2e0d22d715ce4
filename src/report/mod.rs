//! Pure renderings of a result. They see nothing but the result, so that a saved one looks the same later.

pub mod paint;
mod text;

// What the tests outside hold results against, too.
#[cfg(test)]
#[path = "../../tests/schema/mod.rs"]
#[allow(dead_code)]
mod schema;

use paint::Look;
use plimsoll_core::finding::{Comparison, Finding, Hold, Tuning};
use serde::Serialize;

/// A result that can be shown.
pub trait Report: Serialize {
    /// A text of about one screen, ending in a line end.
    fn text(&self, look: &Look) -> String;
}

impl Report for Finding {
    fn text(&self, look: &Look) -> String {
        text::finding(self, look)
    }
}

impl Report for Comparison {
    fn text(&self, look: &Look) -> String {
        text::comparison(self, look)
    }
}

impl Report for Hold {
    fn text(&self, look: &Look) -> String {
        text::hold(self, look)
    }
}

impl Report for Tuning {
    fn text(&self, look: &Look) -> String {
        text::tuning(self, look)
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
