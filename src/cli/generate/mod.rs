//! `plimsoll generate`: what a package brings along. It is made from the same descriptions as the tool itself, so it can't be out of date.

mod man;
mod shown;

use super::{
    Exit, Problem,
    args::{Generate, Generated, SchemaKind},
    help,
    output::print_text,
};
use plimsoll_core::finding::DocumentKind;
use std::{fs, path::Path};

/// A file of a package.
struct Made {
    name: String,
    text: String,
}

/// Writes what was asked for.
///
/// # Errors
/// When it can't be written.
pub fn generate(typed: &Generate) -> Result<Exit, Problem> {
    match &typed.what {
        Generated::Man { output } => put(man::pages(&help::command())?, output.as_deref()),
        Generated::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut shown::command(&help::command()), "plimsoll", &mut script);
            print_text(&String::from_utf8_lossy(&script)).map(|()| Exit::Done)
        }
        Generated::Schema { kind: Some(SchemaKind(kind)), output } => put(vec![schema(*kind)?], output.as_deref()),
        Generated::Schema { kind: None, output } => {
            put(DocumentKind::ALL.into_iter().map(schema).collect::<Result<_, _>>()?, output.as_deref())
        }
    }
}

fn schema(kind: DocumentKind) -> Result<Made, Problem> {
    let text = serde_json::to_string_pretty(&kind.schema()).map_err(|error| Problem::because(Exit::Failure, error))?;
    Ok(Made { name: format!("{}.json", kind.name()), text: text + "\n" })
}

/// All files into a folder, or the first one to standard output.
fn put(files: Vec<Made>, folder: Option<&Path>) -> Result<Exit, Problem> {
    let Some(folder) = folder else {
        return files.first().map_or(Ok(()), |file| print_text(&file.text)).map(|()| Exit::Done);
    };
    let failed = |path: &Path, error: std::io::Error| Problem {
        exit: Exit::Failure,
        text: format!("{} can't be written: {error}", path.display()),
        source: None,
        hints: vec!["--output with a folder that can be written to".to_owned()],
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for file in files {
        let path = folder.join(&file.name);
        fs::write(&path, file.text).map_err(|error| failed(&path, error))?;
    }
    Ok(Exit::Done)
}
