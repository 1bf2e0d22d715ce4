//! Pure renderings of a result. They see nothing but the result, so that a saved one looks the same later.

mod chart;
mod csv;
mod figures;
mod format;
mod html;
mod influx;
mod junit;
mod markdown;
mod measured;
pub mod paint;
mod prometheus;
pub mod say;
mod text;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod made;

pub use format::{Format, Missing};

// What the tests outside hold results against, too.
#[cfg(test)]
#[path = "../../tests/schema/mod.rs"]
#[allow(dead_code)]
mod schema;

use paint::Look;
use plimsoll_core::finding::{Comparison, Finding, Hold, Tuning};
use serde::Serialize;

/// What can be shown to people and to programs.
pub trait Report: Serialize {
    /// A text of about one screen, ending in a line end.
    fn text(&self, look: &Look) -> String;
}

/// A result of a run, which is kept and can be shown in every format. Each text ends in a line end.
pub trait Document: Report {
    /// A page: one file without a script that asks for nothing from anywhere, under 300 KB.
    fn html(&self) -> String;

    /// The main chart with the answer above it: a file of SVG with its own style, for light and dark.
    fn svg(&self) -> String;

    /// GitHub's Markdown.
    fn markdown(&self) -> String;

    /// A table with a heading row (RFC 4180, with bare line feeds).
    ///
    /// # Errors
    /// Never for a result of this tool: every row is as long as the heading.
    fn csv(&self) -> Result<String, RenderError>;

    /// JUnit XML.
    ///
    /// # Errors
    /// Never for a result of this tool; what XML can't hold would be reported.
    fn junit(&self) -> Result<String, RenderError>;

    /// Gauges in the text format of Prometheus.
    fn prometheus(&self) -> String;

    /// InfluxDB's line protocol, with the time at which the run began.
    fn influx(&self) -> String;
}

/// Why a result can't be shown.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// It can't be written as JSON.
    #[error("the result can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It can't be written as a table.
    #[error("the result can't be written as CSV: {0}")]
    Csv(String),
    /// It can't be written as JUnit XML.
    #[error("the result can't be written as JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// It can't be drawn in points.
    #[error("the chart can't be written as PNG: {0}")]
    Png(String),
}

/// Says which functions show each kind of result.
macro_rules! documents {
    ($($kind:ident by $name:ident, drawn by $chart:ident);+ $(;)?) => { $(
        impl Report for $kind {
            fn text(&self, look: &Look) -> String {
                text::$name(self, look)
            }
        }

        impl Document for $kind {
            fn html(&self) -> String {
                html::$name(self)
            }

            fn svg(&self) -> String {
                html::$chart(self)
            }

            fn markdown(&self) -> String {
                markdown::$name(self)
            }

            fn csv(&self) -> Result<String, RenderError> {
                csv::$name(self)
            }

            fn junit(&self) -> Result<String, RenderError> {
                junit::$name(self)
            }

            fn prometheus(&self) -> String {
                prometheus::text(&figures::$name(self))
            }

            fn influx(&self) -> String {
                influx::lines(&figures::$name(self))
            }
        }
    )+ };
}

documents!(
    Finding by finding, drawn by finding_chart;
    Comparison by comparison, drawn by comparison_chart;
    Hold by hold, drawn by hold_chart;
    Tuning by tuning, drawn by tuning_chart;
);

/// The result in this format, as the bytes of a file. Only a text for people depends on what the place that it goes to can show.
///
/// # Errors
/// Never for a result of this tool, where [`Format::can_be_written`]; what a format can't hold would be reported.
pub fn render(document: &impl Document, format: Format, look: &Look) -> Result<Vec<u8>, RenderError> {
    let text = match format {
        Format::Text => document.text(look),
        Format::Json => json(document)?,
        Format::Html => document.html(),
        Format::Svg => document.svg(),
        Format::Png => return chart::png::png(&document.svg()).map_err(RenderError::Png),
        Format::Md => document.markdown(),
        Format::Csv => document.csv()?,
        Format::Junit => document.junit()?,
        Format::Prometheus => document.prometheus(),
        Format::Influx => document.influx(),
    };
    Ok(text.into_bytes())
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
