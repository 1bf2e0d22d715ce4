//! The formats that a result can be shown in, and the ends of file names that stand for them.

use clap::ValueEnum;
use std::path::Path;

/// What a format can't be written without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Missing {
    /// What that is.
    pub what: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// How a result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One screen for people
    Text,
    /// The whole document for programs
    Json,
    /// A page to look at and to share: one file, without a script
    Html,
    /// The main chart, for a README
    Svg,
    /// The main chart in points, where no SVG is shown (needs a build with --features png)
    Png,
    /// Markdown, as for a pull request or the summary of a GitHub job
    #[value(alias = "markdown")]
    Md,
    /// A table for spreadsheets: a row for each step, system or run
    Csv,
    /// JUnit XML: a test case for each objective and gate
    Junit,
    /// Prometheus text: gauges for a push gateway or the textfile collector
    Prometheus,
    /// InfluxDB line protocol
    Influx,
}

impl Format {
    /// The ends of file names, each with its format.
    pub const ENDS: [(&str, Self); 10] = [
        ("txt", Self::Text),
        ("json", Self::Json),
        ("html", Self::Html),
        ("svg", Self::Svg),
        ("png", Self::Png),
        ("md", Self::Md),
        ("csv", Self::Csv),
        ("xml", Self::Junit),
        ("prom", Self::Prometheus),
        ("lp", Self::Influx),
    ];

    /// Whether this build, on this machine, can write it.
    ///
    /// # Errors
    /// What is missing, with its remedy.
    pub fn can_be_written(self) -> Result<(), Missing> {
        if self == Self::Png { super::chart::png::ready() } else { Ok(()) }
    }

    /// Whether it is bytes, which no terminal shows.
    pub fn is_binary(self) -> bool {
        self == Self::Png
    }

    /// The format that the end of a file's name stands for, in any case; `None` for an end that stands for none.
    pub fn of_path(path: &Path) -> Option<Self> {
        let end = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::ENDS.iter().find(|(name, _)| *name == end).map(|(_, format)| *format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_stands_for_a_format() {
        for (path, format) in [
            ("r.md", Some(Format::Md)),
            ("out/R.XML", Some(Format::Junit)),
            ("a.b.csv", Some(Format::Csv)),
            ("node.prom", Some(Format::Prometheus)),
            ("report", None),
            (".md", None),
            ("report.pdf", None),
        ] {
            assert_eq!(Format::of_path(Path::new(path)), format, "{path}");
        }
    }

    #[test]
    fn every_format_has_an_end() {
        for format in Format::value_variants() {
            assert!(Format::ENDS.iter().any(|(_, of)| of == format), "{format:?}");
        }
    }
}
