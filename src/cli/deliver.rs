//! Reports in files, and the summary of a GitHub job.

use super::{Exit, Problem, args::OutputArgs, keep, resolve::Places};
use crate::{
    report::{Document, Format, paint::Look, render},
    session,
};
use std::{
    env,
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The variable in which GitHub names the file that a step's summary is appended to.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Where a result goes beside standard output and --save.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    files: Vec<(PathBuf, Format)>,
    summary: Option<PathBuf>,
}

impl Delivery {
    /// What was asked for, checked before any load is sent.
    ///
    /// # Errors
    /// A file whose name tells no format or whose directory is not there, and a summary where GitHub names no file for it.
    pub fn of(typed: &OutputArgs, places: &Places<'_>) -> Result<Self, Problem> {
        let files = typed.report.iter().map(|path| file(path, places)).collect::<Result<_, _>>()?;
        let summary = if typed.github_summary { Some(summary(places)?) } else { None };
        Ok(Self { files, summary })
    }

    /// Writes every report of the result of `command`. Where one fails the result is kept where journals are kept.
    ///
    /// # Errors
    /// When one can't be written; the remedy names where the result is.
    pub fn deliver(&self, document: &impl Document, command: &str, started_at: &str) -> Result<(), Problem> {
        let failed = |path: &Path, error: &dyn std::fmt::Display| {
            let problem = Problem {
                exit: Exit::Failure,
                text: format!("the report {} can't be written: {error}", path.display()),
                source: None,
                hints: vec!["--report FILE in a directory that can be written to and has room".to_owned()],
            };
            keep::rescued(document, command, started_at, problem)
        };
        for (path, format) in &self.files {
            let bytes = render(document, *format, &Look::default()).map_err(|error| failed(path, &error))?;
            session::save(path, &bytes).map_err(|error| failed(path, &error))?;
        }
        if let Some(path) = &self.summary {
            append(path, &document.markdown()).map_err(|error| failed(path, &error))?;
        }
        Ok(())
    }
}

fn file(path: &Path, places: &Places<'_>) -> Result<(PathBuf, Format), Problem> {
    let flag = places.of("report");
    let shown = path.display();
    let Some(format) = Format::of_path(path) else {
        let ends: Vec<String> = Format::ENDS.iter().map(|(end, _)| format!(".{end}")).collect();
        return Err(Problem::usage(
            format!("{flag} {shown}: the end of the name tells no format"),
            format!("a name that ends in {}", ends.join(", ")),
        ));
    };
    format.can_be_written().map_err(|missing| Problem::usage(format!("{flag} {shown}: {missing}"), missing.remedy))?;
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    if path.is_dir() || directory.is_some_and(|directory| !directory.is_dir()) {
        return Err(Problem::usage(
            format!("{flag} {shown}: no file can be written there"),
            "the name of a file in a directory that exists",
        ));
    }
    Ok((path.to_owned(), format))
}

fn summary(places: &Places<'_>) -> Result<PathBuf, Problem> {
    let named = env::var_os(SUMMARY).filter(|path| !path.is_empty()).map(PathBuf::from);
    named.ok_or_else(|| {
        let flag = places.of("github_summary");
        Problem::usage(
            format!("{flag}: {SUMMARY} is not set, so this is no step of a GitHub job"),
            format!("leave {flag} out here; --report FILE.md writes the same to a file"),
        )
    })
}

/// Other steps and commands write to the same file.
fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")
}
