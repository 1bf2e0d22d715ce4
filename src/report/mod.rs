//! Pure renderings of a finding. They see nothing but the finding, so that a saved result looks the same later.

pub mod paint;
mod text;

pub use text::text;

use plimsoll_core::finding::Finding;

/// The finding as indented JSON with a line end: the document that the contract describes.
///
/// # Errors
/// Never for a finding of a search; a histogram that can't be encoded would be reported.
pub fn json(finding: &Finding) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(finding).map(|text| text + "\n")
}
