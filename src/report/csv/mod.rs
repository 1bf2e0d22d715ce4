//! Tables for spreadsheets and scripts. A figure that is not known is an empty cell; what others wrote can be no formula.

mod hold;
mod steps;
mod systems;
mod tried;

pub use hold::hold;
pub use steps::finding;
pub use systems::comparison;
pub use tried::tuning;

use super::{RenderError, figures::digits, paint::plain};
use serde::Serialize;

/// The table of a heading row and these rows.
fn table(heading: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<String, RenderError> {
    let failed = |error: &dyn std::fmt::Display| RenderError::Csv(error.to_string());
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(heading).map_err(|error| failed(&error))?;
    for row in rows {
        writer.write_record(row).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

/// What these columns are called.
fn heading(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A text of others: a spreadsheet takes what begins with one of these signs for a formula, unless a quotation mark stands before it.
fn text(text: &str) -> String {
    let text = plain(text);
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

/// A figure; empty where it is not known.
fn figure(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map_or_else(String::new, digits)
}

/// The stable name of one of the document's enums.
fn name(value: impl Serialize) -> Result<String, RenderError> {
    let value = serde_json::to_value(value)?;
    Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_no_formula() {
        for (given, written) in [("=1+1", "'=1+1"), ("@x", "'@x"), ("-2", "'-2"), ("lab:pool", "lab:pool"), ("\u{1b}[2J", r"\u{1b}[2J")] {
            assert_eq!(text(given), written);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = vec![vec!["a,b".to_owned(), "say \"x\"".to_owned()], vec![figure(None), figure(Some(4.5))]];
        assert_eq!(table(&heading(&["one", "two"]), rows.into_iter()).unwrap(), "one,two\n\"a,b\",\"say \"\"x\"\"\"\n,4.5\n");
    }
}
